#!/bin/sh
# mount-server with the Node.js beside it. It may be linked to from a directory on PATH, and is started without a PATH, too.
home=$(PATH=/usr/bin:/bin readlink -f "$0")
home=${home%/*}
exec "$home/node" "$home/lib/dist/main.js" "$@"
