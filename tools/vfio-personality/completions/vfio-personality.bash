# SPDX-License-Identifier: GPL-2.0
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
		words="$(vfio-personality words verbs 2>/dev/null) --help --version"
	else
		case $cur in
		-*) words=$(vfio-personality words options "$verb" 2>/dev/null) ;;
		*) words=$(vfio-personality words choices "$verb" "$prev" 2>/dev/null) ;;
		esac
		[ "$COMP_CWORD" -ne 2 ] || [ -n "$words" ] ||
			words=$(vfio-personality words formats "$verb" 2>/dev/null)
		case $prev in
		--force | -o | --output) [ "${cur%,*}" = "$cur" ] || done=${cur%,*}, ;;
		--user) words=$(compgen -u) ;;
		--owner-group) words=$(compgen -g) ;;
		--timeout | --jobs | --vfs | --mode | --sysfs-root | --filter | -s | -d) ;;
		*) [ -n "$words" ] || words=$(_vfio_personality_functions "$verb") ;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -P "$done" -W "$words" -- "${cur#"$done"}")
	if declare -F __ltrim_colon_completions >/dev/null; then
		__ltrim_colon_completions "$cur"
	fi
}

# Of what is saved, for those verbs that are about that
_vfio_personality_functions() {
	local file

	case $1 in
	apply | unsave)
		for file in /etc/vfio-personality.d/*.conf; do
			file=${file##*/}
			[ "$file" = '*.conf' ] || echo "${file%.conf}"
		done
		;;
	*)
		vfio-personality list --no-legend -o address,devices 2>/dev/null |
			tr -s ' ,' '\n' | grep -vx -e '-'
		;;
	esac
}

complete -F _vfio_personality vfio-personality
