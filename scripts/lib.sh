# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by every script: one environment, one profile and one feature set, so that dependencies compile once.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/zerog
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$CACHE/target}
[[ $CARGO_TARGET_DIR == /* ]] || export CARGO_TARGET_DIR=$PWD/$CARGO_TARGET_DIR
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-auto}
# The target directory lies outside the workspace; the Wasm builder cannot find its way back alone.
export WASM_BUILD_WORKSPACE_HINT=$ROOT
BIN=$CARGO_TARGET_DIR/release

# What the network needs to be quick, everywhere alike: another set would compile the SDK once more.
SELECTION=(--release --locked --workspace --features zerog-node/fast-runtime)
WASM_TARGET=wasm32v1-none
DEBIAN_TOOLCHAIN=debian-wasm

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$*"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# Has the active Rust toolchain the Wasm target?
rust_has_wasm() {
	local lib
	lib=$(rustc --print target-libdir --target "$WASM_TARGET" 2>/dev/null) && compgen -G "$lib/libcore-*.rlib" >/dev/null
}
# Where it has not, scripts/setup links Debian's compiler under this name.
use_wasm() {
	if has rustc && [[ -e ${RUSTUP_HOME:-$HOME/.rustup}/toolchains/$DEBIAN_TOOLCHAIN ]] && ! rust_has_wasm; then
		export WASM_BUILD_TOOLCHAIN=${WASM_BUILD_TOOLCHAIN:-$DEBIAN_TOOLCHAIN}
	fi
}
use_wasm

# Node.js 22.18 or later: the one on the PATH, else the one that scripts/setup put into the cache.
NODE_CACHE=$CACHE/node
node_is_new() {
	"$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a == 22 && b >= 18) ? 0 : 1)' 2>/dev/null
}
use_node() {
	node_is_new node || PATH=$NODE_CACHE/bin:$PATH
	node_is_new node || die "Node.js 22.18 or later is missing: run ./scripts/setup"
}

# cargo from the workspace root (its .cargo/config.toml counts), whatever the caller's directory.
cargo_root() { (cd "$ROOT" && exec cargo "$@"); }
# The same with the compiler that has the Wasm target.
cargo_wasm() {
	if [[ -n ${WASM_BUILD_TOOLCHAIN:-} ]]; then
		(cd "$ROOT" && exec rustup run "$WASM_BUILD_TOOLCHAIN" cargo "$@")
	else
		cargo_root "$@"
	fi
}

setup() { "$ROOT/scripts/setup" "$@" && use_wasm; }
# Everything: binaries, tests, examples, the runtime's Wasm.
build_all() { cargo_root build "${SELECTION[@]}" --all-targets; }
# Runs a built binary, building first where there is none; standard output stays the program's own.
run_built() {
	local binary=$BIN/$1
	[[ -x $binary ]] || { setup --build && build_all; } >&2
	exec "$binary" "${@:2}"
}
