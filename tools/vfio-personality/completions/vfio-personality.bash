# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Completion for bash. The tool itself is asked what there is.

_vfio_personality() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[1]}
	local words done=

	# Addresses have colons, and options may have =, by which readline breaks words
	if declare -F _get_comp_words_by_ref >/dev/null; then
		_get_comp_words_by_ref -n := cur prev
	fi
	case $cur in
	--*=*)
		prev=${cur%%=*}
		cur=${cur#*=}
		;;
	esac
	if [ "$COMP_CWORD" -eq 1 ]; then
		words='list status check enable disable save unsave apply'
	else
		case $prev in
		--class) words='storage nvme network display multimedia audio communication
			serial usb wireless crypto accelerator' ;;
		--for) words='libvirt kubevirt dpdk qemu' ;;
		--driver) words='auto bound vfio-pci' ;;
		--force)
			words='unseen mounted swap holder claimed open address route master upper ssh netns
				vga reserved sibling'
			case $cur in
			*,*) done=${cur%,*}, ;;
			esac
			;;
		--user) words=$(compgen -u) ;;
		--owner-group) words=$(compgen -g) ;;
		*)
			case $cur in
			-*) words=$(vfio-personality "$verb" --help 2>/dev/null |
				sed -n 's/^.* \(--[a-z-]*\).*/\1/p') ;;
			*) words=$(vfio-personality list --no-legend -o address,devices 2>/dev/null |
				tr -s ' ,' '\n') ;;
			esac
			;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -P "$done" -W "$words" -- "${cur#"$done"}")
	if declare -F __ltrim_colon_completions >/dev/null; then
		__ltrim_colon_completions "$cur"
	fi
}

complete -F _vfio_personality vfio-personality
