#!/usr/bin/env bash
# Brings llama.cpp's server from Debian's forky suite into build/llama/bin/llama-server.
set -eu

setup=$(cd "$(dirname "$0")" && pwd)
llama=$(cd "$setup/../.." && pwd)/build/llama
wrapper=$llama/bin/llama-server

if ! grep -qF "$llama/" "$wrapper" 2>/dev/null || ! "$wrapper" --version >/dev/null 2>&1; then
  echo "bringing llama.cpp's server from Debian's forky" >&2
  rm -rf "$llama"
  # The tools alone: what else they recommend and depend on serves downloads of models.
  "$setup/suite.sh" forky "$llama/root" --alone llama.cpp-tools libllama0
  "$setup/relocate.sh" "$llama/root" usr/bin/llama-server
  # The server looks for the code for this processor in the folder it is started in.
  backends=$(dirname "$(find "$llama/root" -name 'libggml-cpu*.so' | sort | head -n 1)")
  mkdir -p "$llama/bin"
  cat >"$wrapper" <<-SH
	#!/bin/sh
	cd '$backends' && exec '$llama/root/usr/bin/llama-server' "\$@"
	SH
  chmod +x "$wrapper"
fi
echo "llama-server  $("$wrapper" --version 2>&1 | head -n 1)"
