#!/bin/sh
':' //; PATH="${PATH:+$PATH:}${0%/*}:/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin" exec node "$0" "$@"
// Launchers may start this without a PATH, in which `env` would look for node; to a shell, this file ends above.
import '../dist/main.js'
