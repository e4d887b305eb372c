# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# The sources that the series is for, in the cache, as a git repository with one commit:
# to be sourced, by scripts that live in series/.
#
# series_find  fetches them, if they are not there, and sets series_repo
# series_try   has the patches signed off by nobody: for who only looks whether they work

series_dir=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=selftests/vm/common.sh
. "$series_dir/../selftests/vm/common.sh"
# shellcheck source=selftests/vm/apt.sh
. "$vm_dir/apt.sh"
# shellcheck source=selftests/vm/source.sh
. "$vm_dir/source.sh"

# A newer one is a change of these three words
source_version=7.3
source_package=
source_suite=trixie-backports

series_repo=$cache_dir/series/$source_version

series_fetch() {
	local release

	say "fetching Linux $source_version's sources (once; 160 MB, some minutes)"
	apt_open "$source_suite"
	source_newest
	source_fetch '*'
	git -C "$tmp/source" init -q -b base
	printf '*.o\n*.ko\n*.cmd\n*.mod\n*.mod.c\n' >>"$tmp/source/.git/info/exclude"
	git -C "$tmp/source" config gc.auto 0
	git -C "$tmp/source" add -f -A
	git -C "$tmp/source" -c user.name=linux-source -c user.email=none@invalid \
		commit -q -m "linux-source-$source_version $source_package"
	mv -T "$tmp/source" "$series_repo"
	apt_close
}

series_find() {
	mkdir -p "${series_repo%/*}"
	# One at a time works there, with what it calls, until it ends
	[ -n "${SERIES_LOCKED:-}" ] || {
		exec {series_lock}>"$series_repo.lock"
		flock "$series_lock"
		export SERIES_LOCKED=1
	}
	[ ! -e "$series_repo/.git/refs/heads/base" ] || return 0
	tmp=$(mktemp -d "${series_repo%/*}/.fetch.XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	series_fetch
	rm -rf "$tmp"
	trap - EXIT
}

series_try() {
	export GIT_AUTHOR_NAME=check GIT_AUTHOR_EMAIL=check@example.org
	export GIT_COMMITTER_NAME=check GIT_COMMITTER_EMAIL=check@example.org
}
