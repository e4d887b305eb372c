#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2317
#
# What the tests of vfio-personality share: each program is this file and its own.
# A test is a function; results prints KTAP. Tests find the lab (selftests/vm/lab.sh)
# as it came up, and leave it so.

sys=/sys/bus/pci/devices
edu=0000:00:03.0
edu1=0000:00:04.0
e1000e=0000:00:05.0
nvme=0000:00:06.0
virtio=0000:00:07.0
igb=0000:01:00.0
pair0=0000:02:00.0
pair1=0000:02:00.1
out=$(mktemp)
err=$(mktemp)

# QEMU's router would have each NIC get an address and a route, sooner or later
for conf in /proc/sys/net/ipv6/conf/*/accept_ra; do
	[ ! -e "$conf" ] || echo 0 >"$conf"
done

# vp ARGUMENTS...: the tool; its exit code in $code, what it says in $out and $err
vp() {
	code=0
	vfio-personality "$@" >"$out" 2>"$err" || code=$?
}

fail() {
	echo "# $test: $*"
	sed 's/^/# | /' "$out" "$err"
	failed=1
}

# skip_all REASON: on this kernel there is nothing to test
skip_all() {
	echo 'KTAP version 1'
	echo "1..0 # SKIP $*"
	exit 4
}

exits() {
	[ "$code" -eq "$1" ] || fail "exit code $code, not $1"
}

says() {
	grep -q -- "$1" "$err" || fail "does not say: $1"
}

prints() {
	grep -q -- "$1" "$out" || fail "does not print: $1"
}

# state ADDRESS WANTED
state() {
	state=$(cat "$sys/$1/personality/state")
	[ "$state" = "$2" ] || fail "$1 is $state, not $2"
}

# With its own driver or another
is_vfio() {
	[ "$(cat "$sys/$1/use_vfio")" = 1 ] || fail "$1 is not in VFIO"
}

driver() {
	basename "$(readlink "$sys/$1/driver" || echo none)"
}

# wait_for COMMAND...: at most 60 s
wait_for() {
	tries=600
	until "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.1
	done
}

net_of() {
	for net in "$sys/$1"/net/*; do
		basename "$net"
	done
}

has_net() {
	[ -e "$sys/$1/net" ]
}

# unload MODULE: after those that use it, as drivers' own methods use the switch
unload() {
	for holder in "/sys/module/$1/holders"/*; do
		[ ! -e "$holder" ] || unload "${holder##*/}"
	done
	rmmod "$1"
}

has_driver() {
	[ "$(driver "$1")" = "$2" ]
}

is_in() {
	[ "$(cat "$sys/$1/personality/state" 2>/dev/null)" = "$2" ]
}

# link_is ADDRESS OWNER-AND-MODE: /dev/vfio/by-path leads to the function's group
link_is() {
	node=/dev/vfio/by-path/pci-$1
	[ "$(readlink -f "$node")" = "/dev/vfio/$(group_of "$1")" ] &&
		[ "$(stat -L -c '%U %a' "$node" 2>/dev/null)" = "$2" ]
}

# On a busy machine udev takes its time, and so may a run of udev's that has the lock
patient() {
	vp "$@" --timeout 300
}

settle() {
	udevadm settle --timeout=300
}

# The NIC is pulled out and plugged in again
replug() {
	echo 1 >"$sys/$e1000e/remove"
	echo 1 >/sys/bus/pci/rescan
	settle
}

# has_open PROCESS FILE
has_open() {
	for fd in /proc/"$1"/fd/*; do
		[ "$(readlink "$fd")" != "$2" ] || return 0
	done
	return 1
}

group_of() {
	basename "$(readlink "$sys/$1/iommu_group")"
}

# has_nodes ADDRESS: the device files of a function in VFIO are there and told;
# one of its own only where the kernel has these
has_nodes() {
	files=/dev/vfio/$(group_of "$1")
	for device in "$sys/$1"/vfio-dev/*; do
		[ ! -e "$device/dev" ] || files="$files /dev/vfio/devices/${device##*/}"
	done
	vp list --no-legend -o nodes "$1"
	for file in $files; do
		[ -c "$file" ] || fail "there is no $file"
		prints "$file"
	done
	# What udev's rules are told to call them
	for file in $files; do
		link=vfio/by-path/pci-$1
		[ "${file%vfio[0-9]*}" = "$file" ] || link=$link-cdev
		vp udev "${file##*/}"
		prints "^VFIO_LINKS=$link\$"
	done
}

# The checks find a module for no-such-driver, which the kernel then loads in vain
promise_driver() {
	mkdir -p /etc/modprobe.d
	echo 'alias no-such-driver vfio_pci' >/etc/modprobe.d/no-such-driver.conf
}

break_promise() {
	rm /etc/modprobe.d/no-such-driver.conf
}

no_journal() {
	for journal in /run/vfio-personality/journal-*; do
		[ ! -e "$journal" ] || fail "$journal is left"
	done
}

# As after an upgrade to a kernel for which the switch was not built. What depmod would
# make of the rest, in minutes, installed.sh has left in /root/without.
take_switch_away() {
	indexes=/lib/modules/$(uname -r)
	mkdir /root/with
	modinfo -n pci-personality >/root/with/name || fail 'there is none'
	mv "$(cat /root/with/name)" /root/with/switch
	cp "$indexes"/modules.* /root/with
	cp /root/without/modules.* "$indexes"
	sync
}

give_switch_back() {
	mv /root/with/switch "$(cat /root/with/name)"
	cp /root/with/modules.* "/lib/modules/$(uname -r)"
	sync
}

# are_held_without_the_switch ADDRESS...: since the boot, which says so
are_held_without_the_switch() {
	for function; do
		[ ! -e "$sys/$function/use_vfio" ] || fail 'the switch is there'
		[ "$(driver "$function")" = vfio-pci ] || fail "$function has $(driver "$function")"
		[ "$(cat "$sys/$function/driver_override")" = vfio-pci ] ||
			fail "$function: $(cat "$sys/$function/driver_override")"
	done
	systemctl show -P ActiveState -P ExecMainStatus vfio-personality >"$out"
	prints failed
	prints '^7$'
	journalctl -q -b -u vfio-personality >"$out"
	prints 'the module pci-personality cannot be loaded'
	for function; do
		prints "$function: held by driver_override for vfio-pci"
	done
}

# need MODULE...: or the test is left out. A distribution's kernel has what tests ask for; one
# that was built for the lab has less
need() {
	modprobe -q -a "$@" || skipped="this kernel has not all of $*"
	[ -z "$skipped" ]
}

# results TEST...
results() {
	echo 'KTAP version 1'
	echo "1..$#"
	number=0
	bad=0
	for test; do
		number=$((number + 1))
		failed=
		skipped=
		"$test"
		if [ -z "$failed" ]; then
			echo "ok $number $test${skipped:+ # SKIP $skipped}"
		else
			echo "not ok $number $test"
			bad=1
		fi
	done
	exit $bad
}
