#!/bin/sh
# Runs the Cilium agent, inside a mount namespace of its own. A kernel built without modules has no
# /proc/modules, which the agent wants to read: there it gets a /proc of links plus that one file.
# Arguments: a folder for that, then the agent and its flags.
set -eu
folder=$1
shift
if [ ! -e /proc/modules ]; then
  mkdir -p "$folder/real" "$folder/links"
  mount --make-rprivate /
  mount --rbind /proc "$folder/real"
  mount -t tmpfs tmpfs "$folder/links"
  for entry in "$folder"/real/*; do ln -s "$entry" "$folder/links/${entry##*/}"; done
  : > "$folder/links/modules"
  mount --bind "$folder/links" /proc
fi
exec "$@"
