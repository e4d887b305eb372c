#compdef vfio-personality
# SPDX-License-Identifier: GPL-2.0
#
# Completion for zsh. The tool itself is asked what there is.

_vfio_personality() {
	local verb=$words[2] previous=$words[CURRENT-1]
	local -a choices

	if [[ $PREFIX == --*=* ]]; then
		previous=${PREFIX%%=*}
		compset -P '*='
	fi

	if (( CURRENT == 2 )); then
		choices=(list status check enable disable save unsave apply)
	else
		case $previous in
		--class) choices=(storage nvme network display multimedia audio communication
			serial usb wireless crypto accelerator) ;;
		--for) choices=(libvirt kubevirt dpdk qemu) ;;
		--driver) choices=(auto bound vfio-pci) ;;
		--force)
			compset -P '*,'
			choices=(unseen mounted swap holder claimed open address route master
				upper ssh netns vga reserved sibling)
			;;
		--user) choices=(${(k)userdirs}) ;;
		*)
			if [[ $PREFIX == -* ]]; then
				choices=(${(f)"$(vfio-personality $verb --help 2>/dev/null |
					sed -n 's/^.* \(--[a-z-]*\).*/\1/p')"})
			else
				choices=(${=${"$(vfio-personality list --no-legend \
					-o address,devices 2>/dev/null)"//,/ }})
			fi
			;;
		esac
	fi
	compadd -a choices
}

_vfio_personality "$@"
