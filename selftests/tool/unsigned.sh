#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2086,SC2154,SC2317
#
# A kernel that takes signed modules only, as with Secure Boot, and then none at all: the
# switch is not signed, and the tool says what to do about that.

unsigned_switch_is_explained() {
	vp enable $e1000e
	exits 5
	says 'no key that this kernel trusts has signed it (Secure Boot): enrol the key'
	[ "$(driver $e1000e)" = e1000e ] || fail "the driver is $(driver $e1000e)"
}

# What was saved does not fall to its native driver for that
saved_function_is_held() {
	vp save --personality vfio $e1000e
	exits 0
	echo $e1000e >$sys/$e1000e/driver/unbind
	vp apply
	exits 7
	prints "$e1000e *held"
	[ "$(driver $e1000e)" = vfio-pci ] || fail "the driver is $(driver $e1000e)"
	vp unsave $e1000e
}

closed_kernel_is_explained() {
	echo 1 >/proc/sys/kernel/modules_disabled
	vp enable $nvme
	exits 5
	says 'this kernel loads no more modules until the next boot'
	[ "$(driver $nvme)" = nvme ] || fail "the driver is $(driver $nvme)"
}

[ -e /sys/module/module/parameters/sig_enforce ] ||
	skip_all 'this kernel looks at no signatures (CONFIG_MODULE_SIG)'
results unsigned_switch_is_explained saved_function_is_held closed_kernel_is_explained
