#!/usr/bin/env bash
# Installs what the other scripts here run: the SAM CLI and cargo-lambda in an environment of their own, and with
# `--containers` also podman from Debian, for local.sh. Needs Python 3 with venv, and root for `--containers`.

source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

if ! cmp --silent "$here/requirements.txt" "$work/venv/installed.txt"; then
    python3 -m venv --clear "$work/venv"
    "$work/venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
    cp "$here/requirements.txt" "$work/venv/installed.txt"
fi
sam --version
cargo-lambda lambda --version

if [[ ${1-} == --containers ]]; then
    packages=(podman runc conmon netavark aardvark-dns iptables busybox-static)
    if ! dpkg-query --show "${packages[@]}" >/dev/null 2>&1; then
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends "${packages[@]}"
    fi
    podman --version
fi
