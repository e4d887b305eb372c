#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2086,SC2154,SC2231,SC2317
#
# boot.sh first|cut|second|hung|without|off: in the guest, boots of an installed system, with
# systemd and udev. The first saves functions, the second finds them as they were saved,
# in the third a module does not get loaded, in the fourth the switch is gone, and the last is
# told to leave them alone.

vf=0000:01:10.0

service_has_nothing_to_do() {
	[ "$(systemctl show -P ConditionResult vfio-personality)" = no ] || fail 'it ran'
	systemctl is-enabled --quiet vfio-personality || fail 'it is not enabled'
}

units_are_well_formed() {
	code=0
	for unit in /lib/systemd/system/vfio-personality*.service; do
		echo "$unit"
	done | xargs systemd-analyze verify >"$out" 2>"$err" || code=$?
	exits 0
	! grep -q vfio-personality "$err" || fail 'there is something to be said of them'
}

# The package has it loaded at boot
switch_is_there_though_nothing_is_saved() {
	[ -e $sys/$e1000e/use_vfio ] || fail 'there is no use_vfio'
	[ "$(systemctl show -P Result systemd-modules-load)" = success ] || fail 'loading failed'
}

functions_are_saved() {
	wait_for has_driver $e1000e e1000e
	wait_for has_driver $igb igb
	patient enable --persist --wait --user nobody --mode 0640 $e1000e
	exits 0
	state $e1000e vfio-rebound
	link_is $e1000e 'nobody 640' || fail "$(ls -lL /dev/vfio /dev/vfio/by-path)"
	patient enable --persist --vfs 2 $igb
	exits 0
	is_vfio $vf
	sync
}

# The native driver has never seen it, though udev has loaded it
saved_function_is_vfio_before_its_driver_comes() {
	settle
	systemctl is-active --quiet vfio-personality || fail 'the service has failed'
	state $e1000e vfio-rebound
	[ "$(cat $sys/$e1000e/personality/native_driver)" = none ] || fail 'it had a driver'
	wait_for [ -d /sys/module/e1000e ]
	dmesg >"$out"
	! grep -q "e1000e $e1000e" "$out" || fail 'e1000e saw it'
	wait_for link_is $e1000e 'nobody 640' || fail "$(ls -lL /dev/vfio /dev/vfio/by-path)"
	echo "# $(systemctl show -P ExecMainStartTimestampMonotonic vfio-personality) to" \
		"$(systemctl show -P ExecMainExitTimestampMonotonic vfio-personality) us: the service"
}

# They wait for igb, which makes them
saved_vfs_are_born() {
	wait_for [ -e "$sys/$vf/use_vfio" ] || fail 'there is no VF'
	wait_for grep -q 1 "$sys/$vf/use_vfio" || fail 'it is not in VFIO'
	[ "$(cat $sys/$igb/sriov_numvfs)" = 2 ] || fail 'there are not two'
	state $igb native
	patient apply
	exits 0
	prints "$igb *already"
	prints "$e1000e *already"
}

disable_finds_the_native_driver() {
	patient disable $e1000e
	exits 0
	state $e1000e native
	wait_for has_net $e1000e
}

# Its driver is there, and may have it for a moment
saved_function_that_appears_is_taken() {
	echo 1 >/sys/kernel/tracing/events/pci_personality/enable
	replug
	wait_for is_in $e1000e vfio-rebound || fail 'it is not in VFIO'
	wait_for link_is $e1000e 'nobody 640' || fail "$(ls -lL /dev/vfio /dev/vfio/by-path)"
	dmesg | sed -n "s/^\[ *\([0-9.]*\)\] pci $e1000e: \[8086.*/# \1 s: it appears/p" | tail -n 1
	sed -n "s/.* \([0-9.]*\): pci_personality_transition: \(.*\)/# \1 s: \2/p" \
		/sys/kernel/tracing/trace
}

# A service of its own has done it, whose log is where one looks
appearance_has_a_log() {
	journalctl -q -u "vfio-personality@$e1000e.service" >"$out"
	prints "$e1000e *done"
	prints 'Finished'
}

both_are_vfio() {
	is_in $pair0 vfio-rebound && is_in $pair1 vfio-rebound
}

