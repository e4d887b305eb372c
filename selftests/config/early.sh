#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2086,SC2154,SC2317
#
# early.sh native|ids|switch: in the guest, which of the three was in the initramfs: the
# NIC's driver alone, vfio-pci with its ids, or that and the switch.

# was_bound_early WORDS: the log has WORDS, and before the root file system is there
was_bound_early() {
	dmesg | awk -v words="$1" '
		/EXT4-fs .*mounted filesystem/ { late = 1 }
		!late && index($0, words) { early = 1 }
		END { exit !early }
	'
}

works() {
	vfio-drive "$@" "$e1000e" >"$out" 2>"$err" || fail 'it does not work'
}

is_native() {
	[ "$(driver $e1000e)" = e1000e ] || fail "its driver is $(driver $e1000e)"
	# udev gives its interface another name
	settle
	works --native
}

is_vfios() {
	[ "$(driver $e1000e)" = vfio-pci ] || fail "its driver is $(driver $e1000e)"
	works
}

native_driver_was_first() {
	was_bound_early "e1000e $e1000e" || fail 'the initramfs did not bind it'
	[ ! -e "$sys/$e1000e/use_vfio" ] || fail 'the switch is there already'
	is_native
}

vfio_was_first() {
	was_bound_early 'vfio_pci: add [8086:10d3' || fail 'the initramfs did not bind it'
	wait_for [ -d /sys/module/e1000e ] || fail 'e1000e never came'
	is_vfios
}

without_the_switch() {
	[ ! -e "$sys/$e1000e/use_vfio" ] || fail 'the switch is there already'
}

# Nobody else would load it
with_the_switch() {
	is "$e1000e" 1 vfio-rebound
}

# is ADDRESS USE_VFIO STATE
is() {
	[ "$(cat "$sys/$1/use_vfio")" = "$2" ] || fail "use_vfio is $(cat "$sys/$1/use_vfio")"
	state "$1" "$3"
}

switch_comes_late() {
	modprobe pci-personality
	if [ "$(driver $e1000e)" = e1000e ]; then
		is $e1000e 0 native
	else
		is $e1000e 1 vfio-rebound
	fi
}

goes_to_vfio() {
	echo 1 >"$sys/$e1000e/use_vfio" || fail "$(cat "$sys/$e1000e/personality/last_error")"
	is $e1000e 1 vfio-rebound
	is_vfios
}

goes_to_native() {
	echo 0 >"$sys/$e1000e/use_vfio" || fail "$(cat "$sys/$e1000e/personality/last_error")"
	is $e1000e 0 native
	is_native
}

case $1 in
native) results native_driver_was_first switch_comes_late goes_to_vfio goes_to_native ;;
ids) results vfio_was_first without_the_switch switch_comes_late goes_to_native \
	goes_to_vfio ;;
switch) results vfio_was_first with_the_switch goes_to_native goes_to_vfio ;;
esac
