#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2086,SC2154,SC2231,SC2317
#
# What fleets have, on the real switch and igb's driver: rules, and VFs that are set up.

rules=/etc/vfio-personality/rules.d
mac0=52:54:00:aa:00:10
mac1=52:54:00:aa:00:11

# rule NAME MATCH FUNCTION...: a file with one rule
rule() {
	mkdir -p $rules
	file=$rules/$1.conf
	printf '[Match]\n%s\n[Function]\n' "$2" >"$file"
	shift 2
	printf '%s\n' "$@" >>"$file"
}

changed_is() {
	prints "^  \"changed\": $1"
}

rules_are_applied_once() {
	rule 10-edu id=1234:11e8 personality=vfio driver=vfio-pci
	rule 20-one "address=$edu1,$pair1" personality=native
	vp apply --check
	exits 1
	prints "$edu *planned"
	state $edu unbound
	vp apply --json
	exits 0
	changed_is true
	state $edu vfio-rebound
	state $edu1 unbound
	vp apply --json
	exits 0
	changed_is false
	vp apply --check
	exits 0
	vp diff
	exits 0
	vp explain $edu
	prints "rule *VFIO at every boot, by $rules/10-edu.conf:1"
	vp explain $edu1
	prints "10-edu.conf:1 is about it, too, and does not count: $rules/20-one.conf:1 is more specific"
	vp disable $edu
	exits 0
	says 'it will be in VFIO after the next boot'
	vp diff $edu
	exits 1
	prints "$edu *personality *vfio *unbound *$rules/10-edu.conf:1"
	ln -sf /dev/null $rules/10-edu.conf
	vp diff
	exits 0
	rm -r $rules
	echo auto >$sys/$edu/personality/vfio_driver
}

# As udev's rules ask, and then its service
function_that_appears_is_taken() {
	rule 10-edu id=1234:11e8 personality=vfio
	rule 20-pf id=8086:10c9 personality=vfio vfs=2
	vp udev $edu
	prints '^VFIO_APPLY=add$'
	vp udev $igb
	prints '^VFIO_APPLY=bind$'
	vp udev $e1000e
	[ ! -s "$out" ] || fail 'it has to do with a function that no rule is about'
	vp apply --timeout 60 $edu
	exits 0
	state $edu vfio-rebound
	state $edu1 unbound
	vp apply --on-bind $igb
	exits 0
	for vf in $sys/$igb/virtfn*; do
		is_vfio "$(basename "$(readlink "$vf")")"
	done
	rm -r $rules
	vp disable --vfs 0 $igb
	vp disable $edu
	exits 0
}

used_nic_is_not_taken_by_a_rule() {
	net=$(net_of $e1000e)
	ip link set "$net" up
	ip address add 192.0.2.5/24 dev "$net"
	rule 10-nics "address=$e1000e" personality=vfio
	vp apply
	exits 3
	says "$net has the address 192.0.2.5"
	state $e1000e native
	rule 10-nics "address=$e1000e" personality=vfio force=address,route
	vp apply --check
	exits 1
	rm -r $rules
	ip address flush dev "$net"
	ip link set "$net" down
}

# Of VF $1 the PF says $2
pf_says() {
	ip -details link show dev "$(net_of $igb)" >"$out"
	grep "^ *vf $1 " "$out" | grep -q -- "$2" || fail "the PF does not say: vf $1 $2"
}

vf() {
	basename "$(readlink "$sys/$igb/virtfn$1")"
}

no_vfs_are_left() {
	[ "$(cat $sys/$igb/sriov_numvfs)" = 0 ] || fail 'VFs are left'
	[ "$(cat $sys/$igb/sriov_drivers_autoprobe)" = 1 ] || fail 'autoprobe is not as it was'
}

# With the PF up, whose driver answers its VFs
set_up_pf() {
	pf=$(net_of $igb)
	ip link set "$pf" up
	wait_for grep -q 1 "/sys/class/net/$pf/carrier" || fail 'the PF has no link'
}

vfs_are_set_up() {
	set_up_pf
	vp enable --vfs 2 --vf 0:mac=$mac0,vlan=100,qos=3,max_tx_rate=100 \
		--vf 1:mac=$mac1,spoofchk=off --vf all:trust=on $igb
	exits 0
	is_vfio "$(vf 0)"
	is_vfio "$(vf 1)"
	pf_says 0 "$mac0.* vlan 100, qos 3,.*100.*spoof checking on.*trust on"
	pf_says 1 "$mac1.* spoof checking off.*trust on"
	[ "$(cat $sys/$igb/sriov_drivers_autoprobe)" = 1 ] || fail 'autoprobe is not as it was'
	vp list --no-legend -o vf_settings "$(vf 0)"
	prints "mac=$mac0,vlan=100,qos=3,max_tx_rate=100,spoofchk=on,trust=on"
	vp enable --json --vfs 2 --vf 0:mac=$mac0 --vf all:trust=on $igb
	exits 0
	changed_is false
}

