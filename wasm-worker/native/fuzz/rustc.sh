#!/bin/sh
# Compiles with instrumentation what reads and runs a guest, and everything else without: what the compiler of machine
# code does inside is not looked for here, and it makes up most of the time that a build takes.
set -eu

crate=
previous=
for argument; do
    if [ "$previous" = --crate-name ]; then
        crate=$argument
    fi
    previous=$argument
done

case $crate in
    netbase_sandbox | netbase_sandbox_fuzz | wasmtime | wasmtime_wasi | wasmtime_wasi_io | wiggle | wasmparser | command | delivery | module)
        exec "$@"
        ;;
esac
for argument; do
    shift
    case $argument in
        -Cpasses=sancov-module | -Cllvm-args=-sanitizer-coverage-* | -Ccodegen-units=1) ;;
        *) set -- "$@" "$argument" ;;
    esac
done
exec "$@"
