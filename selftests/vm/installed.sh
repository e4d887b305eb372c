# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# What the tests that boot an installed system share: the system, the disk that it boots
# from, and KTAP. To be sourced after common.sh; find_kernel stock comes next.

number=0
failed=0
tmp=$(mktemp -d)
trap 'as_root rm -rf "$tmp"' EXIT
root=$tmp/root

# inside COMMANDS: in the system's folder, as root
# shellcheck disable=SC2016
inside() {
	as_root unshare -m sh -euc '
		mount -t proc proc "$1/proc"
		mount -t tmpfs tmpfs "$1/tmp"
		mount --rbind /dev "$1/dev"
		exec env -i HOME=/root TERM=dumb LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
			PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$1" sh -euxc "$2"
	' sh "$root" "$1"
}

# step WHAT COMMAND...
step() {
	local what=$1
	shift

	number=$((number + 1))
	if "$@" >"$tmp/log" 2>&1; then
		echo "ok $number $what"
	else
		sed 's/^/# /' "$tmp/log"
		echo "not ok $number $what"
		failed=1
	fi
}

# A system of our own, in $root
copy_system() {
	local base

	base=$("$vm_dir/system") && as_root cp -a "$base" "$root"
}

# What of it boots, in $tmp/image, without what only builds
copy_image() {
	as_root rm -rf "$tmp/image" &&
		as_root mkdir -p "$tmp/image"/{proc,sys,dev,tmp} &&
		as_root tar -C "$root" --exclude=./{proc,sys,dev,tmp,root/src,usr/src,usr/include} \
			--exclude=./{usr/lib/gcc,usr/share/perl,var/cache,var/lib/apt} -c . |
		as_root tar -C "$tmp/image" -x
}

# install_built TREE FILE…: modules of ours into a system, as vm-run builds them; FILE is
# what src has
install_built() {
	local tree=$1
	shift

	make -s -C "$top_dir" KDIR="$kdir" PERSONALITY_TEST=1 modules &&
		as_root install -m 644 -D -t "$tree/usr/lib/modules/$release/updates" \
			"${@/#/$top_dir/build/$release-test/src/}" &&
		as_root depmod -b "$tree" "$release"
}

# The switch, loaded at boot, in $root
install_switch() {
	install_built "$root" drivers/pci/personality/pci-personality.ko \
		drivers/vfio/pci/personality/vfio-pci-personality.ko &&
		as_root install -m 644 -D "$top_dir/drivers/pci/personality/modules-load.conf" \
			"$root/usr/lib/modules-load.d/pci-personality.conf"
}

# The tool, with its units enabled, in $root
install_tool() {
	make -s -C "$top_dir" KDIR="$kdir" PERSONALITY_TEST=1 tools &&
		as_root make -s -C "$top_dir/tools/vfio-personality" \
			OUTPUT="$top_dir/build/$release-test/tools" DESTDIR="$root" \
			unitdir=/lib/systemd/system install &&
		inside 'systemctl enable vfio-personality.service'
}

# What depmod makes of $tmp/image's modules without the switch, in its /root/without
index_without_switch() {
	local folder=$tmp/image/usr/lib/modules/$release module

	module=$(as_root find "$folder" -name 'pci-personality.ko*')
	[ -n "$module" ] &&
		as_root mkdir "$tmp/image/root/without" &&
		as_root mv "$module" "$tmp/without.ko" &&
		as_root depmod -b "$tmp/image" "$release" &&
		as_root cp "$folder"/modules.* "$tmp/image/root/without" &&
		as_root mv "$tmp/without.ko" "$module" &&
		as_root depmod -b "$tmp/image" "$release"
}

# make_disk SCRIPT…: of $tmp/image, with the scripts, one after the other, as /root/test
make_disk() {
	cat "$@" | as_root tee "$tmp/image/root/test" >/dev/null &&
		as_root mke2fs -q -t ext4 -d "$tmp/image" "$tmp/disk" 1400M &&
		as_root chown "$(id -u)" "$tmp/disk"
}

# boot WHICH [vm-run options]: the disk, with the results of its /root/test among ours
boot() {
	local which=$1
	shift

	"$vm_dir/vm-run" --system "${boot_disk:-$tmp/disk}" --timeout 900 "$@" -- \
		sh /root/test "$which" >"$tmp/log" 2>&1
	# Its own status is in its results, but for a complaint of the kernel
	grep -q '^1\.\.' "$tmp/log" || echo 'not ok 0 it does not boot' >>"$tmp/log"
	! grep -q '^vm-run: ' "$tmp/log" || echo 'not ok 0 the kernel complained' >>"$tmp/log"
	while read -r line; do
		case $line in
		'ok '* | 'not ok '*)
			number=$((number + 1))
			[[ $line == ok* ]] || failed=1
			echo "${line%%ok *}ok $number $which-boot: ${line#*ok * }"
			;;
		'KTAP version'* | 1..*) ;;
		'#'*) echo "$line" ;;
		*) echo "# $line" ;;
		esac
	done <"$tmp/log"
}

# end_results: the last line, and how it went
end_results() {
	echo "1..$number"
	exit $failed
}
