#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2086,SC2154,SC2231,SC2317
#
# The tool on the real switch: there and back, refusals, groups, who holds what,
# persistence, killed runs.

enable_and_disable() {
	vp enable --wait $e1000e
	exits 0
	prints vfio-rebound
	state $e1000e vfio-rebound
	[ -c "/dev/vfio/$(basename "$(readlink $sys/$e1000e/iommu_group)")" ] ||
		fail 'there is no device file'
	vp enable $e1000e
	exits 0
	prints already
	vp disable $e1000e
	exits 0
	state $e1000e native
	[ "$(driver $e1000e)" = e1000e ] || fail "the driver is $(driver $e1000e)"
	wait_for has_net $e1000e || fail 'the interface is not back'
}

# unload MODULE: after those that use it, as drivers' own methods use the switch
unload() {
	for holder in "/sys/module/$1/holders"/*; do
		[ ! -e "$holder" ] || unload "${holder##*/}"
	done
	rmmod "$1"
}

loads_the_switch() {
	unload pci_personality
	vp list
	exits 0
	says 'modprobe pci-personality'
	vp enable $e1000e
	exits 0
	state $e1000e vfio-rebound
	vp disable $e1000e
	exits 0
	wait_for has_net $e1000e
}

dry_run_tells_the_truth() {
	vp enable --dry-run --driver=vfio-pci $e1000e
	exits 0
	prints 'rebind *vfio-pci'
	prints 'use_vfio=1'
	state $e1000e native
	no_journal
}

driver_by_name() {
	vp enable --driver=vfio-pci $edu
	exits 0
	[ "$(driver $edu)" = vfio-pci ] || fail "the driver is $(driver $edu)"
	vp disable $edu
	echo auto >$sys/$edu/personality/vfio_driver
	vp enable --driver=no-such-driver $edu
	exits 5
	says no-such-driver
	state $edu unbound
	[ "$(cat $sys/$edu/personality/vfio_driver)" = auto ] ||
		fail 'vfio_driver is not as it was'
}

mounted_disk_is_refused() {
	vp enable $nvme
	exits 0
	vp disable $nvme
	exits 0
	wait_for [ -b /dev/nvme0n1 ]
	cp /dev/nvme0n1 /tmp/disk
	mke2fs /dev/nvme0n1 >/dev/null 2>&1 || fail 'no file system'
	mkdir -p /tmp/mnt
	mount -t ext4 /dev/nvme0n1 /tmp/mnt || fail 'cannot mount'
	vp enable nvme0n1
	exits 3
	says 'nvme0n1 is mounted on /tmp/mnt'
	says '--force=mounted'
	state $nvme native
	umount /tmp/mnt
	mkswap /dev/nvme0n1 >/dev/null
	swapon /dev/nvme0n1 || fail 'cannot swap'
	vp check nvme0
	exits 1
	prints 'used as swap'
	swapoff /dev/nvme0n1
	cp /tmp/disk /dev/nvme0n1
	rm /tmp/disk
}

used_nic_is_refused() {
	net=$(net_of $e1000e)
	ip link set "$net" up
	ip address add 192.0.2.5/24 dev "$net"
	ip route add 198.51.100.0/24 dev "$net"
	vp enable "$net"
	exits 3
	says "$net has the address 192.0.2.5"
	says "$net has the route 198.51.100.0/24"
	vp check --force=address,route "$net"
	exits 0

	session='192.0.2.1 5555 192.0.2.5 22'
	export SSH_CONNECTION="$session"
	vp enable --force=address,route "$net"
	exits 3
	says 'carries this SSH session'
	unset SSH_CONNECTION
	# sudo drops it; the shell above still has it
	env SSH_CONNECTION="$session" sh -c "env -u SSH_CONNECTION \
		vfio-personality check --force=address,route $net; :" >"$out" 2>"$err"
	prints 'carries this SSH session'

	ip link add test-br type bridge 2>/dev/null && {
		ip link set "$net" master test-br
		vp check --force=address,route "$net"
		exits 1
		prints 'is part of test-br'
		ip link del test-br
	}
	ip address flush dev "$net"
	ip link set "$net" down
	state $e1000e native
}

