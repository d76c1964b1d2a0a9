#!/bin/sh
# Turns the text guests of tests into binaries: guests.sh NETBASE_WAT DIR
set -eu
wat=$1
target=$2
cd "$(dirname "$0")"
exec "$wat" tests/guests/*.wat -o "$target"
