#!/bin/sh
# Runs a Lua script in an editor without a screen, with Beans on the 'runtimepath' and no configuration of the user's.
# The script ends the editor; when it fails before, what failed goes to stderr and the exit status is 70.
#
#   headless.sh PROGRAM SCRIPT        (PROGRAM: some nvim or vim)
set -eu

program=$1 script=$2
root=$(cd "$(dirname "$0")/.." && pwd)
case $("$program" --version | head -n 1) in
  NVIM*) mode=--headless ;;
  *) mode='-N -es --not-a-term' ;;
esac
protected="xpcall(function() dofile('$script') end, function(e) io.stderr:write(debug.traceback(e), '\\n') end)"
# shellcheck disable=SC2086 # words
exec "$program" $mode -n -i NONE -u NONE --cmd "set runtimepath^=$root" -c 'runtime plugin/beans.vim' \
  -c "lua $protected" -c 'cquit 70' </dev/null
