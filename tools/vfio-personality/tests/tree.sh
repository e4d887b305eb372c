# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154
#
# What the fixture trees are made with. To be sourced; needs $tree and $netlink.

put() {
	mkdir -p "${1%/*}"
	printf '%s\n' "$2" >"$1"
}

link() {
	mkdir -p "${2%/*}"
	ln -s "$1" "$2"
}

# pci ADDRESS VENDOR:DEVICE CLASS DRIVER|- GROUP|-: a function with the switch
pci() {
	at=$tree/sys/devices/pci0000:00/$1
	put "$at/vendor" "0x${2%:*}"
	put "$at/device" "0x${2#*:}"
	put "$at/subsystem_vendor" 0x1af4
	put "$at/subsystem_device" 0x1100
	put "$at/class" "0x$3"
	put "$at/uevent" "PCI_CLASS=${3#0}
PCI_ID=$2
PCI_SUBSYS_ID=1AF4:1100"
	put "$at/power/control" on
	put "$at/driver_override" '(null)'
	link "../../../devices/pci0000:00/$1" "$tree/sys/bus/pci/devices/$1"
	[ "$5" = - ] || {
		link "../../../../devices/pci0000:00/$1" \
			"$tree/sys/kernel/iommu_groups/$5/devices/$1"
		link "../../../kernel/iommu_groups/$5" "$at/iommu_group"
	}
	[ "$4" = - ] || {
		mkdir -p "$tree/sys/bus/pci/drivers/$4"
		link "../../../bus/pci/drivers/$4" "$at/driver"
	}
	case $3 in
	0604*) return ;;
	esac
	put "$at/use_vfio" 0
	put "$at/personality/state" "$([ "$4" = - ] && echo unbound || echo native)"
	put "$at/personality/vfio_driver" auto
	put "$at/personality/native_driver" "$([ "$4" = - ] && echo none || echo "$4")"
	put "$at/personality/last_error" ''
}

# in_vfio ADDRESS GROUP NATIVE VFIODEV: it is in VFIO, by vfio-pci
in_vfio() {
	at=$tree/sys/devices/pci0000:00/$1
	put "$at/use_vfio" 1
	put "$at/personality/state" vfio-rebound
	put "$at/personality/native_driver" "$3"
	mkdir -p "$at/vfio-dev/$4" "$tree/sys/class/vfio/$2"
	link "../../../devices/pci0000:00/$1" "$tree/sys/class/vfio-dev/$4/device"
	put "$tree/dev/vfio/$2" ''
}

# sriov ADDRESS TOTAL NOW
sriov() {
	at=$tree/sys/devices/pci0000:00/$1
	put "$at/sriov_totalvfs" "$2"
	put "$at/sriov_numvfs" "$3"
	put "$at/sriov_drivers_autoprobe" 1
	put "$at/personality/vfs_use_vfio" 0
}

# vf PF NUMBER ADDRESS: a function is a VF
vf() {
	link "../$1" "$tree/sys/devices/pci0000:00/$3/physfn"
	link "../$3" "$tree/sys/devices/pci0000:00/$1/virtfn$2"
}

# net ADDRESS NAME INDEX: an interface that is up
net() {
	put "$tree/sys/devices/pci0000:00/$1/net/$2/flags" 0x1003
	link "../../devices/pci0000:00/$1/net/$2" "$tree/sys/class/net/$2"
	netlink link "$3" "$2"
}

# upper LOWER NAME INDEX: what stands on an interface
upper() {
	mkdir -p "$tree/sys/devices/virtual/net/$2"
	link "../../devices/virtual/net/$2" "$tree/sys/class/net/$2"
	link "../../../../virtual/net/$2" "$tree/sys/class/net/$1/upper_$2"
	netlink link "$3" "$2"
}

netlink() {
	mkdir -p "$tree/netlink"
	"$netlink" "$@" >>"$tree/netlink/$1"
}

