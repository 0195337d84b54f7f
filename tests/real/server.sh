#!/usr/bin/env bash
# Starts llama.cpp's server with the tiny model on a free loopback port; further arguments (--api-key KEY) go to it.
# Prints "listening PORT" when it is ready, and ends it when stdin ends, so that a test that dies leaves nothing behind.
set -eu

repo=$(cd "$(dirname "$0")/../.." && pwd)
model=$repo/build/real/tiny.gguf
log=$(mktemp "${TMPDIR:-/tmp}/llama-XXXXXX")
server=

finish() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" || true
  fi
  rm -f "$log"
}
trap finish EXIT

fail() {
  echo "server.sh: $*; its last words:" >&2
  tail -n 20 "$log" >&2
  exit 1
}

make_model() {
  [ "$model" -nt "$repo/tests/real/make_model.py" ] && return
  mkdir -p "$(dirname "$model")"
  python3 "$repo/tests/real/make_model.py" "$model.$$"
  mv "$model.$$" "$model"
}

port_in_log() { sed -n 's|.*listening on http://127\.0\.0\.1:\([0-9]*\).*|\1|p' "$log" | head -n 1; }

# Half a minute: reading the model takes a moment, a busy machine takes longer.
await_health() {
  local port='' tries
  for tries in $(seq 300); do
    kill -0 "$server" 2>/dev/null || fail 'the server ended'
    [ -n "$port" ] || port=$(port_in_log)
    if [ -n "$port" ] && curl -sf --noproxy '*' "http://127.0.0.1:$port/health" >/dev/null; then
      echo "listening $port"
      return
    fi
    sleep 0.1
  done
  fail "the server was not ready after $((tries / 10)) s"
}

make_model
"$repo/build/llama/bin/llama-server" --host 127.0.0.1 --port 0 --jinja -t 1 --offline -m "$model" -a tiny -n 200 "$@" \
  >"$log" 2>&1 </dev/null &
server=$!
await_health
cat >/dev/null