# Two functions in one IOMMU group, as a GPU in a box has them, and drivers for both
group_that_is_plugged_in_comes_back() {
	patient enable --persist --group --driver=vfio-pci $pair0
	exits 0
	for function in $pair0 $pair1; do
		echo 1 >$sys/$function/remove
	done
	echo 1 >/sys/bus/pci/rescan
	settle
	wait_for both_are_vfio || fail "$(cat $sys/$pair0/driver_override $sys/$pair1/driver_override
		systemctl status "vfio-personality@$pair0" "vfio-personality@$pair1")"
	patient disable --persist --group $pair0
	exits 0
}

# Each makes the group's device anew, for which udev has the owner and the link
fifty_quick_flips_leave_the_node_right() {
	patient enable --wait $e1000e
	exits 0
	for flip in $(seq 50); do
		for vfio in 0 1; do
			echo $vfio >$sys/$e1000e/use_vfio ||
				fail "flip $flip: $(cat $sys/$e1000e/personality/last_error)"
		done
	done
	settle
	number=$(group_of $e1000e)
	wait_for link_is $e1000e 'nobody 640' || fail "$(ls -lL /dev/vfio /dev/vfio/by-path)"
	is=$(stat -c '%Hr:%Lr' "/dev/vfio/$number")
	[ "$is" = "$(cat "/sys/class/vfio/$number/dev")" ] || fail "/dev/vfio/$number is $is"
}

udev_is_busy() {
	! udevadm settle --timeout=0 2>/dev/null
}

# As a multipath disk or a firmware that is loaded takes. --wait is for our own nodes.
slow_event_of_others_is_not_waited_for() {
	settle
	mkdir -p /run/udev/rules.d
	echo 'SUBSYSTEM=="mem", KERNEL=="full", ACTION=="change", RUN+="/bin/sleep 170"' \
		>/run/udev/rules.d/99-slow.rules
	udevadm control --reload
	udevadm trigger --action=change /sys/class/mem/full
	wait_for udev_is_busy || fail 'the event is no slow one'
	vp disable --timeout 60 $e1000e
	exits 0
	vp enable --wait --timeout 60 $e1000e
	exits 0
	link_is $e1000e 'nobody 640' || fail "$(ls -lL /dev/vfio /dev/vfio/by-path)"
	udev_is_busy || fail 'the slow event is over'
	rm /run/udev/rules.d/99-slow.rules
	udevadm control --reload
	pkill -f '^/bin/sleep 170'
	settle
}

unsaved_function_is_let_be() {
	patient disable --persist $e1000e
	exits 0
	[ ! -e /etc/vfio-personality.d/$e1000e.conf ] || fail 'it is saved'
	replug
	wait_for has_net $e1000e || fail 'there is no interface'
	state $e1000e native
}

# Loading VFIO will take for ever. The test has less patience than the unit as it is.
hang_is_prepared() {
	patient enable --persist $e1000e
	exits 0
	[ "$(systemctl show -P TimeoutStartUSec vfio-personality)" = 1min\ 30s ] ||
		fail 'the unit has another time-out'
	mkdir /etc/systemd/system/vfio-personality.service.d
	printf '[Service]\nTimeoutStartSec=10\n' \
		>/etc/systemd/system/vfio-personality.service.d/impatient.conf
	echo 'install vfio_pci sleep 100000' >/etc/modprobe.d/hang.conf
	sync
}

boot_goes_on() {
	[ "$(systemctl show -P Result vfio-personality)" = timeout ] || fail 'it did not hang'
	systemctl is-active --quiet sysinit.target || fail 'sysinit.target is not reached'
	journalctl -q -u vfio-personality >"$out"
	prints 'timed out'
	pgrep -x vfio-personalit >"$out" && fail 'it is still at work'
	settle
	wait_for has_net $e1000e || fail 'there is no interface'
	state $e1000e native
}

# As nothing is half done, and nothing holds a lock
apply_makes_up_for_it() {
	rm /etc/modprobe.d/hang.conf
	patient apply $e1000e
	exits 0
	state $e1000e vfio-rebound
	sync
}

# No driver of its own gets it, though udev has loaded that
saved_function_is_held() {
	settle
	wait_for [ -d /sys/module/e1000e ]
	dmesg >"$out"
	! grep -q "e1000e $e1000e" "$out" || fail 'e1000e saw it'
	are_held_without_the_switch $e1000e
	vp doctor
	exits 1
	prints 'problem *switch'
}

saved_function_is_let_be() {
	settle
	[ "$(systemctl show -P ConditionResult vfio-personality)" = no ] || fail 'it ran'
	wait_for has_net $e1000e || fail 'there is no interface'
	replug
	wait_for has_net $e1000e || fail 'there is no interface'
	sleep 2
	state $e1000e native
	patient disable --persist $e1000e
	exits 0
}

