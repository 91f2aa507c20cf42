# Sourced by the other scripts: makes sure that what package-lock.json names is installed, then
# leaves the path of a Node that runs TypeScript in $node, and that Node first in PATH.
cd "$(dirname "$0")/.." || exit 1

stamp=node_modules/.installed-lock
lock=$(cksum <package-lock.json)
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$lock" ]; then
  # npm writes this file last, so a newer one means that somebody ran npm by hand and it finished.
  if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
    echo 'Installing the dependencies (once per change of package-lock.json) …' >&2
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2 || exit 1
  fi
  printf '%s\n' "$lock" >"$stamp"
fi

runs_typescript() {
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number)
    process.exit(a > 22 || (a === 22 && b >= 18) ? 0 : 1)' 2>/dev/null
}

if runs_typescript node_modules/.bin/node; then
  node=$PWD/node_modules/.bin/node
elif runs_typescript node; then
  node=$(command -v node)
else
  echo "Plenary needs Node 22.18 or newer (24 recommended). Here: $(node --version 2>&1)." >&2
  exit 1
fi
PATH=$PWD/node_modules/.bin:$PATH
export PATH
