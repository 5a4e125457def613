#!/bin/sh
# Compares the answers of our stand-ins with those of ministack, an independent one.
# Usage: run.sh FOLDER. The folder keeps the Python environment; everything started here is ended here.
set -eu

folder=${1:?usage: run.sh FOLDER}
here=$(cd "$(dirname "$0")" && pwd)
workspace=$(cd "$here/../../.." && pwd)
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

if [ ! -x "$folder/venv/bin/python" ]; then
    python3 -m venv "$folder/venv"
fi
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"

cargo build --quiet --manifest-path "$workspace/Cargo.toml" --package countersign-standins --example standins
target=$(cargo metadata --manifest-path "$workspace/Cargo.toml" --format-version 1 --no-deps |
    "$folder/venv/bin/python" -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')

exec "$folder/venv/bin/python" "$here/compare.py" --ours "$target/debug/examples/standins" --folder "$folder"
