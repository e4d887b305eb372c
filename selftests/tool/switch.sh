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
	has_nodes $e1000e
	vp enable $e1000e
	exits 0
	prints already
	vp disable $e1000e
	exits 0
	state $e1000e native
	[ "$(driver $e1000e)" = e1000e ] || fail "the driver is $(driver $e1000e)"
	wait_for has_net $e1000e || fail 'the interface is not back'
}

loads_the_switch() {
	unload pci_personality
	vp list
	exits 0
	says 'is not loaded; enable loads it'
	vp enable $e1000e
	exits 0
	state $e1000e vfio-rebound
	vp disable $e1000e
	exits 0
	wait_for has_net $e1000e
}

# Of whatever VFIO drivers this kernel has, built in or not. (The one that the tests
# have for edu is not called as its module is.)
dry_run_foresees_the_driver() {
	for function in $e1000e $nvme $virtio; do
		vp enable --dry-run --no-legend -o planned_driver $function
		exits 0
		foreseen=$(tr -d ' ' <"$out")
		vp enable $function
		exits 0
		[ "$(driver $function)" = "$foreseen" ] ||
			fail "the driver is $(driver $function), not $foreseen"
		vp disable $function
		exits 0
	done
	wait_for has_net $e1000e
	wait_for [ -b /dev/nvme0n1 ]
}

