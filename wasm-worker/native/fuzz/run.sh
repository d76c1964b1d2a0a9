#!/bin/sh
# Looks for modules that the sandbox does not stand, guided by the code that they reach; needs a nightly toolchain and
# cargo-fuzz:
#   run.sh TARGET [SECONDS]   runs one of command, delivery and module, for a minute if nothing else is said; an input
#                             with which something was wrong is left in artifacts/TARGET
#   run.sh keep TARGET        adds to corpus/TARGET what it was led to, if it reaches code that nothing else there does
set -eu

cd "$(dirname "$0")/.."
keep=
if [ "${1:-}" = keep ]; then
    keep=yes
    shift
fi
target=${1:-}
# No more is drawn from choices than this; modules may be as large as the largest one there is.
length=1024
seeds=
case $target in
    command | delivery) ;;
    module)
        length=0
        seeds=../target/guests
        if [ ! -d "$seeds" ]; then
            ./build.sh build
            ./guests.sh "$PWD/../target/native/netbase-wat" "$PWD/$seeds"
        fi
        ;;
    *)
        echo "usage: run.sh [keep] command|delivery|module [SECONDS]" >&2
        exit 2
        ;;
esac

CARGO_TARGET_DIR="${NETBASE_FUZZ_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/netbase/fuzz-target}"
RUSTC_WRAPPER=$PWD/fuzz/rustc.sh
export CARGO_TARGET_DIR RUSTC_WRAPPER
reached=fuzz/target/reached/$target
mkdir -p "$reached"
if [ "$keep" ]; then
    # Merging takes into the first folder what adds to it: guests and what was found need not be kept twice.
    known=fuzz/target/known/$target
    rm -rf "$known"
    mkdir -p "$known"
    find "fuzz/corpus/$target" tests/corpus $seeds -type f -exec cp {} "$known" \;
    cargo +nightly fuzz run --sanitizer none "$target" "$known" "$reached" -- \
        -set_cover_merge=1 -use_counters=0 -rss_limit_mb=2048 -timeout=30 -max_len=$length
    find "$known" -type f ! -name '*.*' -exec cp {} "fuzz/corpus/$target" \;
else
    cargo +nightly fuzz run --sanitizer none "$target" "$reached" "fuzz/corpus/$target" tests/corpus $seeds -- \
        -max_total_time="${2:-60}" -print_final_stats=1 -rss_limit_mb=2048 -timeout=30 -max_len=$length
fi
