# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2054 # commas are QEMU's
#
# The lab: the machine's emulated devices, each at an address of its own that
# never changes. To be sourced; lab_args DISK intel|amd|smmuv3 sets the array of QEMU's
# arguments.
#
#   0000:00:03.0  1234:11e8  edu, alone
#   0000:00:04.0  1234:11e8  edu, alone
#   0000:00:05.0  8086:10d3  e1000e
#   0000:00:06.0  1b36:0010  nvme, 64 MiB: each block of 512 bytes begins with
#                            the line "pci-personality block <number>"
#   0000:00:07.0  1af4:1041  virtio-net
#   0000:01:00.0  8086:10c9  igb, behind the root port 00:10.0
#   0000:01:10.0  8086:10ca  … its VFs: 01:10.0, 01:10.2, … when created
#   0000:02:00.0  8086:10d3  e1000e }  one slot behind the root port 00:11.0,
#   0000:02:00.1  1234:11e8  edu    }  one IOMMU group
#   0000:03:00.0             empty: root port 00:12.0, id spare0, hot-plug
#   0000:04:00.0             empty: root port 00:13.0, id spare1, hot-plug
#
# Each device's QEMU id is its name below. Every NIC has a network of its own,
# in which 10.0.2.2 answers ARP and ping.
#
# Below it is what the runner itself needs, at 00:1b.0 and above: leave it alone.
# /dev/virtio-ports/org.pci-personality.monitor is QEMU's monitor, in QMP: one
# JSON command a line; give each an id and read until the reply that has it.
# Begin with {"execute":"qmp_capabilities"}, whose refusal means that somebody
# has done so before. Then, say,
#   {"execute":"device_add","arguments":{"driver":"edu","bus":"spare0","id":"x"}}
#   {"execute":"device_del","arguments":{"id":"x"}}

lab_nic() {
	local model=$1 id=$2

	lab+=(-netdev "user,id=net-$id" -device "$model,id=$id,netdev=net-$id,$3")
}

lab_port() {
	local id=$1 addr=$2 chassis=$3

	lab+=(-device "pcie-root-port,id=$id,bus=pcie.0,addr=$addr,chassis=$chassis,slot=$chassis")
}

lab_args() {
	local disk=$1 iommu=$2

	lab=()
	case $iommu in
	# eim=on: without it the IOMMU hangs under multi-threaded TCG
	intel) lab=(-device intel-iommu,intremap=on,eim=on) ;;
	# dma-remap=on: without it all DMA passes as if there were no page tables
	amd) lab=(-device amd-iommu,intremap=on,dma-remap=on) ;;
	esac
	lab+=(
		-device edu,id=edu0,addr=3
		-device edu,id=edu1,addr=4
	)
	lab_nic e1000e e1000e0 addr=5,romfile=
	lab+=(
		-drive "file=$disk,format=raw,if=none,id=disk0,snapshot=on"
		-device nvme,id=nvme0,drive=disk0,serial=lab0,addr=6
	)
	lab_nic virtio-net-pci virtio0 disable-legacy=on,iommu_platform=on,addr=7,romfile=

	# A VF's BAR must lie below 4 GiB, as it does behind a root port.
	lab_port port0 0x10 1
	lab_nic igb igb0 bus=port0,romfile=

	# On the root bus the kernel takes Intel's functions for isolated.
	lab_port port1 0x11 2
	lab_nic e1000e e1000e1 bus=port1,addr=0.0,multifunction=on,romfile=
	lab+=(-device edu,id=edu2,bus=port1,addr=0.1)

	lab_port spare0 0x12 3
	lab_port spare1 0x13 4
}

# lab_disk FILE: makes the disk's contents. Runs write to a throw-away copy.
lab_disk() {
	perl -e 'print pack("a512", "pci-personality block $_\n") for 0 .. 64 * 2048 - 1' >"$1"
}
