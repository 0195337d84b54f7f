#!/usr/bin/env bash
# Installs what is missing of the packages that a task needs, with apt and as root or by sudo. Says what; asks first
# when a person sits at the terminal. Does nothing, quickly, when nothing is missing.
#
#   packages.sh TASK...         tasks: build, lua5.2, lua5.3, lua5.4, editors, test, lint
#   packages.sh --list TASK...  prints their names instead, those that are there too
set -eu

# A line for each thing needed: how to see that it is there (a command, a pkg-config module or the package itself) and
# the package that has it, so that what came another way counts too.
needs() {
  case $1 in
    build)
      echo 'command cc gcc'
      echo 'package libc6-dev libc6-dev'
      echo 'command pkg-config pkg-config'
      echo 'module libcurl libcurl4-openssl-dev'
      echo 'module libcjson libcjson-dev'
      echo 'module luajit libluajit-5.1-dev'
      ;;
    lua5.[234]) echo "module $1 lib${1}-dev" ;;
    editors)
      echo 'command patchelf patchelf'
      echo 'package debian-archive-keyring debian-archive-keyring'
      ;;
    test)
      needs build
      needs lua5.2
      needs lua5.3
      needs lua5.4
      needs editors
      for lua in luajit lua5.1 lua5.2 lua5.3 lua5.4; do echo "command $lua $lua"; done
      echo 'module cmocka libcmocka-dev'
      echo 'command clang clang'
      echo 'package libclang-rt-dev libclang-rt-dev'
      echo 'command busted lua-busted'
      echo 'command prove perl'
      echo 'command python3 python3'
      echo 'command curl curl'
      echo 'command openssl openssl'
      echo 'command /usr/sbin/nginx nginx-light'
      ;;
    lint)
      needs build
      needs lua5.2
      echo 'module cmocka libcmocka-dev'
      echo 'command clang-format clang-format'
      echo 'command clang-tidy clang-tidy'
      echo 'command clang clang'
      echo 'command cppcheck cppcheck'
      echo 'command luacheck lua-check'
      echo 'command python3 python3'
      echo 'command npm npm'
      ;;
    *) echo "packages.sh: unknown task $1" >&2 && exit 1 ;;
  esac
}

is_there() {
  case $1 in
    command) command -v "$2" >/dev/null ;;
    module) pkg-config --exists "$2" 2>/dev/null ;;
    package) dpkg-query -W -f '${Status}' "$2" 2>/dev/null | grep -q '^install ok' ;;
  esac
}

missing_packages() {
  printf '%s\n' "$1" | sort -u | while read -r kind name package; do
    is_there "$kind" "$name" || echo "$package"
  done | sort -u
}

confirm() {
  [ -t 0 ] && [ -t 1 ] || return 0
  printf 'Install them now? [Y/n] '
  read -r answer
  case $answer in
    '' | [Yy]*) ;;
    *) echo 'Nothing was installed.' && exit 1 ;;
  esac
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "Neither root nor sudo: run as root: $*" >&2
    exit 1
  fi
}

list=
if [ "${1-}" = --list ]; then list=1 && shift; fi
needed=$(for task in "$@"; do needs "$task"; done)
if [ -n "$list" ]; then
  printf '%s\n' "$needed" | sed 's/.* //' | sort -u
  exit
fi
missing=$(missing_packages "$needed" | tr '\n' ' ')
[ -n "$missing" ] || exit 0
echo "Missing packages: $missing"
if ! command -v apt-get >/dev/null; then
  echo 'packages.sh installs with apt only: install what corresponds to them on this system and run it again.' >&2
  exit 1
fi
confirm
as_root apt-get -qq update
# shellcheck disable=SC2086 # a list of words
as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $missing
