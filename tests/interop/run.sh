#!/bin/sh
# Checks the service from outside, with code that shares nothing with it: a device, a backend and a receiver of webhooks
# in Python, and the verification of receipts and webhooks in Node too. Ends with the line "N passed, N failed".
#
# Usage: run.sh [WORKDIR]     (target/interop) keeps environments, data and logs. Port 4100 must be free.
#
#   PYTHON             Python 3.11 or later (python3)
#   COUNTERSIGN_LOCAL  the service's binary (cargo builds it)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${1:-$root/target/interop}
mkdir -p "$work/node"
work=$(cd "$work" && pwd)

if [ -n "${COUNTERSIGN_LOCAL-}" ]; then
    COUNTERSIGN_LOCAL=$(cd "$(dirname "$COUNTERSIGN_LOCAL")" && pwd)/$(basename "$COUNTERSIGN_LOCAL")
    export COUNTERSIGN_LOCAL
else
    (cd "$root" && cargo build --quiet --package countersign-local)
fi

if [ ! -x "$work/venv/bin/python" ]; then
    "${PYTHON:-python3}" -m venv "$work/venv"
fi
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"

# Node looks for packages beside the script.
cp "$here/package.json" "$here/package-lock.json" "$here/receipt_and_webhook.mjs" "$work/node/"
(cd "$work/node" && npm ci --loglevel=error --ignore-scripts --no-audit --no-fund >/dev/null)

cd "$root"
exec "$work/venv/bin/python" -B "$here/checks.py" "$work" "$work/node"
