#!/bin/sh
# Entry point of a container with mount-server beside what it runs.
#   docker run --device /dev/fuse --cap-add SYS_ADMIN --security-opt apparmor=unconfined …
# Without these rights it serves the files over HTTP alone.
set -eu

MOUNT_DIR="${MOUNT_SERVER_MOUNT_DIR:-/pfs}"
SOCKET_DIR="${XDG_RUNTIME_DIR:-/tmp}/mount-server-$(id -u)"
MOUNT_SERVER_SOCK_PATH="${MOUNT_SERVER_SOCK_PATH:-$SOCKET_DIR/sock}"
export MOUNT_SERVER_SOCK_PATH

mkdir -p "$MOUNT_DIR"
mkdir -p -m 700 "$(dirname "$MOUNT_SERVER_SOCK_PATH")"

if [ -r /dev/fuse ] && [ -w /dev/fuse ]; then
  mount-server --mount-dir "$MOUNT_DIR" --log-format json &
else
  mount-server --no-fuse --log-format json &
fi
server=$!

# Whoever stops the container stops both; what was written is committed, or kept in the stage directory.
stop() {
  kill -TERM "${job:-$server}" 2>/dev/null || true
  kill -TERM "$server" 2>/dev/null || true
}
trap stop TERM INT HUP QUIT

[ $# -gt 0 ] || { wait "$server"; exit; }

"$@" &
job=$!
code=0
wait "$job" || code=$?
kill -TERM "$server" 2>/dev/null || true
wait "$server" || true
exit "$code"
