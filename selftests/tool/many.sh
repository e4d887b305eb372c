#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2086,SC2154,SC2231,SC2317
#
# Sixty functions at once, in IOMMU groups of their own, one made to fail. They
# are the VFs of an nvme controller that the machine has besides the lab.

pf=$(for file in "$sys"/*/sriov_totalvfs; do
	read -r class <"${file%/*}/class"
	[ "$class" != 0x010802 ] || basename "${file%/*}"
done)
count=60

make_vfs() {
	echo 0 >"$sys/$pf/sriov_drivers_autoprobe"
	echo $count >"$sys/$pf/sriov_numvfs"
	vfs=$(for vf in "$sys/$pf"/virtfn*; do basename "$(readlink "$vf")"; done)
	# shellcheck disable=SC2086
	set -- $vfs
	[ $# -eq $count ] || fail "there are $# VFs"
	first=$1
	shift 30
	one=$1
}

in_vfio() {
	cat "$sys/$pf"/virtfn*/use_vfio | grep -c 1
}

sixty_at_once() {
	# shellcheck disable=SC2086
	vp enable $vfs
	exits 0
	[ "$(in_vfio)" -eq $count ] || fail "$(in_vfio) are in VFIO"
	# shellcheck disable=SC2086
	vp disable $vfs
	exits 0
	[ "$(in_vfio)" -eq 0 ] || fail "$(in_vfio) are in VFIO"
}

# The first in order is in VFIO. To look at all of them, or to sleep in between,
# takes as long as the others take to follow.
has_begun() {
	read -r on <"$sys/$first/use_vfio"
	[ "$on" = 1 ]
}

# stop_early SIGNAL: a run that has begun
stop_early() {
	# shellcheck disable=SC2086
	vfio-personality enable --jobs 1 $vfs >"$out" 2>"$err" &
	run=$!
	until has_begun; do
		kill -0 $run || {
			fail 'it does not begin'
			break
		}
	done
	kill -"$1" $run
	code=0
	wait $run || code=$?
}

interrupted_run_goes_back() {
	stop_early TERM
	exits 1
	says 'interrupted'
	[ "$(in_vfio)" -eq 0 ] || fail "$(in_vfio) are in VFIO"
	no_journal
}

killed_run_is_undone_by_the_next() {
	stop_early KILL
	begun=$(in_vfio)
	[ "$begun" -gt 0 ] || fail 'none are in VFIO'
	[ "$begun" -lt $count ] || fail 'it was done already'
	vp disable --dry-run "$one"
	says 'was killed'
	[ "$(in_vfio)" -eq "$begun" ] || fail 'a dry run did something'
	vp disable "$one"
	exits 0
	says 'use_vfio is 0 again'
	[ "$(in_vfio)" -eq 0 ] || fail "$(in_vfio) are in VFIO"
	no_journal
}

one_fails_all_go_back() {
	promise_driver
	echo no-such-driver >"$sys/$one/personality/vfio_driver"
	# shellcheck disable=SC2086
	vp enable $vfs
	exits 5
	says "$one: use_vfio: load: ENOENT"
	[ "$(in_vfio)" -eq 0 ] || fail "$(in_vfio) are in VFIO"
}

one_fails_others_stay() {
	# shellcheck disable=SC2086
	vp enable --keep-going $vfs
	exits 7
	[ "$(in_vfio)" -eq $((count - 1)) ] || fail "$(in_vfio) are in VFIO"
	state "$one" unbound
	vp disable --vfs 0 "$pf"
	exits 0
	[ "$(cat "$sys/$pf/sriov_numvfs")" = 0 ] || fail 'VFs are left'
	break_promise
}

results make_vfs sixty_at_once interrupted_run_goes_back killed_run_is_undone_by_the_next \
	one_fails_all_go_back one_fails_others_stay
