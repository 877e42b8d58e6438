#!/bin/sh
# mount-server with the Node.js beside it. It may be linked to from a directory on PATH, and is started without a PATH, too.
home=$(PATH=/usr/bin:/bin readlink -f "$0")
home=${home%/*}
# Node.js forgets that nohup asked to ignore SIGHUP, the lowest bit of SigIgn.
case "$(PATH=/usr/bin:/bin grep -s '^SigIgn:' "/proc/$$/status")" in *[13579bdf]) export MOUNT_SERVER_NOHUP=true ;; esac
exec "$home/node" "$home/lib/dist/main.js" "$@"
