#!/usr/bin/env bash
# `make try`: builds Beans and opens an editor on a live chat; without a terminal, asks one question and prints the
# transcript. Talks to the service when BEANS_API_KEY is set, else to a practice server on this machine.
set -eu

cd "$(dirname "$0")/.."
setup=tests/setup

is_new_enough_nvim() {
  local version
  version=$(nvim --version 2>/dev/null | sed -n '1s/^NVIM v//p')
  [ -n "$version" ] && [ "$(printf '0.10\n%s\n' "$version" | sort -V | head -n 1)" = 0.10 ]
}

# The ABI of the Lua in the system's Vim; nothing when it has none or is too old.
vim_lua() {
  vim -N -u NONE -i NONE -n -es --not-a-term \
    -c "if has('lua') && has('textprop') && has('timers') && has('patch-9.0.1378')" \
    -c 'lua io.write((_VERSION:match("[%d.]+")))' -c endif -c 'qall!' </dev/null 2>/dev/null || true
}

# Sets `program` and the packages it takes to get there.
choose_editor() {
  tasks=(build)
  if is_new_enough_nvim; then
    program=nvim
    return
  fi
  local abi
  abi=$(vim_lua)
  if [ -n "$abi" ]; then
    program=vim
    [ "$abi" = 5.1 ] || tasks+=("lua$abi")
  else
    program=build/editors/nvim-forky/bin/nvim
    tasks+=(editors)
  fi
}

build() {
  make -s --no-print-directory -j"$(getconf _NPROCESSORS_ONLN)" all build/replay
}

# Ends with this script: by its pid, or, should the script be killed, with the end of its input.
start_practice_server() {
  local word port
  coproc SERVER { exec build/replay --practice --stdin; }
  server=$SERVER_PID
  trap 'kill "$server" 2>/dev/null || true' EXIT
  if ! read -r -t 10 word port <&"${SERVER[0]}" || [ "$word" != listening ]; then
    echo 'The practice server did not start.' >&2
    exit 1
  fi
  export BEANS_BASE_URL=http://127.0.0.1:$port/v1 BEANS_API_KEY=sk-for-practice
  echo "No BEANS_API_KEY is set: this chat is with a practice server on this machine."
}

# The practice server answers at once; a real one costs money, so there the first word is left to the person.
open_chat() {
  local first='Beans chat'
  local clean=(--clean --cmd "set runtimepath^=$PWD")
  if [ -n "${server-}" ]; then
    first='Beans chat Hello! What can you do?'
    clean+=(--cmd "let g:beans = {'data_dir': '$PWD/build/try'}")
  fi
  # Vim loads no plugins when it is to be clean.
  "$program" "${clean[@]}" -c 'runtime plugin/beans.vim' -c "$first"
}

choose_editor
"$setup/packages.sh" "${tasks[@]}"
case $program in
  build/*) "$setup/editors.sh" nvim-forky ;;
esac
build
[ -n "${BEANS_API_KEY-}" ] || start_practice_server
if [ -t 0 ] && [ -t 1 ]; then
  open_chat
else
  tests/headless.sh "$program" tests/try.lua
fi
