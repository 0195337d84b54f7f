#!/usr/bin/env bash
# Brings packages of any Debian suite into a folder, beside the system: no root, no chroot, nothing installed.
#
#   suite.sh SUITE FOLDER [--alone PACKAGE]... [PACKAGE]...
#   suite.sh SUITE --simulate PACKAGE...   brings nothing; fails when the suite does not have them all
#
# A private apt (own lists, own cache, an empty status file) resolves the packages with everything they need, down to
# libc, and checks signatures as always; their files are unpacked into FOLDER. A package named with --alone comes
# without what it depends on. Mirror and key are those of this machine. Downloads are kept in build/apt.
set -eu

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "suite.sh: $*"
  exit 1
}

repo=$(cd "$(dirname "$0")/../.." && pwd)
apt=$repo/build/apt

[ $# -ge 3 ] || fail 'usage: suite.sh SUITE FOLDER [--alone PACKAGE]... [PACKAGE]...'
for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || fail "needs $tool: this works on Debian and its kin only"
done
suite=$1 folder=$2
shift 2

targets() {
  # shellcheck disable=SC2016 # apt's own variable
  apt-get indextargets "$@" --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1
}

# A machine that never ran `apt-get update` (a container's image) knows no targets: ask its sources, into lists of ours.
mirror() {
  local found lists=$apt/machine/lists
  found=$(targets)
  if [ -z "$found" ]; then
    mkdir -p "$lists/partial"
    apt-get -qq update -o Dir::State::Lists="$lists" -o APT::Sandbox::User= >&2 || true
    found=$(targets -o Dir::State::Lists="$lists")
  fi
  [ -n "$found" ] || fail 'found no Debian mirror in the sources of this machine'
  printf '%s\n' "$found"
}

keyring() {
  local file
  for file in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
    [ -e "$file" ] && printf '%s\n' "$file" && return
  done
  fail 'needs the package debian-archive-keyring'
}

configure() {
  local state=$apt/$suite
  mkdir -p "$state/lists/partial" "$state/none" "$archives/partial"
  : >"$state/status"
  printf 'deb [signed-by=%s] %s %s main\n' "$(keyring)" "$(mirror)" "$suite" >"$state/sources.list"
  cat >"$state/apt.conf" <<-CONF
	Dir::State "$state";
	Dir::State::Lists "$state/lists";
	Dir::State::status "$state/status";
	Dir::Cache "$state";
	Dir::Etc::sourcelist "$state/sources.list";
	Dir::Etc::sourceparts "$state/none";
	Dir::Etc::preferencesparts "$state/none";
	APT::Install-Recommends "false";
	APT::Sandbox::User "";
	CONF
  export APT_CONFIG=$state/apt.conf
}

alone=() packages=()
while [ $# -gt 0 ]; do
  if [ "$1" = --alone ]; then
    alone+=("$2")
    shift
  else
    packages+=("$1")
  fi
  shift
done
# One folder of archives for each set of packages: what lies there belongs together, once versions that the suite no
# longer has are cleaned away.
archives=$apt/$suite/archives/${packages[0]-${alone[0]}}

configure
apt-get -qq update
if [ "$folder" = --simulate ]; then
  apt-get -qq -s --no-install-recommends install "${packages[@]}" >/dev/null
  exit
fi
apt-get -qq autoclean -o Dir::Cache::archives="$archives"
if [ ${#packages[@]} -gt 0 ]; then
  apt-get -qq -y --no-install-recommends --download-only -o Dir::Cache::archives="$archives" install "${packages[@]}"
fi
if [ ${#alone[@]} -gt 0 ]; then
  (cd "$archives" && apt-get -qq download "${alone[@]}")
fi
mkdir -p "$folder"
for deb in "$archives"/*.deb; do
  dpkg-deb -x "$deb" "$folder"
done
