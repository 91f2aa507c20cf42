#!/bin/sh
# npm start again after every change of a file that it has loaded.
. "$(dirname "$0")/node.sh"
exec "$node" --watch --watch-preserve-output infra/local/start.ts "$@"
