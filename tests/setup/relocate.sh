#!/usr/bin/env bash
# Makes programs that suite.sh brought runnable where they lie.
#
#   relocate.sh FOLDER PROGRAM...        (PROGRAM relative to FOLDER)
#
# They get their loader and a search path written in (DT_RPATH: it holds for libraries of libraries and for what is
# loaded later), so that no variable is needed which child processes would inherit, and /proc/self/exe is the program:
# Neovim starts itself again for its terminal interface. The machine's own folders are searched too, so that our module
# finds the libcurl it was built against; the side with the newer libc comes first, because that one serves both.
set -eu

folder=$(cd "$1" && pwd)
shift

library_folders() {
  local dir
  for dir in "$1"/usr/lib/*-linux-gnu* "$1"/lib/*-linux-gnu*; do
    if [ -d "$dir" ]; then printf '%s:' "$dir"; fi
  done
}

# The version of glibc in a loader's own words: "ld.so (Debian GLIBC 2.41-12) stable release version 2.41."
libc_version() { "$1" --version | sed -n '1s/.* version \([0-9.]*[0-9]\).*/\1/p'; }

# The folders that the program itself asks for, as they lie under ours.
own_folders() {
  local dir
  patchelf --print-rpath "$1" | tr ':' '\n' | while read -r dir; do
    if [ -d "$folder$dir" ]; then printf '%s:' "$folder$dir"; fi
  done
}

newest_of() { printf '%s\n' "$@" | sort -V | tail -n 1; }

relocate() {
  local program=$1 system brought loader path
  system=$(patchelf --print-interpreter "$program")
  brought=$folder$system
  [ -e "$brought" ] || brought=$folder/usr$system
  if [ "$(libc_version "$system")" = "$(newest_of "$(libc_version "$system")" "$(libc_version "$brought")")" ]; then
    loader=$system path=$(library_folders '')$(library_folders "$folder")
  else
    loader=$brought path=$(library_folders "$folder")$(library_folders '')
  fi
  patchelf --set-interpreter "$loader" --force-rpath --set-rpath "$(own_folders "$program")${path%:}" "$program"
}

# A library with a search path of its own would not use the program's; own_folders has what it needs.
find "$folder" -type f -name '*.so*' | while read -r library; do
  if [ -n "$(patchelf --print-rpath "$library" 2>/dev/null)" ]; then patchelf --remove-rpath "$library"; fi
done
for program in "$@"; do
  relocate "$folder/$program"
done
