#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# The host's programs that want to write where they are, and its libvirt, inside the lab: on
# the host's file system with a layer to write to. What it is put before begins with this.

host_root=/run/peers/root

# Of the guest's are the devices, and the modules.
make_host_root() {
	modprobe -q overlay || return
	mkdir -p /run/peers
	mount -t tmpfs none /run/peers
	mkdir -p /run/peers/upper /run/peers/work "$host_root"
	mount -t overlay none "$host_root" -o \
		lowerdir=/host,upperdir=/run/peers/upper,workdir=/run/peers/work || return
	for dir in proc sys dev tmp run; do
		mount -o rbind "/$dir" "$host_root/$dir" || return
	done
	mkdir -p "$host_root/usr/lib/modules"
	mount -o rbind /lib/modules "$host_root/usr/lib/modules"
}

libvirt_answers() {
	[ -S /run/libvirt/libvirt-sock ] &&
		chroot "$host_root" virsh -q nodedev-list >/dev/null 2>&1
}

# With what its packages' scripts would have made; without cgroups, namespaces and virtlogd,
# which are not there.
start_libvirt() {
	[ -x "$host_root/usr/sbin/libvirtd" ] || return
	for dir in etc var/lib var/log var/cache; do
		mkdir -p "$host_root/$dir/libvirt"
	done
	grep -q '^libvirt-qemu:' "$host_root/etc/passwd" || {
		echo 'libvirt-qemu:x:64055:64055::/:/bin/false' >>"$host_root/etc/passwd"
		echo 'libvirt-qemu:x:64055:' >>"$host_root/etc/group"
	}
	cat >"$host_root/etc/libvirt/qemu.conf" <<-END
		user = "root"
		group = "root"
		security_driver = "none"
		namespaces = []
		cgroup_controllers = []
		stdio_handler = "file"
	END
	chroot "$host_root" /usr/sbin/libvirtd -d
	tries=300
	until libvirt_answers; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return
		sleep 0.2
	done
}
