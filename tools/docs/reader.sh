# What a reader has before the first command of a page: a network of one's own, and eyes that see when a program listens.
set -eu
cd "$HOME"
# Loopback; some systems bring it up with the network.
if command -v ip > /dev/null; then ip link set lo up; fi

# Listening sockets, without those that have a name and no file.
listeners() {
  cat /proc/net/tcp /proc/net/tcp6 /proc/net/unix | awk '$4 == "0A" || ($4 == "00010000" && $8 !~ /^@/)' | wc -l
}

# Waits until the program that was started last listens; fails when it ended.
until_it_listens() {
  until [ "$(listeners)" -gt "$1" ]; do
    kill -0 "$2" 2>/dev/null || { echo "it ended before it listened" >&2; exit 1; }
    sleep 0.05
  done
}
