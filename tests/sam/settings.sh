# shellcheck shell=bash
# shellcheck disable=SC2034 # used where this is sourced
# Sourced by the scripts beside it: where things are and what SAM is told.
#
#   SAM_WORK      folder for tools, images and builds (target/sam)
#   ARCHITECTURE  x86_64 or arm64 (this machine's)
#   CARGO_LAMBDA_COMPILER  cargo links to this machine's C library, cargo-zigbuild to an older one and for any
#                 architecture (cargo where the machine's own architecture is built, else cargo-zigbuild)

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${SAM_WORK:-$root/target/sam}
mkdir -p "$work"

case $(uname -m) in
aarch64 | arm64) machine=arm64 ;;
*) machine=x86_64 ;;
esac
architecture=${ARCHITECTURE:-$machine}
if [[ $architecture == "$machine" ]]; then compiler=cargo; else compiler=cargo-zigbuild; fi
export CARGO_LAMBDA_COMPILER=${CARGO_LAMBDA_COMPILER:-$compiler}

# First on the path: cargo-lambda asks the path's python for its copy of zig.
export PATH="$work/venv/bin:$PATH"
export SAM_CLI_TELEMETRY=0
export __SAM_CLI_APP_DIR="$work/sam-home"
# Without these the SDKs would ask the link-local metadata address for credentials. The region is that of the embedded AWS: it
# keeps secrets by region, as AWS does.
export AWS_EC2_METADATA_DISABLED=true
export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=eu-west-1
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_REGION

# SAM writes its list of builds (build.toml) beside this folder.
build_dir=$work/build/functions
