#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A module of dracut: what is saved, and what holds it before drivers are loaded. It is
# there though nothing be saved: the kernel's command line may name functions.

check() {
	require_binaries /usr/sbin/vfio-personality || return 1
}

depends() {
	return 0
}

# shellcheck disable=SC2154 # dracut's
install() {
	local file ours=/usr/lib/vfio-personality

	inst_multiple /usr/sbin/vfio-personality mv
	# Which it loads when it needs them: for serial numbers, for who waits for udev, and for
	# a table, for who looks around in there
	inst_libdir_file 'libpci.so.3' 'libudev.so.1' 'libsmartcols.so.1'
	for file in hold let-go; do
		inst_script "$ours/initramfs/$file" "$ours/$file"
	done
	for file in /etc/vfio-personality.d/*.conf; do
		[ ! -e "$file" ] || inst_simple "$file"
	done
	mkdir -p "$initdir/etc/vfio-personality"
	"$ours/initramfs/of-root" >"$initdir/etc/vfio-personality/root"
	inst_hook pre-udev 00 "$moddir/hold.sh"
	inst_hook initqueue/timeout 00 "$moddir/let-go.sh"
}
