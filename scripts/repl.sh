#!/bin/sh
# A prompt inside the process that serves everything; `exec`, so that signals reach Node.
. "$(dirname "$0")/node.sh"
exec "$node" scripts/repl.ts "$@"