nic_elsewhere_is_refused() {
	net=$(net_of $e1000e)
	ip netns add elsewhere || return
	ip link set "$net" netns elsewhere
	vp enable $e1000e
	exits 3
	says "interface $net is in another network namespace: elsewhere"
	ip netns exec elsewhere ip link set "$net" netns 1
	ip netns del elsewhere
	wait_for has_net $e1000e
}

groups_go_together() {
	vp enable $pair1
	exits 3
	says "$pair0 is in the same IOMMU group"
	vp enable --group $pair1
	exits 0
	state $pair0 vfio-rebound
	state $pair1 vfio-rebound
	vp disable --group $pair0
	exits 0
	state $pair0 native
	state $pair1 unbound
}

groups_go_back() {
	echo no-such-driver >$sys/$pair1/personality/vfio_driver
	vp enable --group $pair0 $edu
	exits 5
	prints restored
	state $pair0 native
	state $pair1 unbound
	state $edu unbound
	[ "$(driver $pair0)" = e1000e ] || fail "the driver is $(driver $pair0)"
	vp enable --keep-going --group $pair0 $edu
	exits 7
	state $edu vfio-rebound
	state $pair0 native
	vp disable $edu
	echo auto >$sys/$pair1/personality/vfio_driver
	no_journal
}

holders_are_named() {
	vp enable $e1000e
	# It holds the function until its stdin ends
	mkfifo /tmp/hold
	vfio-drive --hold $e1000e </tmp/hold >/tmp/held 2>&1 &
	holder=$!
	exec 3>/tmp/hold
	wait_for grep -q held /tmp/held || fail 'vfio-drive does not hold it'
	vp disable $e1000e
	exits 4
	says "process $holder"
	says 'may be empty or incomplete'
	state $e1000e vfio-rebound
	exec 3>&-
	wait $holder
	rm /tmp/hold /tmp/held
	vp disable $e1000e
	exits 0
	state $e1000e native
	wait_for has_net $e1000e
}

vfs_are_born() {
	vp enable --vfs 3 $igb
	exits 0
	state $igb native
	for vf in $sys/$igb/virtfn*; do
		state "$(basename "$(readlink "$vf")")" vfio-rebound
	done
	vp enable $igb
	exits 3
	says '3 VFs are enabled'
	vp disable --vfs 0 $igb
	exits 0
	[ "$(cat $sys/$igb/sriov_numvfs)" = 0 ] || fail 'VFs are left'
}

what_is_saved_is_applied() {
	vp enable --persist --driver=vfio-pci --mode 0666 $edu
	exits 0
	vp disable $edu
	exits 0
	vp apply
	exits 0
	state $edu vfio-rebound
	[ "$(driver $edu)" = vfio-pci ] || fail "the driver is $(driver $edu)"
	sed -i 's/^id=.*/id=8086:0000:0000:0000/' /etc/vfio-personality.d/$edu.conf
	vp disable $edu
	vp apply
	exits 3
	says 'not what was saved'
	state $edu unbound
	vp unsave $edu
	exits 0
	vp apply
	exits 0
	state $edu unbound
	echo auto >$sys/$edu/personality/vfio_driver
}

killed_runs_are_undone() {
	vp enable $edu
	mkdir -p /run/vfio-personality
	printf '%s use_vfio 0 1\n%s use_vfio 0 1\nend\n' $edu $edu1 \
		>/run/vfio-personality/journal-99999
	vp enable $e1000e
	exits 0
	says "$edu: use_vfio is 0 again"
	state $edu unbound
	[ ! -e /run/vfio-personality/journal-99999 ] || fail 'the journal is left'
	vp disable $e1000e
	wait_for has_net $e1000e
}

# The lock is a run's as long as it lives
runs_take_turns() {
	group=$(basename "$(readlink $sys/$edu/iommu_group)")
	chroot /host flock "/run/vfio-personality/group-$group" sleep 3 &
	sleep 0.5
	vp enable --timeout 0 $edu
	exits 4
	says 'another vfio-personality'
	vp enable $edu
	exits 0
	wait
	vp disable $edu
}

results enable_and_disable dry_run_tells_the_truth driver_by_name mounted_disk_is_refused \
	used_nic_is_refused nic_elsewhere_is_refused groups_go_together groups_go_back \
	holders_are_named vfs_are_born what_is_saved_is_applied killed_runs_are_undone \
	runs_take_turns loads_the_switch
