#!/usr/bin/env bash
# Packs what `npm publish` is to publish, and says where it is: scripts/release/pack.sh FOLDER
# The program is one bundle, so that the package depends on nothing.
set -euo pipefail
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
package=$(mktemp -d)
trap 'rm -rf "$package"' EXIT
npx rolldown --config rolldown.config.ts --dir "$package/dist" >&2
cp package.json LICENSE README.md CHANGELOG.md "$package"
cd "$package"
npm pkg delete dependencies devDependencies optionalDependencies overrides scripts
# npm takes a package with provenance only where this is the repository that built it.
if [ -n "${GITHUB_REPOSITORY:-}" ]; then
  npm pkg set repository.type=git "repository.url=git+https://github.com/$GITHUB_REPOSITORY.git"
fi
echo "$out/$(npm pack --silent --pack-destination "$out")"
