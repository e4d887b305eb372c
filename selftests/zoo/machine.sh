# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2054,SC2154 # for who sources it; commas are QEMU's; common.sh
#
# The zoo's machines: QEMU's arguments for a batch of the list. To be sourced, after
# common.sh; zoo_args BATCH DISK sets the array lab, in the place of lab_args. DISK is
# as the lab's is.

zoo_list=$top_dir/selftests/zoo/list

# On the root bus, before those of the runner
zoo_slots=26

zoo_batches() {
	sed -n 's/^\([a-z]\+\)[[:space:]].*/\1/p' "$zoo_list" | uniq
}

# The models of PCI devices that QEMU has
zoo_models() {
	qemu-system-x86_64 -device help | sed -n 's/^name "\([^"]*\)", bus PCI.*/\1/p'
}

# What a device of a kind needs: arguments before and after it, properties of its own
zoo_kind() {
	local kind=$1 disk=$2

	before=() behind=() properties=
	case $kind in
	net)
		before=(-netdev user,id=net-@)
		properties=,netdev=net-@
		;;
	scsi | ata | drive | ufs | sd | usb)
		before=(-drive "file=$disk,format=raw,if=none,id=disk-@,snapshot=on")
		;;&
	# SAS knows its disks by their names
	scsi) behind=(-device scsi-hd,bus=@.0,drive=disk-@,wwn=0x5000c50000000001) ;;
	ata) behind=(-device ide-hd,bus=@.0,drive=disk-@) ;;
	drive) properties=,drive=disk-@ ;;
	ufs) behind=(-device ufs-lu,bus=@,drive=disk-@) ;;
	sd) behind=(-device sd-card,drive=disk-@) ;;
	usb) behind=(-device usb-storage,bus=@.0,drive=disk-@) ;;
	keyboard) behind=(-device usb-kbd,bus=@.0) ;;
	audio)
		before=(-audiodev none,id=audio-@)
		properties=,audiodev=audio-@
		;;
	codec)
		before=(-audiodev none,id=audio-@)
		behind=(-device hda-duplex,bus=@.0,audiodev=audio-@)
		;;
	9p)
		before=(-fsdev local,id=files-@,path=/,security_model=none,readonly=on,multidevs=remap)
		properties=,fsdev=files-@,mount_tag=@
		;;
	port)
		# Unlike a null device, a file takes what the guest writes
		before=(-chardev file,id=port-@,path=/dev/null)
		behind=(-device virtserialport,bus=@.0,chardev=port-@)
		;;
	esac
}

# zoo_animal SLOT MODEL KIND DISK [,PROPERTIES] [ARGUMENT…]: adds it to lab
zoo_animal() {
	local slot=$1 model=$2 kind=$3 disk=$4 at before behind properties
	shift 4

	zoo_kind "${kind%/port}" "$disk"
	at=addr=$(printf %x "$slot")
	if [[ $kind == */port ]]; then
		before+=(-device "pcie-root-port,id=port-@,chassis=$slot,slot=$slot,$at")
		at=bus=port-@
	fi
	if [[ ${1:-} == ,* ]]; then
		properties+=$1
		shift
	fi
	set -- "${before[@]}" "$@" -device "$model,id=@,$at,romfile=$properties" "${behind[@]}"
	lab+=("${@//@/zoo$slot}")
}

zoo_args() {
	local wanted=$1 disk=$2 slot=0 known batch model driver kind more

	known=" $(zoo_models | tr '\n' ' ') "
	# As in the lab: eim=on, or the IOMMU hangs; no event_idx, or a doorbell that QEMU
	# loses is waited for. maxmem: there are devices that are memory.
	lab=(
		-device intel-iommu,intremap=on,eim=on -global virtio-device.event_idx=off
		-m 1G,maxmem=4G
	)
	while read -r batch model driver kind more; do
		[ "$batch" = "$wanted" ] || continue
		slot=$((slot + 1))
		[[ $known == *" $model "* ]] || continue
		# shellcheck disable=SC2086 # words of which none needs quotes
		zoo_animal "$slot" "$model" "$kind" "$disk" $more
	done <"$zoo_list"
}
