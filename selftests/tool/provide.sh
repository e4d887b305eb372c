#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2086,SC2154,SC2317
#
# vfio_devices that a driver provides beside its native function: created, used, destroyed,
# and there again after a boot.

configfs=/sys/kernel/config
slices=$configfs/vfio/$edu/edu-slice
saved=/etc/vfio-personality.d/$edu.conf

# device NAME: what sysfs calls the device under a slice
device() {
	basename "$(cat "$slices/$1/device")"
}

# node NAME: the device file of a slice's group
node() {
	echo "/dev/vfio/$(basename "$(readlink "$(cat "$slices/$1/device")/iommu_group")")"
}

# works NAME: data goes to the slice and comes back, and its interrupt arrives
works() {
	vfio-drive --edu "$(device "$1")" >"$out" 2>"$err" || fail "$1 does not work"
}

native_works() {
	state $edu native
	vfio-drive --native --edu $edu >"$out" 2>"$err" || fail "$edu does not work natively"
}

is_gone() {
	[ ! -e "$slices/$1" ] || fail "$1 is left in configfs"
}

# Nobody has mounted configfs yet: the tool does
slices_are_created_and_used() {
	vp create $edu edu-slice a revision=0x42
	exits 0
	prints "$edu *edu-slice/a *done .* $(node a)"
	says "sysfsdev=$(cat $slices/a/device)"
	[ "$(cat $slices/a/revision)" = 66 ] || fail 'a is not as it was asked for'
	vp create $edu/edu-slice/b
	exits 0
	for name in a b; do
		[ -c "$(node $name)" ] || fail "there is no $(node $name)"
		works $name
	done
	[ "$(node a)" != "$(node b)" ] || fail 'both have one group'
	native_works
}

what_is_there_is_shown() {
	vp list $edu
	prints "edu-slice/a *VFIO .*revision=66"
	prints "edu-slice/b *VFIO"
	vp status $edu
	prints "provides *edu-slice 14 "
	vp list --json $edu
	prints "\"$(node a)\""
	vp udev "$(basename "$(node a)")"
	prints "^VFIO_LINKS=vfio/by-path/pci-$edu-edu-slice-a$"
}

next_program_is_told() {
	vp emit qemu $edu/edu-slice/a
	exits 0
	prints "^-device vfio-pci,sysfsdev=$(cat $slices/a/device)$"
	vp emit link $edu/edu-slice/a
	exits 0
	prints '^/dev/vfio/'
	vp emit libvirt $edu/edu-slice/a
	exits 5
	says 'is no mediated device'
	vp emit qemu $edu/edu-slice/c
	exits 1
	says "first: vfio-personality create $edu/edu-slice/c"
}

same_again_is_already_there() {
	before=$(device a)
	vp create --json $edu edu-slice a revision=0x42
	exits 0
	prints '"result": "already"'
	prints '^  "changed": false'
	vp create $edu edu-slice a revision=7
	exits 3
	says 'it is live already, with other settings'
	[ "$(device a)" = "$before" ] || fail 'it is another one now'
}

what_cannot_be_leaves_nothing() {
	vp create $edu edu-slice c buffer_size=100
	exits 1
	says "$edu: edu-slice/c: buffer_size=100: .*a multiple of 8"
	is_gone c
	vp create $edu edu-slice c revision=3 size=64
	exits 2
	says 'there is no attribute size; there are: buffer_size, revision'
	is_gone c
	vp create -n $edu edu-slice c
	exits 0
	is_gone c
	vp create $edu slice c
	exits 5
	says 'it provides no slice; there are: edu-slice'
	vp create $e1000e edu-slice c
	exits 5
	says 'its driver e1000e provides no vfio_devices'
	vp destroy $edu edu-slice c
	exits 5
	says 'it is not there; there are: edu-slice/a, edu-slice/b'
}

