#!/bin/bash
# Installs the report's plotting library, exactly as package-lock.json pins it,
# and runs none of its scripts. Does nothing when that is done already.
set -euo pipefail

cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")"

readonly installed=node_modules/installed-lock.json
cmp --silent package-lock.json "$installed" && exit 0

if ! command -v npm >/dev/null; then
  echo "install.sh: npm is missing: apt-get install npm" >&2
  exit 1
fi
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
cp package-lock.json "$installed"
