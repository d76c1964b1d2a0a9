#!/bin/sh
# Builds the examples: build.sh [rust|go|c|assemblyscript]... (default: all). A language whose compiler is missing is
# skipped with a line that says so. OUT=DIR builds into DIR/LANGUAGE.wasm instead of LANGUAGE/stats.wasm.
set -eu
cd "$(dirname "$0")"

target() { # LANGUAGE
    if [ -n "${OUT:-}" ]; then echo "$OUT/$1.wasm"; else echo "$PWD/$1/stats.wasm"; fi
}

need() { # LANGUAGE TOOL
    command -v "$2" >/dev/null 2>&1 || { echo "skipped $1: $2 is missing"; return 1; }
}

# A compiler that has the target: rustup's or, where that is not to be had, Debian's. Before Rust 1.78 the target was called
# wasm32-wasi.
find_rust() {
    for rustc in ${RUSTC:-rustc /usr/bin/rustc}; do
        sysroot=$("$rustc" --print sysroot 2>/dev/null) || continue
        for rust_target in wasm32-wasip1 wasm32-wasi; do
            [ -d "$sysroot/lib/rustlib/$rust_target/lib" ] && return 0
        done
    done
    return 1
}

build_rust() {
    find_rust || { echo "skipped rust: rustup target add wasm32-wasip1"; return 0; }
    "$rustc" --edition 2021 --target "$rust_target" -C opt-level=s -C lto -C panic=abort -C strip=symbols \
        ${RUST_LINKER:+-C linker=$RUST_LINKER} -o "$(target rust)" rust/stats.rs
    echo "built rust"
}

build_go() {
    need go go || return 0
    output=$(target go)
    (cd go && GOOS=wasip1 GOARCH=wasm CGO_ENABLED=0 \
        go build -trimpath -buildvcs=false -ldflags "-s -w -buildid=" -o "$output" .)
    echo "built go"
}

build_c() {
    need c clang && need c wasm-ld || return 0
    echo '#include <stdio.h>' | clang --target=wasm32-wasi -E - >/dev/null 2>&1 || { echo "skipped c: wasi-libc is missing"; return 0; }
    clang --target=wasm32-wasi -mexec-model=reactor -std=c11 -Os -Wall -Wextra -Werror -Wno-unused-result \
        -Wl,--strip-all -o "$(target c)" c/stats.c
    echo "built c"
}

build_assemblyscript() {
    need assemblyscript npm || return 0
    work=$(mktemp -d)
    cp -R assemblyscript/. "$work"
    (cd "$work" && npm ci --silent --ignore-scripts --prefer-offline --no-audit --no-fund && node_modules/.bin/asc stats.ts -O3 --shrinkLevel 1 \
        --runtime stub --use abort=abort/abort -o stats.wasm)
    cp "$work/stats.wasm" "$(target assemblyscript)"
    rm -r "$work"
    echo "built assemblyscript"
}

[ $# -gt 0 ] || set -- rust go c assemblyscript
for language in "$@"; do
    "build_$language"
done
