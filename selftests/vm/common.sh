# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What every script of the test bed shares: where things are, how it speaks,
# how it becomes root. To be sourced; defines, does nothing else.

vm_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top_dir=$(cd "$vm_dir/../.." && pwd)
export vm_dir top_dir

# Downloads and built kernels: outside the tree, kept.
cache_dir=${XDG_CACHE_HOME:-${HOME:?is not set}/.cache}/pci-personality
export cache_dir

# Where Debian keeps what only root uses to call.
PATH=$PATH:/usr/sbin:/sbin

me=${0##*/}

say() {
	printf '%s: %s\n' "$me" "$*" >&2
}

# die MESSAGE: the guest could not run COMMAND, or the set-up failed.
die() {
	say "$*"
	exit 125
}

# find_kernel [stock|debug|PATH]: sets what the script kernel tells of it.
# shellcheck disable=SC2034 # for who calls it
find_kernel() {
	local found

	found=$("$vm_dir/kernel" "${1:-stock}") || exit 125
	release='' arch='' guest='' image='' modules='' kdir='' source='' uapi=''
	eval "$found"
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "needs root for '$1': run it as root, or install sudo"
	fi
}

# Lines of KTAP that mean nothing.
comment() {
	printf '# %s\n' "${1//$'\n'/$'\n'# }"
}

# What tells ktap.awk where the results of a program begin and end.
begin_program() {
	echo "# vm: begin $1"
}

end_program() {
	echo
	echo "# vm: end $1 $2"
}

# Is it too late to begin anything more? UNTIL says so, in seconds since 1970.
is_late() {
	[ -n "${UNTIL:-}" ] && [ "$(date +%s)" -ge "$UNTIL" ]
}

# leave_out PROGRAM…: what tells ktap.awk that they were not begun, as it was too late.
leave_out() {
	printf '# vm: late %s\n' "$@"
}

# The programs that tests.list has.
listed_programs() {
	sed -n 's/^\([a-z][^ ]*\).*/\1/p' "$top_dir/selftests/tests.list"
}

# is_wanted VARIABLE NAME: is it among those that VARIABLE asks for, or are all?
is_wanted() {
	local name

	[ -n "${!1:-}" ] || return 0
	for name in ${!1}; do
		[ "$name" != "$2" ] || return 0
	done
	return 1
}

# choose VARIABLE NAME…: sets chosen to those that are wanted. VARIABLE must not ask
# for any other.
# shellcheck disable=SC2034 # for who calls it
choose() {
	local variable=$1 name
	shift

	for name in ${!variable:-}; do
		[[ " $* " == *" $name "* ]] || die "$variable: there is no '$name', only: $*"
	done
	chosen=()
	for name; do
		! is_wanted "$variable" "$name" || chosen+=("$name")
	done
}

# le AT BYTES FILE: a number of the boot protocol's header
# (Documentation/arch/x86/boot.rst).
le() {
	od -An -j "$1" -N "$2" -t "u$2" "$3" | tr -d ' '
}