# edu's driver has a VFIO personality of its own
driver_stays_bound() {
	modprobe edu
	vp enable --dry-run $edu
	prints 'method *edu'
	vp check --driver=bound --for=dpdk $edu
	exits 1
	prints 'it wants vfio-pci by name; ask for --driver=vfio-pci'
	vp enable --wait $edu
	exits 0
	prints 'done *vfio *edu'
	state $edu vfio
	[ "$(driver $edu)" = edu ] || fail "the driver is $(driver $edu)"
	has_nodes $edu
	vp status --json $edu
	prints '"state": *"vfio"'
	prints '"driver": *"edu"'
	prints '"native_driver": *"edu"'
	vp check --for=libvirt $edu
	exits 0
	prints 'it will take that'
	vp save --dry-run $edu
	prints 'vfio *bound'
	vp disable --dry-run $edu
	prints 'method *edu'
	vp disable $edu
	exits 0
	state $edu native
	vp enable --driver=vfio-pci $edu
	exits 0
	state $edu vfio-rebound
	vp disable $edu
	exits 0
	state $edu native
	echo auto >$sys/$edu/personality/vfio_driver
	unload edu
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
	mount -t ext2 /dev/nvme0n1 /tmp/mnt || fail 'cannot mount'
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

# As routing daemons have them: the route itself does not say where it leads
nexthop_is_refused() {
	net=$(net_of $e1000e)
	mode=/proc/sys/net/ipv4/nexthop_compat_mode
	ip link set "$net" up
	compat=$(cat $mode)
	echo 0 >$mode
	wait_for grep -q 1 "/sys/class/net/$net/carrier"
	ip nexthop add id 7 dev "$net"
	ip nexthop add id 8 group 7
	ip route add 198.51.100.0/25 nhid 7
	ip route add 198.51.100.128/25 nhid 8
	vp check $e1000e
	exits 1
	prints "$net has the route 198.51.100.0/25"
	prints "$net has the route 198.51.100.128/25"
	ip nexthop flush >/dev/null
	vp check $e1000e
	exits 0
	echo "$compat" >$mode
	ip link set "$net" down
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

# rename_for_ever NAME: as udev does once, just after an interface has appeared
rename_for_ever() {
	while ip link set "$1" name renamed0 && sleep 0.1; do
		ip link set renamed0 name "$1"
		sleep 0.1
	done
}

# What is read by one name and looked for by another is in no other namespace
renamed_nic_is_here() {
	net=$(net_of $e1000e)
	rename_for_ever "$net" &
	renamer=$!
	for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		vp check $e1000e
		exits 0
	done
	kill $renamer
	wait $renamer 2>/dev/null
	[ "$(net_of $e1000e)" = "$net" ] || ip link set renamed0 name "$net"
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
	promise_driver
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
	break_promise
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
		is_vfio "$(basename "$(readlink "$vf")")"
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

# Its files are hidden as after an upgrade to a kernel that it was not built for
without_the_switch_saved_functions_are_held() {
	vp enable --persist $e1000e
	vp disable $e1000e
	echo $e1000e >$sys/$e1000e/driver/unbind
	unload pci_personality
	modules=/lib/modules/$(uname -r)
	mkdir /tmp/hidden
	mv $modules/updates /tmp/hidden
	depmod
	vp apply
	exits 7
	prints "$e1000e *held"
	says "$e1000e: held by driver_override for vfio-pci"
	[ "$(driver $e1000e)" = vfio-pci ] || fail "the driver is $(driver $e1000e)"
	mv /tmp/hidden/updates $modules
	depmod
	modprobe pci-personality
	vp apply
	exits 0
	vp disable --persist $e1000e
	exits 0
	echo >$sys/$e1000e/driver_override
	[ "$(driver $e1000e)" != none ] || echo $e1000e >/sys/bus/pci/drivers_probe
	[ "$(driver $e1000e)" = e1000e ] || fail "the driver is $(driver $e1000e)"
	wait_for has_net $e1000e || fail 'the interface is not back'
}

# why_not TEXT: why enable, and a saved function's hold, say that the switch is not there
why_not() {
	vp enable $e1000e
	exits 5
	says "$1"
	[ "$(driver $e1000e)" = e1000e ] || fail "the driver is $(driver $e1000e)"
}

# Blacklisted, built for another kernel, cut off, not there
switch_that_does_not_load_is_explained() {
	unload pci_personality
	modules=/lib/modules/$(uname -r)/updates
	file=$modules/pci-personality.ko

	echo 'blacklist pci_personality' >/etc/modprobe.d/test-blacklist.conf
	why_not 'it is blacklisted in modprobe.d; modprobe pci-personality loads it anyway'
	rm /etc/modprobe.d/test-blacklist.conf

	cp "$file" /tmp/pci-personality.ko
	# Of the release alone, a kernel with modversions does not mind
	sed 's/\(vermagic=[^ ]* \)SMP/\1UP /' /tmp/pci-personality.ko >"$file"
	cmp -s /tmp/pci-personality.ko "$file" && fail 'it is not for another kernel'
	why_not 'it was built for another kernel, or is damaged: build it anew'
	head -c 10000 /tmp/pci-personality.ko >"$file"
	why_not 'it was built for another kernel, or is damaged'
	cp /tmp/pci-personality.ko "$file"
	rm /tmp/pci-personality.ko

	mkdir /tmp/away
	mv "$modules" /tmp/away
	depmod
	why_not "it is not installed for this kernel, $(uname -r)"
	mv /tmp/away/updates "$modules"
	rmdir /tmp/away
	depmod
	modprobe pci-personality
}

# At boot apply comes before the drivers; nobody shall miss his later
taken_early_comes_back() {
	vp enable --persist $e1000e
	vp disable $e1000e
	echo $e1000e >$sys/$e1000e/driver/unbind
	vp apply
	exits 0
	state $e1000e vfio-rebound
	vp disable --dry-run $e1000e
	prints 'probe *auto'
	prints "use_vfio=0,drivers_probe=$e1000e"
	vp disable --persist $e1000e
	exits 0
	state $e1000e native
	[ "$(driver $e1000e)" = e1000e ] || fail "the driver is $(driver $e1000e)"
	wait_for has_net $e1000e || fail 'the interface is not back'
	# One that had no driver for another reason is left without
	echo $e1000e >$sys/$e1000e/driver/unbind
	vp enable $e1000e
	vp disable $e1000e
	state $e1000e unbound
	echo $e1000e >/sys/bus/pci/drivers_probe
	wait_for has_net $e1000e
}

killed_runs_are_undone() {
	was=$(cat $sys/$edu/personality/state)
	vp enable $edu
	mkdir -p /run/vfio-personality
	printf '%s use_vfio 0 1\n%s use_vfio 0 1\nend\n' $edu $edu1 \
		>/run/vfio-personality/journal-99999
	# Whom it does not concern, does not touch it
	vp enable $e1000e
	exits 0
	says "of one of these undoes what it began: $edu $edu1"
	is_vfio $edu
	vp disable $e1000e
	vp status $e1000e
	says "(process 99999) was killed"
	vp disable $edu1
	exits 0
	says "$edu: use_vfio is 0 again"
	state $edu "$was"
	[ ! -e /run/vfio-personality/journal-99999 ] || fail 'the journal is left'
	wait_for has_net $e1000e
}

# The lock is a run's as long as it lives; here it is this shell's
runs_take_turns() {
	lock=/run/vfio-personality/group-$(group_of $edu)
	vp enable $edu
	vp disable $edu
	exec 3>>"$lock"
	chroot /host flock 3
	vp enable --timeout 0 $edu
	exits 8
	says 'another vfio-personality'
	vfio-personality enable --timeout 60 $edu >"$out" 2>"$err" 3>&- &
	waiting=$!
	wait_for has_open $waiting "$lock" || fail 'it does not come to the lock'
	state $edu unbound
	exec 3>&-
	code=0
	wait $waiting || code=$?
	exits 0
	state $edu vfio-rebound
	vp disable $edu
	exits 0
}

# As a part of the kernel (series/) it cannot be missing
without=
[ ! -e /sys/module/pci_personality/initstate ] ||
	without='without_the_switch_saved_functions_are_held
		switch_that_does_not_load_is_explained loads_the_switch'

# shellcheck disable=SC2086
results enable_and_disable driver_stays_bound dry_run_foresees_the_driver \
	dry_run_tells_the_truth driver_by_name mounted_disk_is_refused used_nic_is_refused \
	nexthop_is_refused nic_elsewhere_is_refused renamed_nic_is_here groups_go_together \
	groups_go_back holders_are_named vfs_are_born what_is_saved_is_applied taken_early_comes_back \
	killed_runs_are_undone runs_take_turns $without
