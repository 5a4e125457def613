#!/usr/bin/env bash
# Builds every function with `sam build` and checks what came out: one build for each bootstrap, no symbol newer than
# Amazon Linux 2023 has, and zips within the bar. Needs tools.sh run before, a Rust toolchain with the target of the
# architecture, and objdump (Debian: binutils).

source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

cd "$root"
# cargo-lambda would add a missing target to the toolchain by itself.
target=${architecture/arm64/aarch64}-unknown-linux-gnu
if [[ ! -d $(rustc --print sysroot)/lib/rustlib/$target ]]; then
    echo "the Rust toolchain lacks $target" >&2
    exit 1
fi
sam build --template "$root/template.yaml" --build-dir "$build_dir" \
    --parameter-overrides "Architecture=$architecture"
python "$here/builds.py" "$root/template.yaml" "$build_dir"
