#!/usr/bin/env bash
# Packs a stand-in for the image of provided.al2023 from this machine's own files: a shell with mv and chmod, which SAM
# uses to lay its runtime emulator on top, and the C library that a bootstrap is linked to. It proves routing,
# environment and life cycle, not Amazon Linux; build.sh checks the library's version.
#
# Usage: base_image.sh image.tar

set -euo pipefail

tar=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

chmod 755 "$tree"
mkdir -p "$tree"/{bin,etc/pki/tls/certs,proc,sys,dev,tmp,var/task,var/runtime,opt}
chmod 1777 "$tree/tmp"
echo 'root:x:0:0:root:/root:/bin/sh' >"$tree/etc/passwd"
cp /bin/busybox "$tree/bin/busybox"
for name in sh mv chmod cp rm; do ln -s busybox "$tree/bin/$name"; done
# Where Amazon Linux keeps the certificates that the SDK trusts.
if [[ -e /etc/ssl/certs/ca-certificates.crt ]]; then
    cp /etc/ssl/certs/ca-certificates.crt "$tree/etc/pki/tls/certs/ca-bundle.crt"
fi

loader=$(readelf --program-headers "$(command -v tar)" | sed -n 's/.*interpreter: \(.*\)\]/\1/p')
cp --dereference --parents "$loader" "$tree"
for name in libc.so.6 libm.so.6 libgcc_s.so.1 libdl.so.2 libpthread.so.0 librt.so.1; do
    path=$(/sbin/ldconfig -p | awk -v name="$name" '$1 == name && !found++ { print $NF }')
    cp --dereference --parents "$path" "$tree"
done

tar --create --file "$tar" --directory "$tree" --owner=0 --group=0 .
