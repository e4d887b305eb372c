#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2086,SC2154,SC2317
#
# fleet.sh first|second: in the guest, boots of an installed system with systemd and udev.
# In the first there is a rule and VFs are saved; the second finds all as it is wanted.

rules=/etc/vfio-personality/rules.d
vf0=0000:01:10.0
vf1=0000:01:10.2
mac0=52:54:00:aa:00:10
mac1=52:54:00:aa:00:11

# Of VF $1 the PF says $2
pf_says() {
	ip -details link show dev "$(net_of $igb)" >"$out"
	grep "^ *vf $1 " "$out" | grep -q -- "$2" || fail "the PF does not say: vf $1 $2"
}

rule_is_there() {
	wait_for has_driver $e1000e e1000e
	mkdir -p $rules
	printf '%s\n' '[Match]' id=8086:10d3 address=$e1000e '[Function]' personality=vfio \
		user=nobody mode=0640 >$rules/10-nics.conf
	vp apply --check
	exits 1
	prints "$e1000e *planned"
}

vfs_are_saved() {
	# The link to the driver is there before its probe has begun, and udev renames the interface
	wait_for has_net $igb
	settle
	patient enable --persist --vfs 2 --vf 0:mac=$mac0,vlan=100 --vf 1:mac=$mac1,trust=on $igb
	exits 0
	pf_says 0 "$mac0.* vlan 100,"
	sync
}

rule_goes_before_the_driver() {
	settle
	systemctl is-active --quiet vfio-personality || fail 'the service has failed'
	state $e1000e vfio-rebound
	[ "$(cat $sys/$e1000e/personality/native_driver)" = none ] || fail 'it had a driver'
	wait_for link_is $e1000e 'nobody 640' || fail "$(ls -lL /dev/vfio /dev/vfio/by-path)"
	vp explain $e1000e
	prints "VFIO at every boot, by $rules/10-nics.conf:1"
}

vfs_are_as_they_were_saved() {
	wait_for [ -e "$sys/$vf1/use_vfio" ] || fail 'there is no VF'
	wait_for grep -q 1 "$sys/$vf1/use_vfio" || fail 'it is not in VFIO'
	is_vfio $vf0
	pf_says 0 "$mac0.* vlan 100,"
	pf_says 1 "$mac1.*trust on"
	[ "$(cat $sys/$igb/sriov_drivers_autoprobe)" = 1 ] || fail 'autoprobe is not as it was'
}

all_is_as_it_is_wanted() {
	patient apply --json
	exits 0
	prints '^  "changed": false'
	vp diff
	exits 0
}

# By udev, which starts a service for it
function_that_is_plugged_in_is_taken() {
	echo 1 >$sys/$e1000e/remove
	echo 1 >/sys/bus/pci/rescan
	wait_for is_in $e1000e vfio-rebound || fail "$(journalctl -u "vfio-personality@*" -n 20)"
	wait_for link_is $e1000e 'nobody 640' || fail "$(ls -lL /dev/vfio /dev/vfio/by-path)"
	systemctl show -P Result "vfio-personality@$e1000e.service" >"$out"
	prints success
}

case $1 in
first) results rule_is_there vfs_are_saved ;;
second) results rule_goes_before_the_driver vfs_are_as_they_were_saved all_is_as_it_is_wanted \
	function_that_is_plugged_in_is_taken ;;
esac
