#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2086,SC2154,SC2317
#
# A guest of libvirt's has what its own XML can say: a slice of an edu, as a mediated device; a
# disk that the tool has brought to VFIO, as emit describes it; and an edu that libvirt takes
# from its native driver, and gives back. The drivers in the guest move data by each.

uuid=83b8f4f2-509f-382f-3c1e-e6bfe0fa1001
types=$sys/$edu/mdev_supported_types
port=/run/libvirt-port
domain=/run/libvirt-domain.xml
slice_slot=4 disk_slot=5 managed_slot=6

virsh() {
	chroot "$host_root" virsh -q "$@"
}

# at SLOT: what is on stdin, for that slot of the guest
at() {
	sed "s|</hostdev>|<address type='pci' bus='0' slot='$1'/></hostdev>|"
}

emitted_disk() {
	vp emit libvirt $nvme
	exits 0
	cat "$out"
}

# libvirt 9.0 asks QEMU 10 for what it has no more, unless there is ACPI
describe() {
	cat <<-END
		<domain type='qemu'>
		<name>lab</name><memory unit='MiB'>128</memory><vcpu>1</vcpu>
		<os><type arch='x86_64' machine='pc'>hvm</type>
		<kernel>/run/vm/nested/kernel</kernel><initrd>/run/vm/nested/initrd</initrd>
		<cmdline>console=ttyS0 quiet panic=-1 noapic no_timer_check</cmdline></os>
		<features><acpi/></features><cpu mode='maximum'/>
		<devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
		<memballoon model='none'/>
		<serial type='file'><source path='/tmp/libvirt-console'/><target port='0'/></serial>
		<serial type='pipe'><source path='$port'/><target port='1'/></serial>
	END
	at $slice_slot <<-END
		<hostdev mode='subsystem' type='mdev' model='vfio-pci'>
		<source><address uuid='$uuid'/></source></hostdev>
	END
	emitted_disk | at $disk_slot
	at $managed_slot <<-END
		<hostdev mode='subsystem' type='pci' managed='yes'>
		<source><address domain='0' bus='0' slot='4' function='0'/></source></hostdev>
	END
	echo '</devices></domain>'
}

# heard: the next line that the guest says, in $answer
heard() {
	answer=$(timeout 400 head -n 1 <&4)
}

# proves SLOT: the guest's driver moves data by what is there
proves() {
	echo "prove 0000:00:0$1.0" >&3
	heard
	case $answer in
	'ok '*) echo "# $answer" ;;
	*) fail "slot $1: the guest says '$answer'" ;;
	esac
}

# An edu that stays with its driver, and a mediated device of it
libvirt_finds_them() {
	virsh nodedev-list --cap mdev_types >"$out" 2>"$err"
	prints pci_0000_00_03_0
	virsh nodedev-dumpxml "$(virsh nodedev-list --cap mdev)" >"$out" 2>"$err"
	prints "<uuid>$uuid</uuid>"
	prints "<type id='edu-edu-slice'/>"
}

guest_has_them() {
	vp enable $nvme
	exits 0
	mkfifo $port.in $port.out
	describe >$domain
	virsh create $domain >"$out" 2>"$err" || fail 'libvirt refuses the domain'
	[ -z "$failed" ] || return
	exec 3<>$port.in 4<>$port.out
	heard
	[ "$answer" = ready ] || fail "the guest says '$answer'"
	proves $slice_slot
	proves $managed_slot
	proves $disk_slot
	[ "$(driver $edu1)" = vfio-pci ] || fail "libvirt has left $edu1 with $(driver $edu1)"
	vp disable $nvme
	[ "$code" -ne 0 ] || fail 'the disk is taken from the guest'
	vfio-drive --native --edu $edu >"$out" 2>"$err" || fail 'its slice stops the edu'
}

all_is_given_back() {
	virsh destroy lab >"$out" 2>"$err" || fail 'libvirt does not end it'
	exec 3>&- 4>&-
	rm -f $port.in $port.out
	wait_for is_in $edu1 native || fail "$edu1 is $(cat $sys/$edu1/personality/state)"
	vfio-drive --native --edu $edu1 >"$out" 2>"$err" || fail "$edu1 does not work natively"
	patient disable $nvme
	exits 0
	state $nvme native
	echo 1 >"/sys/bus/mdev/devices/$uuid/remove" || fail 'the mediated device stays'
}

clean_up() {
	kill "$(cat /run/libvirtd.pid)"
	unload vfio_provider_mdev
	unload edu_slice
	umount -l /run/peers
}

[ -e /run/vm/nested/kernel ] || skip_all 'there is nothing to boot: vm-run --nested'
[ -x /host/usr/sbin/libvirtd ] || skip_all 'the host has no libvirt'
modprobe -q -a overlay vfio-provider-mdev || skip_all 'this kernel has no overlays, or no mediated devices'
modprobe -a edu edu-slice
# libvirt hears from udev of what is new, and here is none
echo $uuid >$types/edu-edu-slice/create
if ! make_host_root || ! start_libvirt; then
	skip_all 'libvirt does not start'
fi
trap clean_up EXIT
results libvirt_finds_them guest_has_them all_is_given_back
