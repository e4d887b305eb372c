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

# Hundredths of a second
now() {
	tr -d . </proc/uptime | cut -d ' ' -f 1
}

# ends_soon COMMAND...: it exits so with $code; how soon is told: within a second on a machine
# that has nothing else to do; on others five times as long, one time of three. What hangs does
# so each time.
ends_soon() {
	for try in 1 2 3; do
		code=0
		begun=$(now)
		# So long only a machine that hangs takes
		timeout -s KILL 60 "$@" >"$out" 2>"$err" || code=$?
		spent=$(($(now) - begun))
		[ $spent -lt 500 ] || continue
		echo "# $* ends after $spent hundredths of a second"
		return
	done
	fail "$1 $2 takes $spent hundredths of a second"
}

# is_refused FUNCTION WHAT [STATE]: in use, as check and enable see it, and left as it is
is_refused() {
	was=$(driver "$1")
	vp check "$1"
	exits 1
	prints "$2"
	ends_soon vfio-personality enable "$1"
	exits 3
	says "$2"
	[ "$(driver "$1")" = "$was" ] || fail "the driver is $(driver "$1"), not $was"
	state "$1" "${3:-native}"
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
	need snd-hda-intel snd-hda-codec-generic || return
	wait_for [ -c /dev/snd/controlC0 ] || fail 'there is no sound card'
	while_open /dev/snd/controlC0 $sound
	free_function_is_taken $sound
}

display() {
	need bochs || return
	wait_for [ -c /dev/dri/card0 ] || fail 'there is no display'
	while_open /dev/dri/card0 $display
}

# The event device of the keyboard on USB; there are others
usb_event() {
	find $sys/$usb/ -name 'event[0-9]*' | grep .
}

keyboard() {
	need xhci-pci usbhid hid-generic evdev || return
	wait_for usb_event >/dev/null || fail 'there is no keyboard'
	event=$(basename "$(usb_event)")
	vp check $usb
	exits 0
	prints 'input *warning *the keyboard'
	while_open /dev/input/$event $usb
}

