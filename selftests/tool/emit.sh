#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2086,SC2317
#
# What emit prints is given to those that it is for: QEMU, libvirt's schema, podman with
# CDI. They are the host's, and what they write goes to the guest's memory.

work=/run/emit
kept=$work/kept
mkdir -p $work
for function in $edu $edu1; do
	echo auto >$sys/$function/personality/vfio_driver
done

emit() {
	vp emit "$@"
	exits 0
	emitted=$(cat "$out")
}

# qemu WORDS...: it starts, has the devices, and lists them
qemu() {
	code=0
	printf 'info pci\nquit\n' | timeout 120 chroot /host qemu-system-x86_64 -machine q35 \
		-accel tcg -m 64 -nodefaults -display none -serial none -S -monitor stdio "$@" \
		>"$out" 2>"$err" || code=$?
}

qemu_has_what_is_emitted() {
	modprobe edu
	qemu -device vfio-pci,host=$e1000e
	[ "$code" -ne 0 ] || fail 'it takes a function that is not in VFIO'
	vp enable $e1000e $edu
	exits 0
	says 'vfio-personality emit qemu ADDRESS'
	emit qemu $e1000e $edu
	qemu $emitted
	exits 0
	prints 'device 8086:10d3'
	prints 'device 1234:11e8'
}

# domain FILE: as emit libvirt has it
domain() {
	{
		echo "<domain type='qemu'><name>a</name><memory>65536</memory>"
		echo "<os><type arch='x86_64'>hvm</type></os><devices>"
		cat "$1"
		echo '</devices></domain>'
	} >$work/domain.xml
	code=0
	chroot /host virt-xml-validate $work/domain.xml domain >"$out" 2>"$err" || code=$?
}

libvirt_accepts_what_is_emitted() {
	emit libvirt $e1000e $edu
	cp "$out" $work/hostdevs
	domain $work/hostdevs
	exits 0
	sed "s/function=/functions=/" $work/hostdevs >$work/spoiled
	domain $work/spoiled
	[ "$code" -ne 0 ] || fail 'it accepts anything'
}

links_lead_to_the_function() {
	emit link $e1000e
	for link in $emitted; do
		case $(readlink -f "$link") in
		/dev/vfio/"$(group_of $e1000e)" | /dev/vfio/devices/vfio*) ;;
		*) fail "$link leads elsewhere" ;;
		esac
	done
}

# podman WORDS... -- COMMAND: in a container of which busybox is all
podman() {
	code=0
	# Its own folders are on the host's file system, which cannot be written to
	timeout 240 chroot /host podman --root $kept/root --runroot $kept/run \
		--tmpdir $kept/tmp --storage-driver vfs --events-backend file --runtime crun \
		--cgroup-manager cgroupfs run --rm --network none --log-driver none \
		--security-opt seccomp=unconfined "$@" >"$out" 2>"$err" || code=$?
}

make_rootfs() {
	for dir in bin dev proc sys etc tmp run; do
		mkdir -p $work/rootfs/$dir
	done
	cp /bin/busybox $work/rootfs/bin/busybox
	ln -sf busybox $work/rootfs/bin/sh
	ln -sf busybox $work/rootfs/bin/sleep
	grep -q ' /host/sys/fs/cgroup ' /proc/mounts ||
		mount -t cgroup2 none /host/sys/fs/cgroup
}

# What a container is made of. A distribution's kernel has them all
need_namespaces() {
	for namespace in ipc mnt net pid uts; do
		[ -e "/proc/self/ns/$namespace" ] ||
			skipped="this kernel has no $namespace namespaces"
	done
	[ -z "$skipped" ]
}

# It opens the group, which the container's device rules let it do
container_has_the_device_by_cdi() {
	make_rootfs
	group=$(group_of $e1000e)
	vp disable $e1000e
	vp enable --cdi $e1000e
	exits 0
	emit podman $e1000e
	case $emitted in
	*"vfio-personality/pci=$e1000e"*) ;;
	*) fail 'it does not know of the specification' ;;
	esac
	need_namespaces || return
	podman $emitted --rootfs $work/rootfs sh -c "exec 3<>/dev/vfio/$group && echo it is open"
	exits 0
	prints 'it is open'
	podman --rootfs $work/rootfs sh -c "exec 3<>/dev/vfio/$group"
	[ "$code" -ne 0 ] || fail 'a container without it has it, too'
}

specification_goes_with_the_function() {
	emit podman $e1000e
	vp disable $e1000e
	exits 0
	[ ! -e "/run/cdi/vfio-personality-$e1000e.json" ] || fail 'it is still there'
	podman $emitted --rootfs $work/rootfs sh -c :
	[ "$code" -ne 0 ] || fail 'podman finds it'
	says "vfio-personality/pci=$e1000e"
	vp disable $edu
	exits 0
	rmmod edu
	wait_for has_net $e1000e
}

results qemu_has_what_is_emitted libvirt_accepts_what_is_emitted links_lead_to_the_function \
	container_has_the_device_by_cdi specification_goes_with_the_function
