#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2086,SC2154,SC2317
#
# A kernel that is locked down, as Secure Boot does to it: the switch is not signed.

kernel_is_locked_down() {
	grep -q '\[integrity\]' $lockdown ||
		fail "$(cat $lockdown)"
}

locked_down_kernel_is_explained() {
	vp enable $e1000e
	exits 5
	says 'the kernel is locked down (Secure Boot): enrol the key'
	[ "$(driver $e1000e)" = e1000e ] || fail "the driver is $(driver $e1000e)"
}

lockdown=/sys/kernel/security/lockdown
[ -e $lockdown ] || mount -t securityfs none ${lockdown%/*} 2>/dev/null
[ -e $lockdown ] || skip_all 'this kernel cannot be locked down (CONFIG_SECURITY_LOCKDOWN_LSM)'
results kernel_is_locked_down locked_down_kernel_is_explained