# Whose own configuration stays when what was asked for cannot be
configured_one_stays_as_it_was() {
	mkdir $slices/c
	echo 512 >$slices/c/buffer_size
	vp create $edu edu-slice c buffer_size=64 revision=1000
	exits 1
	[ "$(cat $slices/c/buffer_size) $(cat $slices/c/live)" = '512 0' ] ||
		fail "c has $(cat $slices/c/buffer_size), live $(cat $slices/c/live)"
	vp create $edu edu-slice c
	exits 0
	[ "$(cat $slices/c/buffer_size) $(cat $slices/c/live)" = '512 1' ] ||
		fail 'c is not as it was configured'
	vp destroy $edu edu-slice c
	exits 0
}

destroyed_one_is_gone() {
	node=$(node b)
	vp destroy $edu edu-slice b
	exits 0
	is_gone b
	[ ! -e "$node" ] || fail "$node is left"
	works a
	native_works
}

# hold NAME, let_go: $holder has a slice open in between
hold() {
	mkfifo /tmp/hold
	vfio-drive --hold "$(device "$1")" </tmp/hold >/dev/null &
	holder=$!
	exec 9>/tmp/hold
	wait_for has_open $holder "$(node "$1")" || fail 'it does not get there'
}

let_go() {
	exec 9>&-
	wait $holder
	rm /tmp/hold
}

held_one_is_refused() {
	hold a
	vp list $edu
	prints "edu-slice/a .*vfio-drive($holder)"
	vp destroy $edu edu-slice a
	exits 4
	says "$edu: process $holder (vfio-drive) has $(node a) open"
	[ "$(cat $slices/a/live)" = 1 ] || fail 'it is not live any more'
	let_go
	works a
}

# A personality is exclusive: neither takes the other's device
function_in_vfio_provides_nothing() {
	vp check $edu
	exits 1
	prints "$edu *instances *refused *edu-slice/a has been created on it"
	vp enable $edu
	exits 3
	says "what helps: vfio-personality destroy $edu/edu-slice/a"
	state $edu native
	works a
	vp destroy $edu edu-slice a
	exits 0
	vp enable $edu
	exits 0
	vp create $edu edu-slice a
	exits 3
	says "it is in VFIO itself.*vfio-personality disable $edu"
	vp disable $edu
	exits 0
	state $edu native
}

undo_takes_back_what_was_created() {
	vp create --persist $edu edu-slice u revision=9
	exits 0
	vp undo -n
	exits 0
	prints "$edu/edu-slice/u *planned .*/u/live=0"
	hold u
	vp undo
	exits 4
	says "$edu: process $holder (vfio-drive) has $(node u) open"
	[ "$(cat $slices/u/live)" = 1 ] || fail 'it is not live any more'
	grep -qx 'create=edu-slice/u revision=9' $saved || fail 'it is not saved any more'
	let_go
	vp undo
	exits 0
	is_gone u
	[ ! -e $saved ] || fail "$saved is left"
	vp undo
	exits 1
	says 'there is no run to undo'
}

undo_creates_again_what_was_destroyed() {
	vp create --persist $edu edu-slice u revision=9
	exits 0
	vp destroy --persist $edu edu-slice u
	exits 0
	[ ! -e $saved ] || fail "$saved is left"
	vp undo --json
	exits 0
	prints '"result": "done"'
	[ "$(cat $slices/u/revision) $(cat $slices/u/live)" = '9 1' ] ||
		fail "u has $(cat $slices/u/revision), live $(cat $slices/u/live)"
	grep -qx 'create=edu-slice/u revision=9' $saved || fail 'it is not saved again'
	works u
	vp destroy --persist $edu edu-slice u
	exits 0
	mkdir $slices/u
	echo 512 >$slices/u/buffer_size
	vp destroy $edu edu-slice u
	exits 0
	vp undo
	exits 0
	[ "$(cat $slices/u/buffer_size) $(cat $slices/u/live)" = '512 0' ] ||
		fail "u has $(cat $slices/u/buffer_size), live $(cat $slices/u/live)"
	vp create $edu edu-slice u buffer_size=64
	exits 0
	vp undo
	exits 0
	[ "$(cat $slices/u/buffer_size) $(cat $slices/u/live)" = '512 0' ] ||
		fail "u has $(cat $slices/u/buffer_size), live $(cat $slices/u/live)"
	vp destroy $edu edu-slice u
	exits 0
	is_gone u
}

