#!/bin/sh
# Runs the tests; further arguments go to vitest. `watch` as the first keeps running what a change concerns.
. "$(dirname "$0")/node.sh"
mode=run
if [ "${1-}" = watch ]; then
  mode=watch
  shift
fi
exec "$node" node_modules/vitest/vitest.mjs "$mode" "$@"
