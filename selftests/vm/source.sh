# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# Linux 7.2 from Debian's sources, for those who build, or only read, it. To be sourced,
# after apt.sh; what is defined here works in the folder $tmp:
#
# source_newest         has source_package name the newest there is, if it names none
# source_fetch PATTERN… unpacks the sources that match into source
# source_make TARGET…   runs make on them, with build for its output
# source_config NAME    prints how the kernel of that name is configured
# source_configure NAME configures it
# source_strip          removes all that modules do not need to be built
# source_settle FOLDER  moves $tmp to FOLDER, and tells what is in it

source_version=7.2
# The newest there is; one version, so that everybody tests the same.
source_package=7.2.12-1~bpo13+1
source_suite=trixie-backports

source_newest() {
	[ -n "$source_package" ] ||
		source_package=$(apt_private apt-cache madison "linux-source-$source_version" |
			awk 'NR == 1 { print $3 }')
	[ -n "$source_package" ] || die "$source_suite has no linux-source-$source_version"
}

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

# What config/base.config says, and on top of that what config/NAME.config does; the
# lab's own guest has only the latter.
source_config() {
	[ "$1" = guest ] || cat "$vm_dir/config/base.config"
	cat "$vm_dir/config/$1.config"
}

# What Kconfig dropped, for a dependency that is not met, would not be tested.
source_configure() {
	local lost

	source_config "$1" >"$tmp/config"
	source_make KCONFIG_ALLCONFIG="$tmp/config" allnoconfig
	lost=$(awk -F= '
		/^CONFIG_/ && NR == FNR { wanted[$1] = $2 }
		/^CONFIG_/ && NR != FNR { delete wanted[$1] }
		END { for (option in wanted) if (wanted[option] ~ /^[ym]$/) print option }
	' "$tmp/config" "$tmp/build/.config" | xargs)
	[ -z "$lost" ] ||
		die "linux-source-$source_version does not take what config/ asks for: $lost"
}

# The kernel, its modules, and what boots, below $tmp
source_build() {
	source_make -j"$(nproc)" bzImage modules
	rm -rf "${tmp:?}/lib"
	source_make INSTALL_MOD_PATH="$tmp" INSTALL_MOD_STRIP=1 modules_install
	cp "$tmp/build/arch/x86/boot/bzImage" "$tmp/vmlinuz"
	strip --strip-debug -o "$tmp/vmlinux" "$tmp/build/vmlinux"
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
