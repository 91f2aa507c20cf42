#!/bin/sh
# Runs the test suite; further arguments go to vitest.
. "$(dirname "$0")/node.sh"
exec "$node" node_modules/vitest/vitest.mjs run "$@"
