# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# An apt state of our own, in a temporary folder: it reads from the host which
# mirrors it uses, and changes nothing of the host's apt configuration, lists
# or caches. To be sourced, after common.sh.
#
# apt_open SUITE…     makes the state, with these suites of one of the host's mirrors
# apt_also SUITE…     adds suites of that mirror
# apt_add SUITE       adds a suite if the host uses it
# apt_private TOOL …  runs apt-get or apt-cache on it
# apt_install …       installs packages on the host
# apt_unpack DIR …    unpacks packages into DIR, with all that they depend on
# apt_close           removes it
#
# apt_arch is the architecture to fetch for, if it is not the host's.

apt_state=
mirror=
apt_arch=

# Debian's release, by its name: bookworm, trixie.
debian_codename() {
	local name
	# shellcheck source=/dev/null
	name=$(. /etc/os-release && echo "${ID:-} ${VERSION_CODENAME:-}") || name=
	case $name in
	'debian bookworm' | 'debian trixie')
		echo "${name#* }"
		;;
	*)
		die "needs Debian 12 or 13 to install and fetch with, this is '${name:-unknown}'"
		;;
	esac
}

# Sets options: what makes apt use our state.
apt_options() {
	options=(
		-o Dir::Etc::sourcelist="$apt_state/sources.list"
		-o Dir::Etc::sourceparts=/dev/null
		-o Dir::Etc::preferences=/dev/null
		-o Dir::Etc::preferencesparts=/dev/null
		-o Dir::State::Lists="$apt_state/lists"
		-o Dir::Cache="$apt_state/cache"
		# that user could not read a folder in somebody's home
		-o APT::Sandbox::User=root
		-o Acquire::Languages=none
		-o Acquire::Retries=3
	)
	[ -z "$apt_arch" ] ||
		options+=(-o "APT::Architecture=$apt_arch" -o "APT::Architectures::=$apt_arch")
}

apt_private() {
	local tool=$1 options
	shift

	apt_options
	"$tool" "${options[@]}" "$@"
}

# Removes nothing of the host's to make room.
apt_install() {
	local options

	apt_options
	as_root env DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" \
		-o DPkg::Lock::Timeout=300 \
		install -q -y --no-remove --no-install-recommends "$@"
}

# As on a machine that has nothing yet. No package's script runs.
apt_unpack() {
	local to=$1 deb
	shift

	: >"$apt_state/status"
	apt_private apt-get -o Dir::State::status="$apt_state/status" -o Debug::NoLocking=1 \
		install -q -y --no-install-recommends --download-only "$@" >&2 ||
		die "could not fetch $*: see the messages above"
	mkdir -p "$to"
	for deb in "$apt_state"/cache/archives/*.deb; do
		dpkg-deb -x "$deb" "$to"
		rm "$deb"
	done
}

# apt itself reads the host's sources, whatever their format, and says where
# it would get each suite's InRelease file from.
host_mirrors() {
	apt-get update --print-uris |
		sed -n "s|^'\(.*\)/dists/$1/InRelease' .*|\1|p" | sort -u
}

apt_source() {
	local uri=$1 suite=$2 keyring

	for keyring in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
		[ ! -e "$keyring" ] || break
	done
	echo "deb [signed-by=$keyring] ${uri// /%20} $suite main"
}

# Fails unless each suite is there and signed by Debian's keys: that tells
# Debian's mirrors from other repositories that have a suite of the same name.
apt_update() {
	apt_private apt-get update -q --error-on=any >"$apt_state/log" 2>&1
}

# apt_try URI SUITE…: use them, if they are Debian's.
apt_try() {
	local uri=$1 suite
	shift

	cp "$apt_state/sources.list" "$apt_state/before"
	for suite in "$@"; do
		apt_source "$uri" "$suite"
	done >>"$apt_state/sources.list"
	apt_update || {
		cp "$apt_state/before" "$apt_state/sources.list"
		return 1
	}
}

apt_open() {
	local codename uris=${PCI_PERSONALITY_MIRROR:-} uri suite

	codename=$(debian_codename) || exit
	apt_state=$(mktemp -d)
	mkdir -p "$apt_state/lists/partial" "$apt_state/cache/archives/partial"
	: >"$apt_state/sources.list"
	if [ -z "$uris" ]; then
		uris=$(for suite in "$codename" stable oldstable; do
			host_mirrors "$suite"
		done)
	fi
	[ -n "$uris" ] || die "the host's apt sources name no mirror of $codename:" \
		"add one, or set PCI_PERSONALITY_MIRROR to its URI"

	while read -r uri; do
		if apt_try "$uri" "$@"; then
			mirror=$uri
			return
		fi
	done <<<"$uris"

	cat "$apt_state/log" >&2
	die "no mirror of the host's apt sources serves '$*', signed by Debian: look at" \
		"the messages above, or set PCI_PERSONALITY_MIRROR to a mirror's URI"
}

apt_also() {
	apt_try "$mirror" "$@" || {
		cat "$apt_state/log" >&2
		die "$mirror does not serve '$*': look at the messages above, or set" \
			"PCI_PERSONALITY_MIRROR to the URI of a mirror that does"
	}
}

apt_add() {
	local suite=$1 uri

	while read -r uri; do
		[ -z "$uri" ] || ! apt_try "$uri" "$suite" || break
	done <<<"$(host_mirrors "$suite")"
}

apt_close() {
	[ -z "$apt_state" ] || as_root rm -rf "$apt_state"
	apt_state=
}
