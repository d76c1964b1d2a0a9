#!/bin/sh
# Turns the text guests of tests into binaries, and some of them into components: guests.sh NETBASE_WAT DIR
set -eu
wat=$1
target=$2
cd "$(dirname "$0")/tests/guests"
"$wat" ./*.wat -o "$target"
exec "$wat" --component args-env.wat deterministic.wat fill-workspace.wat spins-on-the-clock.wat write-workspace.wat -o "$target"
