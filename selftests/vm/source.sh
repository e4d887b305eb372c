# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# Linux 7.2 from Debian's sources, for those who build, or only read, it. To be sourced,
# after apt.sh; what is defined here works in the folder $tmp:
#
# source_fetch PATTERN… unpacks the sources that match into source
# source_make TARGET…   runs make on them, with build for its output
# source_strip          removes all that modules do not need to be built
# source_settle FOLDER  moves $tmp to FOLDER, and tells what is in it

source_version=7.2
# The newest there is; one version, so that everybody tests the same.
source_package=7.2.12-1~bpo13+1
source_suite=trixie-backports

source_fetch() {
	(
		cd "$tmp"
		apt_private apt-get download -q "linux-source-$source_version=$source_package" || {
			say "$source_suite has other sources by now: taking its newest"
			apt_private apt-get download -q "linux-source-$source_version"
		}
	) >&2 || die "could not fetch linux-source-$source_version: see the messages above"
	dpkg-deb --fsys-tarfile "$tmp/linux-source-$source_version"_*.deb |
		tar -xO "./usr/src/linux-source-$source_version.tar.xz" | xz -d -T0 |
		tar -x -C "$tmp" --one-top-level=source --strip-components=1 \
			--wildcards "$@"
	rm "$tmp/linux-source-$source_version"_*.deb
}

source_make() {
	make -C "$tmp/source" O="$tmp/build" "$@" >>"$tmp/log" 2>&1 || {
		tail -n 30 "$tmp/log" >&2
		die "make $* failed for Linux $source_version: see the messages above"
	}
}

# No objects, and no sources but headers, those that are ours to patch, and the
# build's own.
source_strip() {
	find "$tmp/build" -name '*.o' ! -path '*/tools/*' ! -path '*/scripts/*' -delete
	find "$tmp/build" -maxdepth 1 -name 'vmlinux*' -delete
	find "$tmp/source" \( -name '*.c' -o -name '*.S' -o -name '*.rst' -o -name '*.dts*' \) \
		! -path '*/tools/*' ! -path '*/scripts/*' ! -path '*/igbvf/*' -delete
	rm -rf "$tmp/source/.git" "$tmp/log"
}

# The folders name each other by absolute paths: move first, then tell them.
source_settle() {
	local folder=$1 release=$2

	mv -T "$tmp" "$folder"
	ln -sfn "$folder/source" "$folder/build/source"
	sed -i "s|$tmp|$folder|g" "$folder/build/Makefile"
	ln -sfn "$folder/build" "$folder/lib/modules/$release/build"
	tmp=
	touch "$folder/complete"
}
