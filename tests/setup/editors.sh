#!/usr/bin/env bash
# Brings the editors that the tests run on into build/editors/NAME/bin/{nvim,vim}.
#
#   editors.sh [NAME]...        (all when none is named)
#
# What is there already is left alone. Suites move on, so no version is asked for; what came is printed.
set -eu

setup=$(cd "$(dirname "$0")" && pwd)
editors=$(cd "$setup/../.." && pwd)/build/editors
all='nvim-trixie nvim-forky vim-bookworm vim-trixie'

# The wrapper says where the editor's own files lie, and nothing that would harm what is started from the editor.
wrap() {
  local kind=$1 program=$2 files=$3 runtime=$4
  mkdir -p "$editors/$name/bin"
  cat >"$editors/$name/bin/$kind" <<-SH
	#!/bin/sh
	export VIM='$files' VIMRUNTIME='$runtime'
	exec '$program' "\$@"
	SH
  chmod +x "$editors/$name/bin/$kind"
}

bring_nvim() {
  "$setup/suite.sh" "$suite" "$root" neovim
  "$setup/relocate.sh" "$root" usr/bin/nvim
  # Debian's tree-sitter parsers lie outside the runtime, where a relocated Neovim does not look.
  if [ -d "$root/usr/lib/nvim/parser" ]; then ln -sfn ../../../lib/nvim/parser "$root/usr/share/nvim/runtime/parser"; fi
  wrap nvim "$root/usr/bin/nvim" "$root/usr/share/nvim" "$root/usr/share/nvim/runtime"
}

bring_vim() {
  "$setup/suite.sh" "$suite" "$root" vim-nox
  "$setup/relocate.sh" "$root" usr/bin/vim.nox
  wrap vim "$root/usr/bin/vim.nox" "$root/usr/share/vim" "$(echo "$root"/usr/share/vim/vim[0-9]*)"
}

# The wrapper is written last: where it runs, the editor is whole. It does not run any more in a moved checkout.
bring() {
  local name=$1 kind=${1%%-*} suite=${1#*-} root=$editors/$1/root
  local wrapper=$editors/$name/bin/$kind
  if ! grep -qF "$root/" "$wrapper" 2>/dev/null || ! "$wrapper" --version >/dev/null 2>&1; then
    echo "bringing $name from Debian's $suite" >&2
    rm -rf "${editors:?}/$name"
    "bring_$kind"
  fi
  printf '%-13s %s\n' "$name" "$("$wrapper" --version | sed -n '1p;2s/^Included patches: /, patches /p' | tr -d '\n')"
}

# shellcheck disable=SC2086 # words
[ $# -gt 0 ] || set -- $all
for name in "$@"; do
  case " $all " in
    *" $name "*) bring "$name" ;;
    *) echo "editors.sh: there is no editor '$name', only: $all" >&2 && exit 1 ;;
  esac
done
