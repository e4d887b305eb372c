#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2086,SC2154,SC2231,SC2317
#
# initramfs.sh first|late|early|off|named|root|moved|without|stale|dracut|dracut-moved: in the
# guest, boots of an installed system with its root file system on an nvme. The first saves
# another nvme and a NIC, whose drivers are in the initramfs; the others are with and
# without our hook in it.

root_disk=0000:00:08.0
lone=0000:02:00.0

# saw ADDRESS: a driver has said that it has the function, at any time since the boot
saw() {
	dmesg | grep -E "(e1000e $1|nvme nvme[0-9]+: pci function $1)" >"$out"
}

log_has() {
	journalctl -q -b -k >"$out"
	grep -q "$1" "$out" || fail "the journal does not have: $1"
}

doctor_says() {
	vp doctor --no-legend
	grep '^[a-z]* *initramfs' "$out" >"$out.line"
	grep -A1 '^[a-z]* *initramfs' "$out" | sed 's/^/# /'
	grep -q "$1" "$out.line" || fail "doctor says $(cat "$out.line")"
}

root_is_native() {
	[ "$(driver $root_disk)" = nvme ] || fail "the root disk has $(driver $root_disk)"
	vp list --no-legend -o address --filter in_use=/
	prints "^$root_disk\$"
}

is_native() {
	wait_for saw "$1" || fail "no driver has seen $1"
	state "$1" native
}

both_are_native() {
	settle
	is_native $nvme
	is_native $e1000e
}

saving_says_what_to_do() {
	patient enable --persist $e1000e
	exits 0
	says 'its driver e1000e is in the initramfs, which does not know yet.*update-initramfs -u'
	vp save --personality vfio $nvme
	exits 0
	says 'its driver nvme is in the initramfs'
	sync
}

# As where the hook was left out
without_a_hook_doctor_says_so() {
	hook=/usr/share/initramfs-tools/hooks/vfio-personality
	mv $hook /root/hook
	vp save --personality vfio $lone
	! grep -q initramfs "$err" || fail 'it speaks of the initramfs'
	vp unsave $lone
	doctor_says "problem *initramfs *the native drivers of $e1000e.*are in it"
	grep -q 'install the hook' "$out" || fail 'it does not say what helps'
	mv /root/hook $hook
	sync
}

# What was saved is in force, but its drivers were first
native_drivers_were_first() {
	settle
	root_is_native
	saw $nvme || fail 'nvme has not seen it'
	saw $e1000e || fail 'e1000e has not seen it'
	state $nvme vfio-rebound
	state $e1000e vfio-rebound
	doctor_says 'problem *initramfs'
}

the_initramfs_is_made_anew() {
	update-initramfs -u -k "$(uname -r)" >"$out" 2>"$err" || fail 'it is not made'
	doctor_says 'ok *initramfs *it knows what is saved'
	sync
}

never_seen() {
	settle
	root_is_native
	for function in $nvme $e1000e; do
		! saw $function || fail "a driver saw it: $(cat "$out")"
		state $function vfio-rebound
		[ "$(cat $sys/$function/personality/native_driver)" = none ] ||
			fail "$function had a driver"
		log_has "vfio-personality: $function: held for VFIO"
		dmesg | sed -n "s/^\[ *\([0-9.]*\)\] \(vfio-personality: $function.*\)/# \1 s: \2/p"
	done
	saw $root_disk || fail 'nor has nvme seen the root disk'
	systemctl is-active --quiet vfio-personality || fail 'the service has failed'
}

native_drivers_never_saw_them() {
	never_seen
	doctor_says 'ok *initramfs *it knows what is saved'
}

dracut_holds_them_too() {
	[ ! -e /etc/vfio-personality.d/$e1000e.conf ] || fail 'the NIC is saved'
	never_seen
}

disable_finds_the_native_driver() {
	patient disable $nvme
	exits 0
	state $nvme native
	patient enable $nvme
	exits 0
}

nothing_is_held() {
	log_has 'vfio-personality=off is on the kernel.*nothing is held'
	root_is_native
	both_are_native
	[ "$(systemctl show -P ConditionResult vfio-personality)" = no ] || fail 'the service ran'
}

named_function_is_vfios() {
	settle
	[ ! -e /etc/vfio-personality.d/$lone.conf ] || fail 'it is saved'
	! saw $lone || fail "a driver saw it: $(cat "$out")"
	state $lone vfio-rebound
	[ "$(cat $sys/$lone/personality/native_driver)" = none ] || fail 'it had a driver'
	root_is_native
}

root_disk_is_refused() {
	settle
	root_is_native
	log_has "$root_disk: refused: the root file system is on it"
	state $nvme vfio-rebound
	! saw $nvme || fail 'a driver saw the other nvme'
	journalctl -q -b -u vfio-personality >"$out"
	grep "$root_disk: refused" "$out" || fail 'the service says nothing of it'
}

# It is where nobody knew it; the machine boots nevertheless
root_disk_that_moved_is_let_go() {
	root_disk=0000:00:09.0
	settle
	root_is_native
	log_has "$root_disk: held for VFIO"
	log_has "$root_disk: not held any more: the root file system is missing"
	journalctl -q -b -u vfio-personality >"$out"
	grep "$root_disk: refused.*mounted" "$out" || fail 'the service does not refuse it'
}

held_by_an_override() {
	settle
	root_is_native
	for function in $nvme $e1000e; do
		! saw $function || fail "a driver saw it: $(cat "$out")"
	done
	are_held_without_the_switch $nvme $e1000e
}

switch_comes_back_and_one_is_forgotten() {
	give_switch_back
	vp unsave $e1000e
	exits 0
	says 'the initramfs still holds it at the next boot'
	sync
}

# The initramfs is out of date
what_is_saved_no_more_is_let_go() {
	settle
	is_native $e1000e
	log_has "$e1000e: held for VFIO"
	journalctl -q -b -u vfio-personality >"$out"
	grep "$e1000e: .*held in the initramfs, and its native driver may have it now" "$out" ||
		fail 'the service says nothing of it'
	! saw $nvme || fail 'a driver saw the nvme'
	state $nvme vfio-rebound
	doctor_says "problem *initramfs *it is out of date.*$e1000e"
}

case $1 in
first) results root_is_native both_are_native saving_says_what_to_do \
	without_a_hook_doctor_says_so ;;
late) results native_drivers_were_first the_initramfs_is_made_anew ;;
early) results native_drivers_never_saw_them disable_finds_the_native_driver ;;
off) results nothing_is_held ;;
named) results native_drivers_never_saw_them named_function_is_vfios ;;
root) results root_disk_is_refused ;;
moved) results root_disk_that_moved_is_let_go take_switch_away ;;
without) results held_by_an_override switch_comes_back_and_one_is_forgotten ;;
stale) results what_is_saved_no_more_is_let_go ;;
dracut) results dracut_holds_them_too ;;
dracut-moved) results root_disk_that_moved_is_let_go ;;
esac
