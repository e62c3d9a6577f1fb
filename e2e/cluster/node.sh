#!/bin/sh
# A node's file systems, inside the mount namespace that unshare has just made: whatever the node's
# programs mount, write outside their folder or set in the kernel stays in here and ends with them.
# Then holds the namespaces open. Argument: the node's folder.
set -eu
folder=$1
mkdir -p "$folder/log" "$folder/sysctl" "$folder/cgroup"

mount -n -t tmpfs -o mode=755 tmpfs /run # first and -n, as mount takes notes in /run
mount -t tmpfs -o mode=755 tmpfs /var/lib
mount --bind "$folder/log" /var/log

# A sysfs that shows this network namespace's devices, with the control groups where they were.
mount --rbind /sys/fs/cgroup "$folder/cgroup"
mount -t sysfs sysfs /sys
mount --rbind "$folder/cgroup" /sys/fs/cgroup
umount -R -l "$folder/cgroup"
mount -t bpf bpf /sys/fs/bpf

# The kernel settings that kubelet and Cilium insist on are the machine's: they get copies to write.
for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops \
  kernel/keys/root_maxkeys kernel/keys/root_maxbytes kernel/unprivileged_bpf_disabled kernel/timer_migration; do
  [ -e "/proc/sys/$setting" ] || continue
  copy=$folder/sysctl/$(echo "$setting" | tr / .)
  cat "/proc/sys/$setting" > "$copy"
  mount --bind "$copy" "/proc/sys/$setting"
done
mount --make-rshared / # kubelet's volumes have to reach the containers

# The settings of the network namespace.
echo 1 > /proc/sys/net/ipv4/ip_forward
[ ! -e /proc/sys/net/ipv6 ] || echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
for device in all default; do echo 0 > "/proc/sys/net/ipv4/conf/$device/rp_filter"; done
# A killed program's connections to the other node would keep the namespace for minutes.
echo 1 > /proc/sys/net/ipv4/tcp_orphan_retries

: > "$folder/ready"
exec sleep infinity
