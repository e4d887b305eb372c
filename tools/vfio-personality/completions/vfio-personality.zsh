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
		choices=(${(f)"$(vfio-personality words verbs 2>/dev/null)"} --help --version)
	elif [[ $PREFIX == -* ]]; then
		choices=(${(f)"$(vfio-personality words options $verb 2>/dev/null)"})
	else
		choices=(${(f)"$(vfio-personality words choices $verb $previous 2>/dev/null)"})
		if (( CURRENT == 3 && ! $#choices )); then
			choices=(${(f)"$(vfio-personality words formats $verb 2>/dev/null)"})
		fi
		case $previous in
		--force|-o|--output) compset -P '*,' ;;
		--user) choices=(${(k)userdirs}) ;;
		--owner-group|--timeout|--jobs|--vfs|--mode|--sysfs-root|--filter|-s|-d) ;;
		*)
			if (( ! $#choices )) && [[ $verb == (apply|unsave) ]]; then
				choices=(/etc/vfio-personality.d/*.conf(N:t:r))
			elif (( ! $#choices )); then
				choices=(${=${"$(vfio-personality list --no-legend \
					-o address,devices 2>/dev/null)"//,/ }})
				choices=(${choices:#-})
			fi
			;;
		esac
	fi
	compadd -a choices
}

_vfio_personality "$@"
