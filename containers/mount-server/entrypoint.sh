#!/bin/sh
# Starts mount-server as the user of the notebook, with a config file that may be written: a Secret is mounted read-only, and logins
# are kept in the file.
set -eu

# Some nodes let root alone use the device. What is changed is the device of this container.
if [ "$(id -u)" = 0 ]; then
  [ ! -e /dev/fuse ] || chmod 0666 /dev/fuse
  exec setpriv --reuid="$RUN_AS_UID" --regid="$RUN_AS_GID" --clear-groups -- "$0" "$@"
fi

if [ -n "${PACH_CONFIG_FROM:-}" ] && [ ! -e "$PACH_CONFIG" ]; then
  (umask 077 && cat -- "$PACH_CONFIG_FROM" > "$PACH_CONFIG.new" && mv -- "$PACH_CONFIG.new" "$PACH_CONFIG")
fi

exec mount-server "$@"
