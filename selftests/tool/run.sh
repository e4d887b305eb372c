#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC2086,SC2217,SC2317
#
# Functions that come to VFIO for a while, or on trial; undo; who did what, and when.

for function in $e1000e $edu; do
	echo auto >$sys/$function/personality/vfio_driver
done
saved=/etc/vfio-personality.d/$e1000e.conf

is_native() {
	[ "$(cat $sys/$1/use_vfio)" = 0 ]
}

command_has_them_and_they_go_back() {
	vp run $e1000e -- sh -c "cat $sys/$e1000e/use_vfio; ls /dev/vfio/$(group_of $e1000e); exit 9"
	exits 9
	prints '^1$'
	prints "/dev/vfio/$(group_of $e1000e)"
	state $e1000e native
	wait_for has_net $e1000e || fail 'the interface is not back'
}

# Whose processes still have it open a while after it
stragglers_are_waited_for() {
	vp run --timeout 30 $e1000e -- sh -c "sleep 3 </dev/vfio/$(group_of $e1000e) >/dev/null 2>&1 &"
	exits 0
	state $e1000e native
}

one_that_was_there_stays() {
	vp enable $e1000e
	vp run $e1000e -- true
	exits 0
	is_vfio $e1000e
	vp disable $e1000e
}

# begin_run: in the background, with a command that does not end by itself
begin_run() {
	vfio-personality run $e1000e -- sleep 1000 >"$out" 2>"$err" &
	run=$!
	wait_for grep -q 1 $sys/$e1000e/use_vfio || fail 'it does not get there'
	# The command runs once both the keeper and it are there
	wait_for has_two_children $run || fail 'the command does not run'
}

# Not by the file children: not each kernel has it
has_two_children() {
	[ "$(cat /proc/[0-9]*/status 2>/dev/null | grep -cx "PPid:[[:space:]]*$1")" -ge 2 ]
}

terminated_run_goes_back() {
	begin_run
	kill -TERM $run
	code=0
	wait $run || code=$?
	exits 143
	state $e1000e native
}

killed_run_goes_back() {
	begin_run
	kill -KILL $run
	wait $run
	wait_for is_native $e1000e || fail 'it stays in VFIO'
	wait_for has_net $e1000e
}

trial_goes_back_by_itself() {
	vp enable --try 2 $e1000e
	exits 0
	says 'goes back in 2 s'
	is_vfio $e1000e
	wait_for is_native $e1000e || fail 'it stays in VFIO'
	vp confirm
	exits 1
}

confirmed_trial_stays() {
	vp enable --try 2 $e1000e
	vp confirm
	exits 0
	sleep 5
	is_vfio $e1000e
	vp disable $e1000e
	exits 0
}

last_run_is_undone() {
	vp enable --persist --mode 0640 $e1000e
	exits 0
	[ -e $saved ] || fail 'it is not saved'
	vp undo
	exits 0
	state $e1000e native
	[ ! -e $saved ] || fail 'it is saved'
	vp undo
	exits 1
	says 'no run to undo'
}

undone_disable_is_saved_as_it_was() {
	vp enable --persist --mode 0640 $e1000e
	cp $saved /run/was
	vp disable --persist $e1000e
	exits 0
	[ ! -e $saved ] || fail 'it is saved'
	vp undo
	exits 0
	is_vfio $e1000e
	cmp -s $saved /run/was || fail 'another thing is saved'
	vp disable --persist $e1000e
}

vfs_are_undone() {
	ip link set "$(net_of $igb)" up
	vp enable --vfs 2 $igb
	exits 0
	[ "$(cat $sys/$igb/sriov_numvfs)" = 2 ] || fail 'there are not two'
	vp undo
	exits 0
	[ "$(cat $sys/$igb/sriov_numvfs)" = 0 ] || fail 'there are some'
}

it_is_explained() {
	vp enable $e1000e
	vp explain $e1000e
	exits 0
	prints 'in VFIO, by vfio-pci'
	prints "who .*vfio-personality enable $e1000e"
	prints 'disable leads to e1000e'
	vp disable $e1000e
	echo 1 >$sys/$e1000e/use_vfio
	vp explain $e1000e
	prints 'somebody has'
	echo 0 >$sys/$e1000e/use_vfio
}

# listens PROCESS: to the kernel's events
listens() {
	awk -v pid="$1" '$2 == 15 && $3 == pid { found = 1 } END { exit !found }' /proc/net/netlink
}

switches_are_watched() {
	vfio-personality monitor --json >/run/events &
	monitor=$!
	wait_for listens $monitor || fail "it does not listen"
	echo 1 >$sys/$e1000e/use_vfio
	echo 0 >$sys/$e1000e/use_vfio
	cp /run/events "$out"
	wait_for grep -q '"personality":"native"' /run/events || fail 'it does not see it'
	cp /run/events "$out"
	prints "\"address\":\"$e1000e\",\"personality\":\"vfio-rebound\""
	kill $monitor
	code=0
	wait $monitor || code=$?
	exits 0
	wait_for has_net $e1000e
}

machine_is_ready() {
	vp doctor
	prints '^ok  *iommu  *Intel VT-d is on (dmar0'
	prints '^ok  *switch'
	prints '^ok  *vfio'
}

list_says_who_uses_them() {
	net=$(net_of $e1000e)
	ip addr add 192.0.2.77/24 dev "$net"
	vp list --no-legend -o in_use,devices $e1000e
	prints "^192.0.2.77 *$net"
	ip addr flush dev "$net"
	vp enable $e1000e
	sleep 1000 <"/dev/vfio/$(group_of $e1000e)" &
	holder=$!
	wait_for has_open $holder "/dev/vfio/$(group_of $e1000e)"
	vp list
	exits 0
	prints "$e1000e *VFIO vfio-pci *.*($holder)"
	kill $holder
	wait $holder
	vp disable $e1000e
	exits 0
	wait_for has_net $e1000e
}

results command_has_them_and_they_go_back stragglers_are_waited_for one_that_was_there_stays \
	terminated_run_goes_back killed_run_goes_back trial_goes_back_by_itself \
	confirmed_trial_stays last_run_is_undone undone_disable_is_saved_as_it_was \
	vfs_are_undone it_is_explained switches_are_watched machine_is_ready \
	list_says_who_uses_them