# It had no driver before VFIO's, and gets its native one all the same; whose interface has
# the address
user_has_the_address() {
	vp disable "$(vf 1)"
	exits 0
	wait_for has_net "$(vf 1)" || fail 'there is no interface'
	net=$(net_of "$(vf 1)")
	[ "$(cat "/sys/class/net/$net/address")" = $mac1 ] ||
		fail "its user has $(cat "/sys/class/net/$net/address"), not $mac1"
	vp enable "$(vf 1)"
	exits 0
}

there_vfs_are_changed_and_undone() {
	vp enable --vfs 2 --vf 1:mac=52:54:00:aa:00:21,vlan=7 $igb
	exits 0
	pf_says 1 '52:54:00:aa:00:21.* vlan 7,'
	pf_says 0 "$mac0"
	vp undo
	exits 0
	pf_says 1 "$mac1"
	! grep -q 'vf 1 .*vlan 7' "$out" || fail 'it still has the VLAN'
}

# igb's driver knows no link state of VFs
refused_setting_is_told_and_undone() {
	vp enable --vfs 2 --vf 1:mac=52:54:00:aa:00:31 --vf 1:state=enable $igb
	exits 5
	says "$igb: VF 1 cannot have state=enable: the driver igb says: Operation not supported"
	pf_says 1 "$mac1"
	vp disable --vfs 0 $igb
	exits 0
	vp enable --vfs 2 --vf 0:mac=$mac0 --vf 1:state=enable $igb
	exits 5
	says "$igb: VF 1 cannot have state=enable"
	no_vfs_are_left
	vp enable --vfs 2 --vf all:min_tx_rate=10,max_tx_rate=100 $igb
	exits 1
	says "$igb: VF 0 cannot have max_tx_rate=100,min_tx_rate=10"
	no_vfs_are_left
}

# As after a boot: there are none, and then they are as they were saved
saved_settings_come_again() {
	vp enable --persist --vfs 2 --vf 0:mac=$mac0,vlan=100 --vf 1:mac=$mac1 $igb
	exits 0
	vp disable --vfs 0 $igb
	no_vfs_are_left
	vp diff $igb
	exits 1
	vp apply --on-bind $igb
	exits 0
	pf_says 0 "$mac0.* vlan 100,"
	pf_says 1 "$mac1"
	is_vfio "$(vf 0)"
	vp diff
	exits 0
	vp disable --persist --vfs 0 $igb
	exits 0
}

# in_space NAME COMMAND...
in_space() {
	space=$1
	shift
	ip netns exec "$space" "$@"
}

# VF $1 natively in a namespace of its own, with an address
move_vf() {
	net=$(net_of "$(vf $1)")
	ip netns add "vf$1"
	ip link set "$net" netns "vf$1"
	in_space "vf$1" ip address add "198.51.100.1$1/24" dev "$net"
	in_space "vf$1" ip link set "$net" up
}

reaches() {
	in_space vf0 ping -c 1 -W 2 198.51.100.11 >"$out" 2>&1
}

# The card's switch keeps VLANs apart, and its VFs' users cannot change that
vlans_are_kept_apart() {
	vp disable --vfs 2 --vf 0:mac=$mac0,vlan=100 --vf 1:mac=$mac1,vlan=100 $igb
	exits 0
	wait_for has_net "$(vf 0)"
	wait_for has_net "$(vf 1)"
	move_vf 0
	move_vf 1
	wait_for reaches || fail 'VFs of one VLAN do not reach each other'
	vp disable --vfs 2 --vf 1:vlan=200 $igb
	exits 0
	! reaches || fail 'a VF reaches one of another VLAN'
	vp disable --vfs 2 --vf 1:vlan=100 $igb
	exits 0
	wait_for reaches || fail 'they do not reach each other again'
	ip netns del vf0
	ip netns del vf1
	vp disable --vfs 0 $igb
	exits 0
	ip link set "$pf" down
}

# Tests before this one have had use for it
[ ! -d /sys/module/edu ] || unload edu

results rules_are_applied_once function_that_appears_is_taken used_nic_is_not_taken_by_a_rule \
	vfs_are_set_up user_has_the_address there_vfs_are_changed_and_undone \
	refused_setting_is_told_and_undone saved_settings_come_again vlans_are_kept_apart
