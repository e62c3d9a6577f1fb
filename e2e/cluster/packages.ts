import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { ClusterError } from './cluster-error.ts';
import { run } from './command.ts';
import type { Say } from './progress.ts';
import type { Network } from './topology.ts';

/** A Debian package, and the command (in PATH) or file (from the root) that it is needed for. */
interface Requirement {
  readonly package: string;
  readonly provides: string;
}

const always: readonly Requirement[] = [
  { package: 'buildah', provides: 'buildah' },
  { package: 'busybox-static', provides: 'busybox' },
  { package: 'ca-certificates', provides: '/etc/ssl/certs/ca-certificates.crt' },
  { package: 'containerd', provides: 'containerd' },
  { package: 'containernetworking-plugins', provides: '/usr/lib/cni/ptp' },
  { package: 'iproute2', provides: 'ip' },
  { package: 'nftables', provides: 'nft' },
  { package: 'openssl', provides: 'openssl' },
  { package: 'runc', provides: 'runc' },
  { package: 'util-linux', provides: 'nsenter' },
];

const forCilium: readonly Requirement[] = [
  { package: 'bpftool', provides: 'bpftool' },
  { package: 'clang-16', provides: '/usr/lib/llvm-16/bin/clang' },
  { package: 'ipset', provides: 'ipset' },
  { package: 'iptables', provides: 'iptables' },
];

/** The packages that this network needs and that are missing, in alphabetical order. */
export function missingPackages(
  network: Network,
  isProvided: (commandOrFile: string) => boolean,
): string[] {
  const required = network === 'cilium' ? [...always, ...forCilium] : always;
  return required
    .filter(({ provides }) => !isProvided(provides))
    .map((requirement) => requirement.package)
    .sort();
}

/** Whether there is such a command in PATH or the usual places of root, or such a file. */
export function isProvided(commandOrFile: string): boolean {
  if (commandOrFile.startsWith('/')) return existsSync(commandOrFile);
  const path = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return path.some((directory) => existsSync(join(directory, commandOrFile)));
}

/**
 * Installs the missing packages where this machine has apt-get; throws a ClusterError that names
 * them all where it hasn't. A command counts, wherever it came from: another packaging of
 * containerd is as good, and apt-get may remove nothing for ours.
 */
export async function installPackages(
  network: Network,
  say: Say,
  signal: AbortSignal | undefined,
): Promise<void> {
  const missing = missingPackages(network, isProvided);
  if (missing.length === 0) return;
  const names = missing.join(' ');
  if (!isProvided('apt-get')) throw new ClusterError(`These Debian packages are missing: ${names}`);
  say(`installing the Debian packages ${names}`);
  // In a session of its own and without the signal: an interrupted dpkg leaves a broken system.
  const environment = { DEBIAN_FRONTEND: 'noninteractive' };
  const aptGet = ['setsid', '--wait', 'apt-get', '--quiet', '-o', 'DPkg::Lock::Timeout=120'];
  await run([...aptGet, 'update'], { environment });
  signal?.throwIfAborted();
  await run([...aptGet, 'install', '--yes', '--no-install-recommends', '--no-remove', ...missing], {
    environment,
  });
  const still = missingPackages(network, isProvided);
  if (still.length > 0) {
    throw new ClusterError(`Installed, yet what they provide is missing: ${still.join(' ')}`);
  }
}
