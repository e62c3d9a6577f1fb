#!/usr/bin/env bash
# Installs the npm dependencies where they are missing or older than the lockfile, and says so.
# Everything else that the tests need (Debian packages, Go builds) they install themselves.
set -euo pipefail
cd "$(dirname "$0")/.."
# npm writes this file at the end of an installation.
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo 'Installing the npm dependencies, Node 24 among them: npm ci' >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
fi
