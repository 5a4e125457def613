#!/bin/sh
# Checks the service from outside, with code that shares nothing with it: a device, a backend and a receiver of webhooks
# in Python, the verification of receipts and webhooks in Node too, and a real identity provider in Node.
# Ends with the line "N passed, N failed".
#
# Usage: run.sh [WORKDIR [PART]]
#
#   WORKDIR            keeps environments, data and logs (target/interop)
#   PART               `service` (without identity provider), `idp` (with it), `provider` (it alone), `cloud` (the
#                      Cloud API: UAF and FIDO2), `authenticator` (the Authenticator API), or `all`, if not given. All but
#                      `provider` need port 4100, where the demo's callbacks go
#
#   PYTHON             Python 3.11 or later (python3)
#   COUNTERSIGN_LOCAL  the service's binary (cargo builds it)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${1:-$root/target/interop}
part=${2:-all}
mkdir -p "$work/node"
work=$(cd "$work" && pwd)

if [ "$part" = provider ]; then
    : # The service is not started.
elif [ -n "${COUNTERSIGN_LOCAL-}" ]; then
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
cp "$here/package.json" "$here/package-lock.json" "$here/receipt_and_webhook.mjs" "$here"/idp/*.mjs "$work/node/"
(cd "$work/node" && npm ci --loglevel=error --ignore-scripts --no-audit --no-fund >/dev/null)

cd "$root"
exec "$work/venv/bin/python" -B "$here/checks.py" "$work" "$work/node" "$part"
