#!/usr/bin/env bash
# Makes what is attached to a release: scripts/release/assets.sh FOLDER IMAGE_DIGEST
set -euo pipefail
digest=$2
[[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || {
  echo "assets.sh: \"$digest\" is no digest of an image: give one such as sha256: and 64 digits" >&2
  exit 2
}
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
version=$(node -p 'require("./package.json").version')
scripts/release/pack.sh "$out" >&2
node scripts/release/sbom.ts > "$out/portlock-$version.cdx.json"
# The digest as well as the tag: nobody can put another image in its place.
sed "s|image: .*:v$version\$|&@$digest|" dist/install.yaml > "$out/install.yaml"
# By its own name it would be taken for the package for npm.
chart=$(mktemp -d)
trap 'rm -rf "$chart"' EXIT
helm package charts/portlock --destination "$chart" >&2
mv "$chart/portlock-$version.tgz" "$out/portlock-chart-$version.tgz"
cd "$out"
sha256sum -- * > SHA256SUMS