# types SHELL-COMMAND TEXT: as at a terminal
types() {
	code=0
	printf '%b\nexit\n' "$2" | TERM=dumb script -qfec "$1" /dev/null >"$out" 2>"$err" || code=$?
	sed -i 's/\x1b\[[?0-9]*[a-z]//g; s/.\x08//g' "$out"
}

completes() {
	types "$1" "vfio-personality sta\t0000:00:05\t--js\t"
	prints '"verb": *"status"'
	prints "\"address\": *\"$e1000e\""
	types "$1" 'vfio-personality check --for=kube\t 00:05.0'
	prints 'kubevirt *fine'
	types "$1" 'vfio-personality enable -n --force mounted,sw\t--driver vfio-p\t00:05.0'
	prints 'vfio-pci'
}

bash_completes() {
	printf '. /usr/share/bash-completion/bash_completion\n' >/run/bashrc
	completes 'bash --rcfile /run/bashrc -i'
}

zsh_completes() {
	printf 'autoload -U compinit; compinit -u -d /run/zcompdump\n' >/run/.zshrc
	completes 'env ZDOTDIR=/run zsh -i'
}

fish_completes() {
	{
		fish -c "complete -C 'vfio-personality sta'"
		fish -c "complete -C 'vfio-personality status 0000:00:05'"
		fish -c "complete -C 'vfio-personality status --js'"
		fish -c "complete -C 'vfio-personality check --for=kube'"
		fish -c "complete -C 'vfio-personality enable --force mounted,sw'"
	} >"$out" 2>"$err"
	printf '%s\n' status $e1000e --json --for=kubevirt mounted,swap | cmp -s - "$out" ||
		fail 'it completes otherwise'
}

# Until the power goes, what is saved of pair0 changes all the time
save_and_save() {
	while :; do
		vfio-personality save --personality vfio --driver vfio-pci --mode 0640 $pair0
		vfio-personality save --personality vfio --driver auto --mode 0600 $pair0
	done >/dev/null 2>&1
}

# Nothing is written out before, but by the tool itself. The answer is on its way to the
# host before the end.
cut_power() {
	save_and_save &
	sleep 5
	vfio-personality save --personality vfio --mode 0604 $pair1 && echo 'the power is cut'
	sleep 1
	vfio-personality save --personality vfio --mode 0640 $nvme && echo b >/proc/sysrq-trigger
}

has_line() {
	grep -q -x "$2" "/etc/vfio-personality.d/$1.conf" || fail "$1: $(cat "/etc/vfio-personality.d/$1.conf")"
}

# What was accepted is there, the last word included, and nothing is half there
saved_before_the_cut_is_there() {
	has_line $pair1 mode=0604
	has_line $nvme mode=0640
	files=$(find /etc/vfio-personality.d -name "$pair0.conf*" | wc -l)
	echo "# $files files of $pair0"
	patient apply --dry-run
	! grep -q 'cut off\|unknown\|damaged' "$err" || fail 'something is half there'
	case $(grep -E '^(driver|mode)=' /etc/vfio-personality.d/$pair0.conf | tr '\n' ' ') in
	'driver=vfio-pci mode=0640 ' | 'driver=auto mode=0600 ') ;;
	*) fail "$(cat /etc/vfio-personality.d/$pair0.conf)" ;;
	esac
	for function in $pair0 $pair1 $nvme; do
		patient disable --persist $function
		exits 0
	done
}

case $1 in
cut) cut_power ;;
first) results service_has_nothing_to_do units_are_well_formed \
	switch_is_there_though_nothing_is_saved functions_are_saved ;;
second) results saved_before_the_cut_is_there saved_function_is_vfio_before_its_driver_comes saved_vfs_are_born \
	disable_finds_the_native_driver saved_function_that_appears_is_taken \
	appearance_has_a_log group_that_is_plugged_in_comes_back \
	fifty_quick_flips_leave_the_node_right slow_event_of_others_is_not_waited_for \
	unsaved_function_is_let_be \
	bash_completes zsh_completes fish_completes hang_is_prepared ;;
hung) results boot_goes_on apply_makes_up_for_it take_switch_away ;;
without) results saved_function_is_held give_switch_back ;;
off) results saved_function_is_let_be ;;
esac