serial_port() {
	need 8250_pci || return
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

# What the tests write to it is not for those that follow
save_disk() {
	cp /dev/nvme0n1 /tmp/disk
}

restore_disk() {
	cp /tmp/disk /dev/nvme0n1
	rm /tmp/disk
	vp check $nvme
	exits 0
}

mounted_disk() {
	need ext2 || return
	save_disk
	mke2fs /dev/nvme0n1 >/dev/null 2>&1
	mkdir -p /tmp/mnt
	mount -t ext2 /dev/nvme0n1 /tmp/mnt || fail 'it is not mounted'
	is_refused $nvme 'nvme0n1 is mounted on /tmp/mnt'
	umount /tmp/mnt
	restore_disk
}

swap() {
	save_disk
	mkswap /dev/nvme0n1 >/dev/null
	swapon /dev/nvme0n1 || fail 'it is no swap'
	is_refused $nvme 'nvme0n1 is used as swap'
	swapoff /dev/nvme0n1
	restore_disk
}

# As mdadm and LVM have them: a virtual disk that holds this one
disk_of_a_raid() {
	need md-mod raid1 || return
	save_disk
	echo md_test >/sys/module/md_mod/parameters/new_array
	md=/sys/block/md_test/md
	wait_for [ -d $md ] || fail 'there is no array'
	echo none >$md/metadata_version
	echo 1 >$md/raid_disks
	echo raid1 >$md/level
	cat /sys/block/nvme0n1/dev >$md/new_dev
	echo 0 >$md/dev-nvme0n1/slot
	echo active >$md/array_state || fail 'the array does not start'
	is_refused $nvme 'nvme0n1 is part of md_test'
	echo clear >$md/array_state
	restore_disk
}

# host_program NAME ARGUMENTS...: one of the host's, which sees this system's files
host_program() {
	path=$1
	shift
	/lib64/ld-linux-x86-64.so.2 --library-path /host/usr/lib/x86_64-linux-gnu \
		"/host$path" "$@"
}

# The kernel has it for itself, as ZFS and btrfs have the second disk of a pool: mounts name
# another one, and nothing in sysfs says so
disk_that_is_another_ones_journal() {
	need loop ext2 || return
	save_disk
	host_program /sbin/mke2fs -q -F -b 1024 -O journal_dev /dev/nvme0n1 || fail 'no journal'
	truncate -s 16M /tmp/first
	loop=$(losetup -f)
	losetup "$loop" /tmp/first
	host_program /sbin/mke2fs -q -F -b 1024 -t ext4 -J device=/dev/nvme0n1 "$loop" ||
		fail 'no file system'
	mkdir -p /tmp/mnt
	mount -t ext4 "$loop" /tmp/mnt || fail 'it is not mounted'
	is_refused $nvme 'nvme0n1'
	says 'claimed'
	umount /tmp/mnt
	losetup -d "$loop"
	rm /tmp/first
	restore_disk
}

# Its controller, by which one formats it
nvme_character_device() {
	while_open /dev/nvme0 $nvme
}

disk_under_loop_device() {
	need loop ext2 || return
	save_disk
	mke2fs /dev/nvme0n1 >/dev/null 2>&1
	loop=$(losetup -f)
	losetup "$loop" /dev/nvme0n1
	is_refused $nvme "nvme0n1 is part of ${loop#/dev/}"
	losetup -d "$loop"
	restore_disk
}

exported_disk() {
	need nvmet || return
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
	save_disk
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
	restore_disk
}

nic_of_a_container() {
	need macvlan || return
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

# What stands on it, one after the other
nic_of_guests() {
	need 8021q macvtap bridge || return
	net=$(net_of $e1000e)
	ip link set "$net" up
	ip link add br5 type bridge || fail 'no bridge'
	ip link add link "$net" name v5 type vlan id 5 || fail 'no VLAN'
	is_refused $e1000e "v5.* stands on $net"
	ip link set v5 master br5
	is_refused $e1000e "v5"
	ip link del v5
	ip link set "$net" master br5
	is_refused $e1000e "$net is part of br5"
	ip link del br5
	ip link add mt0 link "$net" type macvtap mode bridge || fail 'no macvtap'
	ip link set mt0 up
	is_refused $e1000e "mt0.* stands on $net"
	ip link del mt0
	ip link set "$net" down
	vp check $e1000e
	exits 0
}

nic_in_another_namespace() {
	net=$(net_of $e1000e)
	ip netns add c2
	ip link set "$net" netns c2
	is_refused $e1000e "interface $net is in another network namespace: c2"
	ip -n c2 link set "$net" netns 1
	ip netns del c2
	wait_for has_net $e1000e
}

# setting FILE VALUE: of the interface that there is
setting() {
	net=$(net_of $e1000e)
	[ "$(cat "/sys/class/net/$net/$1")" = "$2" ] ||
		fail "$net has $1 $(cat "/sys/class/net/$net/$1"), not $2"
}

# The interface that comes back is a new one, and set up as the one before
settings_of_a_nic() {
	net=$(net_of $e1000e)
	mac=$(cat "/sys/class/net/$net/address")
	ip link set "$net" mtu 1400 address 52:54:00:aa:bb:cc name wan0
	ip link property add dev wan0 altname lan0
	ip link set wan0 up
	vp check $e1000e
	exits 0
	prints 'name wan0, MTU 1400, MAC address 52:54:00:aa:bb:cc, altname lan0'
	vp enable $e1000e
	exits 0
	[ ! -e /sys/class/net/wan0 ] || fail 'it still has an interface'
	vp disable $e1000e
	exits 0
	[ "$(net_of $e1000e)" = wan0 ] || fail "it is called $(net_of $e1000e)"
	setting mtu 1400
	setting address 52:54:00:aa:bb:cc
	ip link show lan0 | grep -q wan0 || fail 'it has no altname'
	ip link show up dev wan0 | grep -q wan0 || fail 'it is down'
	ip link property del dev wan0 altname lan0
	ip link set wan0 down
	ip link set wan0 mtu 1500 address "$mac" name "$net"
}

# Two that come back in the other order do not exchange their names
names_of_two_nics() {
	first=$(net_of $e1000e)
	second=$(net_of $pair0)
	vp enable --force=sibling $e1000e $pair0
	exits 0
	vp disable $pair0
	exits 0
	vp disable $e1000e
	exits 0
	[ "$(net_of $e1000e)/$(net_of $pair0)" = "$first/$second" ] ||
		fail "they were $first and $second, and are $(net_of $e1000e) and $(net_of $pair0)"
}

console_is_drawn() {
	drawn=$(grep -l 'frame buffer' /sys/class/vtconsole/*/name)
	[ -n "$drawn" ] && grep -q 1 "${drawn%name}bind"
}

# The text console is drawn on the display again
console_comes_back() {
	need bochs || return
	console_is_drawn || fail 'there is no text console'
	vp check $display
	prints 'console *warning *the text console is drawn on its frame buffer'
	free_function_is_taken $display
	console_is_drawn || fail "it has not come back: $(grep . /sys/class/vtconsole/*/*)"
}

# disable does not wait for him either
vfio_user() {
	vp enable $e1000e
	exits 0
	mkfifo /tmp/hold
	vfio-drive --hold $e1000e </tmp/hold >/tmp/held 2>&1 &
	holder=$!
	exec 3>/tmp/hold
	wait_for grep -q held /tmp/held || fail 'vfio-drive does not hold it'
	ends_soon vfio-personality disable $e1000e
	exits 4
	says "process $holder"
	state $e1000e vfio-rebound
	exec 3>&-
	wait $holder
	rm /tmp/hold /tmp/held
	vp disable $e1000e
	exits 0
	wait_for has_net $e1000e
}

# Of the chipset's functions, which share a group, one is a bridge with a driver
group_with_a_bridge() {
	need lpc_ich ahci || return
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

results sound_card display console_comes_back keyboard serial_port share mounted_disk swap \
	disk_under_loop_device disk_of_a_raid disk_that_is_another_ones_journal \
	nvme_character_device exported_disk disk_seen_from_a_container nic_of_a_container \
	nic_of_guests nic_in_another_namespace settings_of_a_nic names_of_two_nics vfio_user \
	group_with_a_bridge group_with_a_latecomer