# block PATH NAME MAJOR:MINOR: a disk, below a function, or virtual
block() {
	put "$tree/sys/devices/$1/$2/dev" "$3"
	mkdir -p "$tree/sys/devices/$1/$2/holders"
	link "../../devices/$1/$2" "$tree/sys/class/block/$2"
}

mount_at() {
	mkdir -p "$tree/proc/self"
	printf '30 1 %s / %s rw,relatime - ext4 %s rw\n' "$1" "$2" "$3" >>"$tree/proc/self/mountinfo"
}

# saved ADDRESS LINES...
saved() {
	mkdir -p "$tree/etc/vfio-personality.d"
	file=$tree/etc/vfio-personality.d/$1.conf
	shift
	printf '%s\n' "$@" >"$file"
}

# rules FOLDER NAME LINES...: a file of rules in /etc, /run or /usr/lib
rules() {
	mkdir -p "$tree/$1/vfio-personality/rules.d"
	file=$tree/$1/vfio-personality/rules.d/$2
	shift 2
	printf '%s\n' "$@" >"$file"
}

# rule KEY=VALUE... -- KEY=VALUE...: the lines of one
rule() {
	echo '[Match]'
	while [ "$1" != -- ]; do
		echo "$1"
		shift
	done
	shift
	echo '[Function]'
	printf '%s\n' "$@"
}

# slot NAME ADDRESS: of the mainboard, with the functions of that device
slot() {
	put "$tree/sys/bus/pci/slots/$1/address" "$2"
}

# vf_setting PF NUMBER SETTING VALUE: as the PF's driver has it
vf_setting() {
	put "$tree/sys/devices/pci0000:00/$1/vf/$2/$3" "$4"
}

# vf_settings PF NUMBER: as it is made
vf_settings() {
	vf_setting "$1" "$2" mac 00:00:00:00:00:00
	vf_setting "$1" "$2" vlan 0/0/802.1Q
	vf_setting "$1" "$2" rate 0/0
	vf_setting "$1" "$2" spoofchk on
	vf_setting "$1" "$2" trust off
}

# built_in NAME ALIAS...: a module that the kernel has in it
built_in() {
	at=$tree/lib/modules/6.12
	mkdir -p "$at"
	echo "kernel/$1.ko" >>"$at/modules.builtin"
	name=$1
	shift
	printf "$name.alias=%s\\0" "$@" >>"$at/modules.builtin.modinfo"
	: >>"$at/modules.order"
	depmod -b "$tree" 6.12
}

# As the package leaves it, or make install
unit_enabled() {
	link /usr/lib/systemd/system/vfio-personality.service \
		"$tree/etc/systemd/system/sysinit.target.wants/vfio-personality.service"
}

# The switch is loaded, and a VFIO driver to be found
with_switch() {
	mkdir -p "$tree/sys/module/pci_personality" "$tree/sys/bus/pci/drivers/vfio-pci"
	put "$tree/sys/bus/pci/drivers_probe" ''
	unit_enabled
}

# A function whose use_vfio cannot be written (ENOSPC)
cannot_switch() {
	ln -sf /dev/full "$tree/sys/devices/pci0000:00/$1/use_vfio"
}

# device PATH CLASS NAME [MAJOR:MINOR [FILE]]: a device below a function, with FILE in
# /dev if it is not called NAME there
device() {
	at=$tree/sys/devices/$1/$3
	mkdir -p "$at" "$tree/sys/class/$2"
	link "/sys/class/$2" "$at/subsystem"
	link "../../devices/$1/$3" "$tree/sys/class/$2/$3"
	[ -z "${4:-}" ] || put "$at/dev" "$4"
	[ -z "${5:-}" ] || put "$at/uevent" "DEVNAME=$5"
}

# opens PID COMMAND FILE...: a process has device files open
opens() {
	at=$tree/proc/$1
	mkdir -p "$at/fd"
	put "$at/comm" "$2"
	shift 2
	for file; do
		ln -s "$file" "$at/fd/$(find "$at/fd" -type l | wc -l)"
	done
}