# by_hand NAME: as a boot leaves nothing
by_hand() {
	echo 0 >$slices/$1/live
	rmdir $slices/$1
}

saved_ones_come_again() {
	vp create --persist --mode 0660 $edu edu-slice a revision=66
	exits 0
	says 'this lasts over boots'
	vp create --persist $edu edu-slice b
	exits 0
	vp diff $edu
	exits 0
	by_hand a
	by_hand b
	vp diff $edu
	exits 1
	prints "$edu *create *edu-slice/a revision=66"
	vp apply --check
	exits 1
	is_gone a
	vp apply --json
	exits 0
	prints '^  "changed": true'
	[ "$(cat $slices/a/revision)" = 66 ] || fail 'a is not as it was saved'
	works a
	works b
	vp udev "$(basename "$(node a)")"
	prints '^VFIO_MODE=0660$'
	vp apply --json
	exits 0
	prints '^  "changed": false'
}

# Its driver is loaded after apply has run, and udev asks
saved_ones_wait_for_the_driver() {
	by_hand a
	by_hand b
	unload edu_slice
	unload vfio_provider
	unload edu
	umount $configfs
	vp apply
	exits 0
	vp udev $edu
	prints '^VFIO_APPLY=bind$'
	modprobe edu
	modprobe edu-slice
	vp apply --on-bind $edu
	exits 0
	works a
	works b
}

forgotten_ones_do_not() {
	vp destroy $edu edu-slice b
	exits 0
	says 'edu-slice/b is saved and comes again at boot; --persist forgets that'
	vp destroy --persist $edu edu-slice b
	exits 0
	vp destroy --persist $edu edu-slice a
	exits 0
	[ ! -e $saved ] || fail "$saved is left"
	vp apply
	exits 0
	is_gone a
	is_gone b
}

# The module that provides VFs is loaded for it, whoever drives the PF
vf_is_created() {
	vp create $igb vf guest7
	exits 5
	says 'sriov_numvfs'
	[ ! -e $configfs/vfio/$igb/vf/guest7 ] || fail 'its reservation is left'
	echo 0 >$sys/$igb/sriov_drivers_autoprobe
	echo 2 >$sys/$igb/sriov_numvfs
	vp create $igb vf guest7 index=1
	exits 0
	vf=$(basename "$(readlink $sys/$igb/virtfn1)")
	is_vfio "$vf"
	prints "/dev/vfio/$(group_of "$vf")"
	vp destroy $igb vf guest7
	exits 0
	[ "$(cat "$sys/$vf/use_vfio")" = 0 ] || fail 'it is in VFIO still'
	echo 0 >$sys/$igb/sriov_numvfs
	echo 1 >$sys/$igb/sriov_drivers_autoprobe
	unload vfio_provider_vf
}

lab_is_as_it_was() {
	unload edu_slice
	unload vfio_provider
	unload edu
	for function in $edu $edu1; do
		state $function unbound
	done
	no_journal
}

echo auto >$sys/$edu/personality/vfio_driver
modprobe edu
modprobe edu-slice
[ ! -d $configfs/vfio ] || umount $configfs
results slices_are_created_and_used what_is_there_is_shown next_program_is_told \
	same_again_is_already_there what_cannot_be_leaves_nothing configured_one_stays_as_it_was \
	destroyed_one_is_gone held_one_is_refused function_in_vfio_provides_nothing \
	undo_takes_back_what_was_created undo_creates_again_what_was_destroyed \
	saved_ones_come_again saved_ones_wait_for_the_driver forgotten_ones_do_not vf_is_created lab_is_as_it_was
