# Sourced by the other scripts: makes sure that what package-lock.json names is installed, then
# leaves the path of a Node that runs TypeScript in $node, and that Node first in PATH.
cd "$(dirname "$0")/.." || exit 1

stamp=node_modules/.installed-lock
lock=$(cksum <package-lock.json)

install() {
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2 || exit 1
}

# npm leaves out builds that are not for the Node it runs on, and says nothing.
has_sharp() {
  for folder in node_modules/@img/sharp-*/; do
    case $folder in *sharp-libvips-* | *'*'*) ;; *) return 0 ;; esac
  done
  return 1
}

runs_typescript() {
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number)
    process.exit(a > 22 || (a === 22 && b >= 18) ? 0 : 1)' 2>/dev/null
}

find_node() {
  if runs_typescript node_modules/.bin/node; then
    node=$PWD/node_modules/.bin/node
  elif runs_typescript node; then
    node=$(command -v node)
  else
    echo "Plenary needs Node 22.18 or newer (24 recommended). Here: $(node --version 2>&1)." >&2
    exit 1
  fi
}

# With the Node that came in the first place, from a place that npm does not empty while it works.
install_with_own_node() {
  own=$(mktemp -d)
  cp -L "$node" "$own/node"
  (PATH=$own:$PATH install)
  status=$?
  rm -rf "$own"
  [ "$status" = 0 ] || exit 1
}

if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$lock" ] || ! has_sharp; then
  # npm writes this file last, so a newer one means that somebody ran npm by hand and it finished.
  if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
    echo 'Installing the dependencies (once per change of package-lock.json) …' >&2
    install
  fi
  find_node
  if ! has_sharp; then
    echo 'Installing them again for the newer Node …' >&2
    install_with_own_node
  fi
  if ! has_sharp; then
    echo "npm $(npm --version) left out sharp, which pictures need: run npm ci with Node 22.18 or newer." >&2
    exit 1
  fi
  printf '%s\n' "$lock" >"$stamp"
fi

find_node
PATH=$PWD/node_modules/.bin:$PATH
export PATH