# behind UPPER ADDRESS: a function is in a domain of its own, behind another
behind() {
	at=$tree/sys/devices/pci0000:00/$1/pci10000:00
	mkdir -p "$at"
	mv "$tree/sys/devices/pci0000:00/$2" "$at"
	ln -sfn "../../../devices/pci0000:00/$1/pci10000:00/$2" "$tree/sys/bus/pci/devices/$2"
}

# has_method DRIVER: its module uses the switch, as those do that have a VFIO personality
has_method() {
	link "../../../../module/$1" "$tree/sys/bus/pci/drivers/$1/module"
	mkdir -p "$tree/sys/module/pci_personality/holders/$1"
}

# serial_number ADDRESS 8-BYTES: in configuration space, as PCIe has it, from the last
# byte to the first: "88 77 66 55 44 33 22 11"
serial_number() {
	at=$tree/sys/devices/pci0000:00/$1/config
	bytes() {
		for byte in $2; do
			printf '%b' "\\0$(printf '%o' "0x$byte")"
		done | dd of="$at" bs=1 seek="$(($1))" conv=notrunc 2>/dev/null
	}
	truncate -s 4096 "$at"
	# Capabilities begin at 0x40, with PCI Express; extended ones at 0x100
	bytes 0x06 10
	bytes 0x34 40
	bytes 0x40 10
	bytes 0x100 '03 00 01 00'
	bytes 0x104 "$2"
}

# provides ADDRESS TYPE AVAILABLE
provides() {
	at=$tree/sys/kernel/config/vfio/$1/$2
	put "$at/available" "$3"
	put "$at/description" "Parts of an edu"
}

# instance ADDRESS TYPE NAME STATE: as mkdir(2) makes it, or, if it is live, as live=1 does
instance() {
	at=$tree/sys/kernel/config/vfio/$1/$2/$3
	put "$at/live" "$([ "$4" = live ] && echo 1 || echo 0)"
	put "$at/state" "$4"
	put "$at/device" ''
	put "$at/last_error" ''
	put "$at/buffer_size" 4096
	put "$at/revision" 16
}

# device_of ADDRESS TYPE NAME NUMBER GROUP: the device under it
device_of() {
	at=$tree/sys/devices/pci0000:00/$1/vfio_provider.instance.$4
	put "$tree/sys/kernel/config/vfio/$1/$2/$3/device" \
		"/sys/devices/pci0000:00/$1/vfio_provider.instance.$4"
	mkdir -p "$at/vfio-dev/vfio$4" "$tree/sys/class/vfio/$5"
	put "$at/vfio-dev/vfio$4/dev" "511:$4"
	link "../../../../kernel/iommu_groups/$5" "$at/iommu_group"
	link "../../../../devices/pci0000:00/$1/vfio_provider.instance.$4" \
		"$tree/sys/kernel/iommu_groups/$5/devices/vfio_provider.instance.$4"
	link "../../../devices/pci0000:00/$1/vfio_provider.instance.$4" \
		"$tree/sys/class/vfio-dev/vfio$4/device"
	put "$tree/dev/vfio/$5" ''
}

# one_provider AVAILABLE: the switch, and a function whose driver provides
one_provider() {
	with_switch
	mkdir -p "$tree/sys/module/vfio_provider"
	pci 0000:00:03.0 1234:11e8 00ff00 edu 3
	provides 0000:00:03.0 edu-slice "$1"
}

# last_made VERB WAS KEPT SAVED: what the last run found of 0000:00:03.0/edu-slice/spare
last_made() {
	put "$tree/run/vfio-personality/last" "{ \"verb\": \"$1\", \"instance\": {
	\"address\": \"0000:00:03.0\", \"type\": \"edu-slice\", \"name\": \"spare\",
	\"settings\": [ \"buffer_size=512\", \"revision=3\" ],
	\"was\": \"$2\", \"was_kept\": $3, \"saved\": $4 } }"
}
