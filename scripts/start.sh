#!/bin/sh
# Starts everything on this machine. `exec`, so that a signal reaches Node and not a shell.
. "$(dirname "$0")/node.sh"
exec "$node" infra/local/start.ts "$@"
