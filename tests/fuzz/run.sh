#!/usr/bin/env bash
# Runs every fuzz target for so many seconds each (20 if not said), one after the other; fails on the first finding.
#   tests/fuzz/run.sh [seconds] [target…]
set -euo pipefail
cd "$(dirname "$0")"

seconds=${1:-20}
case $seconds in
    '' | *[!0-9]* | 0) echo "usage: $0 [seconds] [target…]" >&2; exit 2 ;;
esac
[ $# -gt 0 ] && shift

if ! cargo +nightly --version >/dev/null 2>&1; then
    echo "$0 needs the nightly compiler: rustup toolchain install nightly" >&2
    exit 2
fi
if ! cargo +nightly fuzz --version >/dev/null 2>&1; then
    echo "$0 needs cargo-fuzz: cargo install cargo-fuzz --version 0.13.2 --locked" >&2
    exit 2
fi

# No sanitizer: there is no unsafe code in the project, and without one there are twice as many runs.
fuzz() { cargo +nightly fuzz "$@"; }

targets=("$@")
if [ $# -eq 0 ]; then
    mapfile -t targets < <(fuzz list --fuzz-dir .)
fi

for target in "${targets[@]}"; do
    printf '== %s\n' "$target"
    # New inputs go into the first folder; the seeds stay as they are.
    mkdir -p "corpus/$target"
    log=$(mktemp)
    if ! fuzz run --fuzz-dir . --sanitizer none -j 1 "$target" "corpus/$target" "seeds/$target" -- \
        -max_total_time="$seconds" -timeout=10 -max_len=8192 -print_final_stats=1 -verbosity=1 >"$log" 2>&1; then
        cat "$log"
        echo "$target: a finding; its input is in tests/fuzz/artifacts/$target" >&2
        rm -f "$log"
        exit 1
    fi
    grep -E '^stat::(number_of_executed_units|average_exec_per_sec)' "$log" || true
    rm -f "$log"
done
