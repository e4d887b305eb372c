#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2086,SC2154,SC2317
#
# confined.sh selinux-first|selinux-second|apparmor: in the guest, boots of an installed system
# with systemd and udev: two with SELinux's policy enforced, one with a profile of AppArmor's.

service=vfio-personality@$e1000e.service

policy_is_enforced() {
	[ "$(cat /sys/fs/selinux/enforce)" = 1 ] || fail 'it is not'
	echo "# this is $(cat /proc/self/attr/current)"
}

function_is_saved() {
	wait_for has_net $e1000e
	settle
	patient enable --persist --wait --user nobody --mode 0640 $e1000e
	exits 0
	state $e1000e vfio-rebound
	sync
}

saved_function_is_vfio_after_the_boot() {
	settle
	systemctl is-active --quiet vfio-personality || fail "$(systemctl status vfio-personality)"
	state $e1000e vfio-rebound
	[ "$(cat $sys/$e1000e/personality/native_driver)" = none ] || fail 'it had a driver'
}

# By udev, which starts a service for it
function_that_is_plugged_in_is_taken() {
	replug
	wait_for is_in $e1000e vfio-rebound || fail "$(journalctl -u "$service" -n 20)"
	wait_for link_is $e1000e 'nobody 640' || fail "$(ls -lL /dev/vfio /dev/vfio/by-path)"
	journalctl -q -u "$service" >"$out"
	prints "$e1000e *done"
}

# Others may have been: this is not their test. Debian's policy keeps udev, and the tool as
# udev's rules start it, from /run/vfio-personality, where a rule is not found by them then:
# see vfio-personality(8), RULES.
nothing_of_ours_was_denied() {
	journalctl -q -k -g 'avc: *denied' >"$out"
	echo "# denied to others: $(grep -o 'comm="[^"]*"' "$out" | tr -d '"' | sort | uniq -c | xargs)"
	sed -i '/{ search } .* name="vfio-personality" .* scontext=[^ ]*:udev_t:/d' "$out"
	! grep -E 'comm="(vfio-|modprobe)|pci_|vfio' "$out" >"$err" || fail 'there was something'
}

# An administrator's profile that knows nothing of what the tool writes
profile_is_loaded() {
	wait_for has_net $e1000e
	state $e1000e vfio-rebound
	patient disable --persist $e1000e
	exits 0
	vp save --personality vfio $e1000e
	cat >/etc/apparmor.d/vfio-personality <<-'EOT'
	profile no-writing /usr/sbin/vfio-personality {
		capability,
		network,
		ptrace,
		unix,
		/ r,
		/** rmix,
		/run/** rwk,
		deny /sys/** w,
	}
	EOT
	apparmor_parser -r /etc/apparmor.d/vfio-personality >"$out" 2>"$err" || fail 'it is refused'
	state $e1000e native
}

# stays_native: with nothing that is half done
stays_native() {
	state $e1000e native
	has_driver $e1000e e1000e || fail "its driver is $(driver $e1000e)"
	[ "$(cat $sys/$e1000e/driver_override)" = '(null)' ] ||
		fail "driver_override: $(cat $sys/$e1000e/driver_override)"
	no_journal
}

# Nor does it see all who could use the function
denial_is_told_to_who_asks() {
	vp enable $e1000e
	exits 3
	says 'confines this to no-writing (enforce)'
	vp enable --force=unseen $e1000e
	exits 1
	says 'Permission denied; SELinux or AppArmor confines this to no-writing (enforce)'
	stays_native
	journalctl -q -k -g denied >"$out"
	prints 'profile="no-writing".*comm="vfio-personalit"'
}

# Nobody is there to be told: the service has failed, and its log says why
denial_is_in_the_log() {
	replug
	wait_for systemctl is-failed --quiet "$service" || fail "$(systemctl status "$service")"
	wait_for has_net $e1000e
	journalctl -q -u "$service" >"$out"
	prints 'confines this to no-writing (enforce)'
	stays_native
}

without_the_profile_it_is_taken() {
	apparmor_parser -R /etc/apparmor.d/vfio-personality
	replug
	wait_for is_in $e1000e vfio-rebound || fail "$(journalctl -u "$service" -n 20)"
}

case $1 in
selinux-first) results policy_is_enforced function_is_saved nothing_of_ours_was_denied ;;
selinux-second) results policy_is_enforced saved_function_is_vfio_after_the_boot \
	function_that_is_plugged_in_is_taken nothing_of_ours_was_denied ;;
apparmor) results profile_is_loaded denial_is_told_to_who_asks denial_is_in_the_log \
	without_the_profile_it_is_taken ;;
esac
