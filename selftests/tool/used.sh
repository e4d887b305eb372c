#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2086,SC2154,SC2217,SC2231,SC2317
#
# Functions that somebody uses, of every kind that the machine has: enable is refused
# at once, says who it is, and unbinds nothing. Unbinding some of them by hand would hang
# until that user has gone, and nothing ends that wait.

sound=0000:00:16.0
usb=0000:00:17.0
serial=0000:00:18.0
display=0000:00:19.0

# is_refused FUNCTION WHAT: in use, as check and enable see it, and left as it is
is_refused() {
	was=$(driver "$1")
	vp check "$1"
	exits 1
	prints "$2"
	# So long only a machine that hangs takes
	code=0
	timeout -s KILL 60 vfio-personality enable "$1" >"$out" 2>"$err" || code=$?
	exits 3
	says "$2"
	[ "$(driver "$1")" = "$was" ] || fail "the driver is $(driver "$1"), not $was"
	state "$1" native
}

# while_open FILE FUNCTION: a process has FILE open, and after that not any more
while_open() {
	sleep 1000 <"$1" &
	holder=$!
	wait_for has_open $holder "$1" || fail "nobody opens $1"
	is_refused "$2" "process $holder (sleep) has $1 open"
	kill $holder
	wait $holder 2>/dev/null
	vp check "$2"
	exits 0
}

free_function_is_taken() {
	vp enable "$1"
	exits 0
	vp disable "$1"
	exits 0
	state "$1" native
}

sound_card() {
	modprobe -a snd-hda-intel snd-hda-codec-generic
	wait_for [ -c /dev/snd/controlC0 ] || fail 'there is no sound card'
	while_open /dev/snd/controlC0 $sound
	free_function_is_taken $sound
}

display() {
	modprobe bochs
	wait_for [ -c /dev/dri/card0 ] || fail 'there is no display'
	while_open /dev/dri/card0 $display
}

# The event device of the keyboard on USB; there are others
usb_event() {
	find $sys/$usb/ -name 'event[0-9]*' | grep .
}

keyboard() {
	modprobe -a xhci-pci usbhid hid-generic evdev
	wait_for usb_event >/dev/null || fail 'there is no keyboard'
	event=$(basename "$(usb_event)")
	vp check $usb
	exits 0
	prints 'input *warning *the keyboard'
	while_open /dev/input/$event $usb
}

serial_port() {
	tty=/dev/$(basename "$(find $sys/$serial/ -path '*/tty/ttyS*' -name 'ttyS*' | head -n 1)")
	[ -c "$tty" ] || fail 'there is no serial port'
	# Without a peer, opening it would wait for one
	stty -F $tty clocal
	while_open $tty $serial
}

# What this very system is on
share() {
	for virtio in /sys/bus/virtio/drivers/9pnet_virtio/virtio*; do
		function=$(basename "$(dirname "$(readlink -f $virtio)")")
		tag=$(tr -d '\0' <$virtio/mount_tag)
		grep -q "^$tag .* 9p " /proc/mounts || continue
		is_refused "$function" "$tag is mounted on"
		return
	done
	fail 'no share is mounted'
}

disk_under_loop_device() {
	modprobe -a loop ext2
	cp /dev/nvme0n1 /tmp/disk
	mke2fs /dev/nvme0n1 >/dev/null 2>&1
	loop=$(losetup -f)
	losetup "$loop" /dev/nvme0n1
	is_refused $nvme "nvme0n1 is part of ${loop#/dev/}"
	losetup -d "$loop"
	cp /tmp/disk /dev/nvme0n1
	rm /tmp/disk
	vp check $nvme
	exits 0
}

exported_disk() {
	modprobe nvmet
	mount -t configfs none /sys/kernel/config 2>/dev/null
	at=/sys/kernel/config/nvmet/subsystems/testnqn
	mkdir -p $at/namespaces/1
	echo /dev/nvme0n1 >$at/namespaces/1/device_path
	echo 1 >$at/namespaces/1/enable || fail 'it is not exported'
	is_refused $nvme 'nvme0n1 is exported'
	rmdir $at/namespaces/1 $at
	rmmod nvmet
}

# What the host has mounted, an operator's container neither sees nor has a file for
disk_seen_from_a_container() {
	cp /dev/nvme0n1 /tmp/disk
	mke2fs /dev/nvme0n1 >/dev/null 2>&1
	mkdir -p /tmp/mnt
	mount -t ext2 /dev/nvme0n1 /tmp/mnt
	code=0
	unshare -m sh -c 'umount /tmp/mnt; mount -t tmpfs none /dev; exec vfio-personality \
		check 0000:00:06.0' >"$out" 2>"$err" || code=$?
	exits 1
	prints 'nvme0n1 is mounted on /tmp/mnt in the mount namespace of process'
	code=0
	unshare -m sh -c 'mount -t tmpfs none /proc; exec vfio-personality check \
		0000:00:06.0' >"$out" 2>"$err" || code=$?
	exits 1
	prints 'unseen *refused *mounts cannot be seen'
	prints 'claimed *refused *nvme0n1'
	umount /tmp/mnt
	cp /tmp/disk /dev/nvme0n1
	rm /tmp/disk
}

nic_of_a_container() {
	modprobe macvlan
	net=$(net_of $e1000e)
	ip link set "$net" up
	ip netns add c1
	ip link add mv0 link "$net" type macvlan mode bridge || fail 'no macvlan'
	ip link set mv0 netns c1
	is_refused $e1000e "mv0, in another network namespace (c1), stands on $net"
	ip netns del c1
	ip link set "$net" down
	wait_for vfio-personality check $e1000e >/dev/null 2>&1 || fail 'it stays refused'
}

settings_of_a_nic() {
	net=$(net_of $e1000e)
	ip link set "$net" mtu 1400 address 52:54:00:aa:bb:cc
	ip link property add dev "$net" altname lan0
	vp check $e1000e
	exits 0
	prints 'MTU 1400, MAC address 52:54:00:aa:bb:cc, altname lan0'
	vp enable $e1000e
	exits 0
	vp disable $e1000e
	exits 0
	wait_for has_net $e1000e
}

# Of the chipset's functions, which share a group, one is a bridge with a driver
group_with_a_bridge() {
	modprobe -a lpc_ich ahci
	wait_for [ "$(driver 0000:00:1f.0)" = lpc_ich ] || fail 'the bridge has no driver'
	vp enable --group 0000:00:1f.2
	exits 3
	says '0000:00:1f.0 is in the same IOMMU group .* and bound to lpc_ich'
	rmmod lpc_ich
}

# Its neighbour has no driver yet, and gets one
group_with_a_latecomer() {
	vp enable $pair0
	exits 0
	says "$pair1 is in the same IOMMU group .* and has no driver yet"
	modprobe edu
	vp status $pair0
	prints 'group viable *no'
	vp check $pair0
	exits 1
	prints "sibling *refused *$pair1"
	unload edu
	vp disable $pair0
	exits 0
}

results sound_card display keyboard serial_port share disk_under_loop_device exported_disk \
	disk_seen_from_a_container nic_of_a_container settings_of_a_nic group_with_a_bridge \
	group_with_a_latecomer
