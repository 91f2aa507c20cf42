#!/bin/sh
# What a change passes before it is committed, in seconds: format and lint, types, structure, unit tests, all at once.
. "$(dirname "$0")/node.sh"

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
biome ci >"$logs/lint" 2>&1 &
lint=$!
node_modules/@typescript/native/bin/tsc --noEmit >"$logs/types" 2>&1 &
types=$!
"$node" node_modules/vitest/vitest.mjs run --project unit >"$logs/unit" 2>&1 &
unit=$!
"$node" scripts/house.ts >"$logs/house" 2>&1 &
house=$!

status=0
finish() {
  if wait "$2"; then
    echo "$1: ok"
  else
    status=1
    echo "$1: FAILED"
    cat "$logs/$1"
  fi
}
finish lint "$lint"
finish types "$types"
finish house "$house"
finish unit "$unit"
exit "$status"
