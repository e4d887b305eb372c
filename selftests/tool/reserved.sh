#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2086,SC2154,SC2317
#
# A function for which the firmware keeps memory (RMRR), as vm-run's --rmrr has it: the kernel
# gives it to no user of VFIO, so nobody is to lose it for that.

firmware_keeps_memory() {
	cat "$sys/$edu1/iommu_group/reserved_regions" >"$out"
	prints '0x00000000fed1c000 0x00000000fed1ffff direct$'
}

function_is_refused() {
	vp check --for=qemu $edu1
	exits 1
	prints 'reserved *refused *.*from 0x00000000fed1c000 to 0x00000000fed1ffff for it (RMRR)'
	vp enable $edu1
	exits 3
	says '(RMRR)'
	state $edu1 unbound
}

# What is forced shows that the refusal was right
user_is_refused_by_the_kernel() {
	vp enable --force=reserved $edu1
	exits 0
	! vfio-drive --hold $edu1 </dev/null >"$out" 2>"$err" || fail 'it has a user'
	vp disable $edu1
	exits 0
}

others_are_as_ever() {
	vp check $edu
	exits 0
	vp enable $edu
	exits 0
	vfio-drive --hold $edu </dev/null >"$out" 2>"$err" || fail 'it can have no user'
	vp disable $edu
	exits 0
}

results firmware_keeps_memory function_is_refused user_is_refused_by_the_kernel \
	others_are_as_ever
