#!/bin/sh
# Builds the agents of this example into ../package/bin.
#
#   build.sh           build all
#   build.sh --check   build into a temporary directory and compare with what is committed, byte by byte
#
# A build repeats byte by byte only with the toolchains named below. Both ways skip a language whose
# toolchain is another one or missing, and say so; --check then still compares the others.
set -eu

GO_VERSION=go1.26.8
CLANG_VERSION=14.0.6
WASI_LIBC_VERSION=0.0~git20220510.9886d3d-2

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
bin=$here/../package/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

check=no
case ${1-} in
'') out=$bin ;;
--check) check=yes out=$work/out ;;
*)
    echo "usage: build.sh [--check]" >&2
    exit 2
    ;;
esac
mkdir -p "$out"

skip() { # LANGUAGE REASON
    echo "skipped $1: $2"
}

finish() { # MODULE
    chmod 644 "$out/$1"
    if [ $check = no ]; then
        echo "built $1"
    elif cmp -s "$out/$1" "$bin/$1"; then
        echo "same $1"
    else
        echo "DIFFERENT $1: what is committed is not what its source builds" >&2
        status=1
    fi
}

build_go() {
    found=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null) || found=none
    [ "$found" = $GO_VERSION ] || { skip Go "needs $GO_VERSION, found $found" && return; }
    (cd "$here/text" && env GOTOOLCHAIN=local GOFLAGS= GOWORK=off GOWASM= GOEXPERIMENT= GOOS=wasip1 GOARCH=wasm CGO_ENABLED=0 \
        go build -trimpath -buildvcs=false -ldflags "-s -w -buildid=" -o "$out/text.wasm" .)
    finish text.wasm
}

build_c() {
    found=$(clang -dumpversion 2>/dev/null) || found=none
    [ "$found" = $CLANG_VERSION ] || { skip C "needs Debian's clang $CLANG_VERSION, found $found" && return; }
    found=$(dpkg-query -W -f '${Version}' wasi-libc 2>/dev/null) || found=none
    [ "$found" = "$WASI_LIBC_VERSION" ] || { skip C "needs Debian's wasi-libc $WASI_LIBC_VERSION, found $found" && return; }
    command -v wasm-ld >/dev/null || { skip C "needs wasm-ld (Debian: lld)" && return; }
    (cd "$here/count" && clang --target=wasm32-wasi -mexec-model=reactor -std=c11 -Os -Wall -Wextra -Werror \
        -Wl,--strip-all -o "$out/count.wasm" agent.c count.c json.c words.c)
    finish count.wasm
}

build_assemblyscript() {
    command -v npm >/dev/null || { skip AssemblyScript "needs npm and Node 20 or later" && return; }
    cp -R "$here/top" "$work/top"
    (cd "$work/top" && npm ci --silent --ignore-scripts >"$work/npm.log" 2>&1) || {
        skip AssemblyScript "npm cannot install the compiler: $(tail -n 1 "$work/npm.log")" && return
    }
    (cd "$work/top" && node_modules/.bin/asc index.ts -O3 --shrinkLevel 1 --runtime stub \
        --use abort=abort/abort -o "$out/top.wasm")
    finish top.wasm
}

status=0
build_go
build_c
build_assemblyscript
exit $status
