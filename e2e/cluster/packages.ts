import { join } from 'node:path';

import { ClusterError } from './cluster-error.ts';
import { run } from './command.ts';
import type { Say } from './progress.ts';
import { isProvided } from './search-path.ts';
import type { Network } from './topology.ts';

/** A Debian package, and the command (in PATH) or file (from the root) that it is needed for. */
export interface Requirement {
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
  { package: 'python3', provides: 'python3' }, // for the servers of e2e/probe
  { package: 'runc', provides: 'runc' },
  { package: 'util-linux', provides: 'nsenter' },
];

const forCilium: readonly Requirement[] = [
  { package: 'bpftool', provides: 'bpftool' },
  { package: 'ipset', provides: 'ipset' },
  { package: 'iptables', provides: 'iptables' },
];

// Each release of Debian has some. To 19, some of Cilium's sources are errors.
const clangVersions = [16, 17, 15, 14];

/** Where Debian puts the programs of a version of clang. */
function clangFolder(version: number): string {
  return `/usr/lib/llvm-${version}/bin`;
}

/** The folder of the best clang that this machine has; undefined if it has none. */
export function findClang(provided: IsProvided = isProvided): string | undefined {
  return clangVersions.map(clangFolder).find((folder) => provided(join(folder, 'clang')));
}

function missingOf(required: readonly Requirement[], provided: IsProvided): string[] {
  return required
    .filter(({ provides }) => !provided(provides))
    .map((requirement) => requirement.package);
}

type IsProvided = (commandOrFile: string) => boolean;

/**
 * The packages that this network needs and that are missing, in alphabetical order. Of packages
 * that do equally, separated by `|`, one is enough.
 */
export function missingPackages(network: Network, provided: IsProvided): string[] {
  const required = network === 'cilium' ? [...always, ...forCilium] : always;
  const missing = missingOf(required, provided);
  if (network === 'cilium' && findClang(provided) === undefined) {
    missing.push(clangVersions.map((version) => `clang-${version}`).join('|'));
  }
  return missing.sort();
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
  await install(() => missingPackages(network, isProvided), say, signal);
}

/** The same for what only some tests need. */
export async function installRequired(
  required: readonly Requirement[],
  say: Say,
  signal: AbortSignal | undefined,
): Promise<void> {
  await install(() => missingOf(required, isProvided), say, signal);
}

async function install(
  findMissing: () => string[],
  say: Say,
  signal: AbortSignal | undefined,
): Promise<void> {
  const missing = findMissing();
  if (missing.length === 0) return;
  if (!isProvided('apt-get')) {
    throw new ClusterError(`These Debian packages are missing: ${missing.join(' ')}`);
  }
  say(`installing the Debian packages ${missing.join(' ')}`);
  // In a session of its own and without the signal: an interrupted dpkg leaves a broken system.
  // In run level 1 packages start no service.
  const environment = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const aptGet = ['setsid', '--wait', 'apt-get', '--quiet', '-o', 'DPkg::Lock::Timeout=120'];
  await run([...aptGet, 'update'], { environment });
  const chosen = await Promise.all(missing.map((names) => chooseAvailable(names.split('|'))));
  signal?.throwIfAborted();
  await run([...aptGet, 'install', '--yes', '--no-install-recommends', '--no-remove', ...chosen], {
    environment,
  });
  const still = findMissing();
  if (still.length > 0) {
    throw new ClusterError(`Installed, yet what they provide is missing: ${still.join(' ')}`);
  }
}

/** The first of the packages that this machine's release has; the first of all if it has none. */
async function chooseAvailable(names: readonly string[]): Promise<string> {
  for (const name of names) {
    const isAvailable = await run(['apt-cache', 'show', '--quiet', name]).then(
      () => true,
      () => false,
    );
    if (isAvailable) return name;
  }
  return names[0] ?? '';
}
