#!/bin/sh
# Runs the Cilium agent, inside a mount namespace of its own. A kernel built without modules has no
# /proc/modules, which the agent wants to read: there it gets a /proc of links plus that one file. With
# IPv6 it insists on modules for ip6tables, though it is told to install no rules: it is shown them.
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
  for module in ip6_tables ip6table_mangle ip6table_raw ip6table_filter; do
    echo "$module 0 0 - Live 0x0"
  done > "$folder/links/modules"
  mount --bind "$folder/links" /proc
fi
exec "$@"
