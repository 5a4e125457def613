#!/usr/bin/env bash
# Runs what build.sh built in SAM's own emulation of Lambda and HTTP API, against the embedded AWS of this project:
# every route through `sam local start-api`, then `sam local invoke` with sample events.
#
# Usage: local.sh [event.json ...]
#
# Without arguments it takes the first event of each API under events/; each is filled in by `cargo local event`. Needs build.sh and `tools.sh --containers`
# run before, for this machine's architecture, and root for podman.
#
#   AWS_PORT  port of the embedded AWS, on the containers' bridge (4566)
#   API_PORT  port of the API, on the loopback address (3000)

source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"
source "$here/engine.sh"

aws_port=${AWS_PORT:-4566}
api_port=${API_PORT:-3000}
# How long a server may take to listen, in seconds; the embedded AWS is compiled first where it is not yet.
patience=${PATIENCE:-900}

stop() {
    for pid in ${api_pid-} ${aws_pid-}; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    engine_stop
}
trap stop EXIT

# await PID ADDRESS PORT LOG: until the process listens; shows its log where it ends before that.
await() {
    for ((tenths = patience * 10; tenths > 0; tenths--)); do
        if (exec 3<>"/dev/tcp/$2/$3") 2>/dev/null; then return; fi
        kill -0 "$1" 2>/dev/null || break
        sleep 0.1
    done
    cat "$4" >&2
    echo "nothing listens at $2:$3" >&2
    return 1
}

cd "$root"
engine_start

cargo run --quiet -p countersign-local -- aws --listen "$gateway:$aws_port" >"$work/aws.log" 2>&1 &
aws_pid=$!
await "$aws_pid" "$gateway" "$aws_port" "$work/aws.log"

python "$here/environment.py" "$root/.local/demo.json" "http://$gateway:$aws_port" >"$work/environment.json"
options=(
    --template "$build_dir/template.yaml"
    --skip-pull-image
    --env-vars "$work/environment.json"
    --parameter-overrides
    "Architecture=$architecture PublicUrl=http://127.0.0.1:$api_port"
)

sam local start-api --host 127.0.0.1 --port "$api_port" --warm-containers LAZY "${options[@]}" >"$work/api.log" 2>&1 &
api_pid=$!
await "$api_pid" 127.0.0.1 "$api_port" "$work/api.log"
if ! python "$here/routes.py" "$root/template.yaml" "http://127.0.0.1:$api_port"; then
    tail -n 100 "$work/api.log" >&2
    exit 1
fi
kill "$api_pid"
wait "$api_pid" || true
api_pid=

events=("$@")
if ((${#events[@]} == 0)); then
    for api in events/*/; do
        events+=("$(find "$api" -name '*.json' | sort | head -n 1)")
    done
fi
for event in "${events[@]}"; do
    # events/<api>/<operation>/<case>.json
    operation=$(dirname "$event")
    name=$(basename "$(dirname "$operation")")-$(basename "$operation")
    function=$(sed -E 's/(^|-)(.)/\u\2/g' <<<"$name")
    cargo run --quiet -p countersign-local -- event "$event" >"$work/event.json"
    sam local invoke "$function" --event "$work/event.json" "${options[@]}" \
        >"$work/invoke.json" 2>"$work/invoke.log" || { cat "$work/invoke.log" >&2; exit 1; }
    echo "$event"
    python "$here/invoked.py" "$work/event.json" "$work/invoke.json" || { cat "$work/invoke.log" >&2; exit 1; }
done
