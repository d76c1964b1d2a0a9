#!/bin/sh
# Builds, tests and checks the sandbox.
#   build.sh build   builds the library and the programs, and copies them into wasm-worker/target/native
#   build.sh test    runs the crate's tests
#   build.sh check   formatting and lints
# Wasmtime takes minutes to compile, so cargo's target directory is one per user, outside of what `clean` removes, and
# every command uses the one profile. A lock keeps clones from overwriting each other's output before it is copied.
set -eu

cd "$(dirname "$0")"
command -v cargo >/dev/null 2>&1 || PATH="$HOME/.cargo/bin:$PATH"
if ! command -v cargo >/dev/null 2>&1; then
    echo "build.sh: cargo is missing; Rust 1.95 or newer is needed: https://rustup.rs" >&2
    exit 1
fi

CARGO_TARGET_DIR="${NETBASE_CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/netbase/cargo-target}"
export CARGO_TARGET_DIR
mkdir -p "$CARGO_TARGET_DIR"
if [ -z "${NETBASE_BUILD_LOCKED:-}" ] && command -v flock >/dev/null 2>&1; then
    NETBASE_BUILD_LOCKED=1
    export NETBASE_BUILD_LOCKED
    exec flock "$CARGO_TARGET_DIR/netbase.lock" ./build.sh "$@"
fi

# Replaces a file that may be in use by moving a new one over it.
install_file() {
    if ! cmp -s "$1" "$2/${1##*/}"; then
        cp "$1" "$2/.${1##*/}.$$"
        mv "$2/.${1##*/}.$$" "$2/${1##*/}"
    fi
}

# Cargo takes two clones for one and looks only at the age of files: what another clone built from other sources would
# pass for this one's. So sources that are not those of the last build count as new, and sources that are the same, in a
# new clone too, are as old as those were: only what changed is compiled.
built=$CARGO_TARGET_DIR/netbase.sources
sum_of_sources() {
    find Cargo.toml Cargo.lock src tests fuzz/Cargo.toml fuzz/src fuzz/fuzz_targets -type f -exec cksum {} + | sort -k 3 | cksum
}
date_sources() {
    find src tests fuzz/src fuzz/fuzz_targets -type f -exec touch "$@" {} +
}
sources=$(sum_of_sources)
if [ "$sources" = "$(cat "$built" 2>/dev/null)" ]; then
    date_sources -r "$built"
else
    rm -f "$built"
    printf '%s\n' "$sources" >"$built.begun"
    date_sources -m
fi

# What was compiled from is known from now on, unless somebody edited it meanwhile.
finish_build() {
    if [ -f "$built.begun" ] && [ "$(sum_of_sources)" = "$sources" ]; then
        mv "$built.begun" "$built"
    fi
}

case "${1:-build}" in
    build)
        cargo build --release --locked --lib --bins
        target=../target/native
        mkdir -p "$target"
        install_file "$CARGO_TARGET_DIR/release/libnetbase_sandbox.so" "$target"
        install_file "$CARGO_TARGET_DIR/release/netbase-compile" "$target"
        install_file "$CARGO_TARGET_DIR/release/netbase-wat" "$target"
        install_file "$CARGO_TARGET_DIR/release/netbase-bench" "$target"
        finish_build
        ;;
    test)
        cargo test --release --locked --no-run
        finish_build
        cargo test --release --locked
        ;;
    check)
        cargo fmt --all --check
        # Every clone lints for itself.
        date_sources -m
        cargo clippy --release --locked --all-targets -- -D warnings
        # Without libFuzzer, which takes a C++ compiler, the targets need nothing that is not compiled by now.
        cargo clippy --release --locked --package netbase-sandbox-fuzz --no-default-features -- -D warnings
        if [ -f "$built" ]; then
            date_sources -r "$built"
        fi
        ;;
    *)
        echo "usage: build.sh [build|test|check]" >&2
        exit 2
        ;;
esac
