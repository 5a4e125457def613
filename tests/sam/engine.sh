# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # settings.sh comes before, local.sh after
# Sourced by local.sh: a container engine for SAM, podman, that leaves the machine's own settings and images alone.
#
# `engine_start` starts it and sets DOCKER_HOST, `gateway` (the address at which containers reach this machine) and
# `engine_pid`; `engine_stop` ends it with its containers. All it keeps is under $work/podman. Needs root.
# One at a time.

# SAM's name of the image that provided.al2023 runs in.
base_image=public.ecr.aws/lambda/provided:al2023-$architecture

engine_start() {
    local home=$work/podman
    # What podman forgets when the machine starts anew. It writes the folder's name into its database, so the name stays
    # the same; and a socket's path has at most 107 bytes, so it is short.
    local run=/run/countersign-podman
    if ! mkdir "$run"; then
        echo "$run: another local.sh runs, or one was killed; then remove the folder" >&2
        return 1
    fi
    engine_run=$run
    mkdir -p "$home/networks"
    cat >"$home/containers.conf" <<-CONF
		[containers]
		default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
		[engine]
		# Machines without systemd have no other.
		cgroup_manager = "cgroupfs"
		runtime = "runc"
		events_logger = "file"
		tmp_dir = "$engine_run/libpod"
		[network]
		network_backend = "netavark"
		network_config_dir = "$home/networks"
	CONF
    cat >"$home/storage.conf" <<-CONF
		[storage]
		driver = "overlay"
		graphroot = "$home/images"
		runroot = "$engine_run/storage"
	CONF
    echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$home/policy.json"
    export CONTAINERS_CONF=$home/containers.conf CONTAINERS_STORAGE_CONF=$home/storage.conf

    if ! podman image exists "$base_image"; then
        "$here/base_image.sh" "$work/base.tar"
        podman import --quiet --signature-policy "$home/policy.json" --change WORKDIR=/var/task \
            "$work/base.tar" "$base_image" >/dev/null
    fi

    podman system service --time=0 "unix://$engine_run/engine.sock" >"$work/podman.log" 2>&1 &
    engine_pid=$!
    export DOCKER_HOST=unix://$engine_run/engine.sock
    until [[ -S $engine_run/engine.sock ]]; do
        kill -0 "$engine_pid" || { cat "$work/podman.log" >&2; return 1; }
        sleep 0.1
    done

    # The bridge has its address only while a container is on it.
    bridge_container=$(podman run --detach "$base_image" /bin/busybox sleep 86400)
    gateway=$(podman inspect --format '{{.NetworkSettings.Gateway}}' "$bridge_container")
}

engine_stop() {
    # Never started, or another one's.
    [[ -n ${engine_run-} ]] || return 0
    # The folders by name: whatever happened before, no other container of this machine may be removed.
    podman --root "$work/podman/images" --runroot "$engine_run/storage" rm --all --force --time 0 >/dev/null 2>&1 || true
    if [[ -n ${engine_pid-} ]]; then
        kill "$engine_pid" 2>/dev/null || true
        wait "$engine_pid" 2>/dev/null || true
    fi
    rm -rf "$engine_run"
}
