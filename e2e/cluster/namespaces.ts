import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { ClusterError } from './cluster-error.ts';
import { run } from './command.ts';
import { type Component, startComponent } from './component.ts';
import { sources } from './directories.ts';
import { link, type NodeAddresses, type NodeNetwork, type Ranges } from './topology.ts';
import { waitUntil } from './wait.ts';

/** A node whose namespaces exist and whose programs can be started. */
export interface Node extends NodeAddresses {
  /** Everything that the node writes. */
  readonly folder: string;
  readonly logs: string;
  /** The process that holds its namespaces. */
  readonly holder: Component;
}

/** The words before a command that run it in the network namespace of a process. */
export function inNetworkOf(pid: number): string[] {
  return ['nsenter', '--target', `${pid}`, '--net', '--'];
}

/** The words before a command that run it on a node: in its network and its file systems. */
export function onNode(pid: number): string[] {
  return ['nsenter', '--target', `${pid}`, '--net', '--mount', '--'];
}

/**
 * Makes the nodes' network and mount namespaces, and connects them and this machine by a switch: a
 * bridge in a namespace of its own, out of reach of this machine's firewall. No namespace has a
 * route to anywhere else, so no packet of the cluster can leave this machine.
 * The namespaces are nameless: they last as long as the processes in them.
 */
export async function makeNamespaces(
  state: string,
  nodes: readonly NodeAddresses[],
  ranges: readonly Ranges[],
  signal: AbortSignal | undefined,
): Promise<[Node, ...Node[]]> {
  const logs = join(state, 'log');
  await mkdir(logs, { recursive: true });
  await checkRanges(ranges, signal);
  const networkSwitch = await startComponent({
    name: 'switch',
    command: ['unshare', '--net', 'sh', '-c', `: > ${join(state, 'switch')}; exec sleep infinity`],
    log: join(logs, 'switch.log'),
  });
  const made = await Promise.all(nodes.map((node) => makeNode(state, logs, node)));
  const holders = [networkSwitch, ...made.map(({ holder }) => holder)];
  const ready = [join(state, 'switch'), ...made.map(({ folder }) => join(folder, 'ready'))];
  await waitUntil(
    async () => {
      for (const holder of holders) holder.check();
      return ready.every((path) => existsSync(path));
    },
    { what: 'the namespaces', timeoutMilliseconds: 60_000, intervalMilliseconds: 10, signal },
  );
  await connect(networkSwitch.pid, made, signal);
  return made as [Node, ...Node[]];
}

async function makeNode(state: string, stateLogs: string, node: NodeAddresses): Promise<Node> {
  const folder = join(state, node.name);
  const logs = join(stateLogs, node.name);
  await mkdir(folder, { recursive: true });
  await mkdir(logs, { recursive: true });
  const holder = await startComponent({
    name: node.name,
    command: [
      'unshare',
      '--net',
      '--mount',
      '--propagation',
      'private',
      'sh',
      join(sources, 'node.sh'),
      folder,
    ],
    log: join(logs, 'namespaces.log'),
  });
  return { ...node, folder, logs, holder };
}

/** Throws a ClusterError where this machine has routes that would get packets of the cluster. */
async function checkRanges(
  ranges: readonly Ranges[],
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const range of ranges.flatMap(({ pods, services, nodes }) => [pods, services, nodes])) {
    const [route] = (await run(['ip', 'route', 'show', 'root', range], { signal })).split('\n');
    if (route) throw new ClusterError(`${range} is in use on this machine already: ${route}`);
  }
}

async function connect(
  networkSwitch: number,
  nodes: readonly Node[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const batch = async (pid: number | undefined, lines: readonly string[]) => {
    const inside = pid === undefined ? [] : inNetworkOf(pid);
    const input = lines.map((line) => `${line}\n`).join('');
    await run([...inside, 'ip', '-batch', '-'], { input, signal });
  };
  await batch(networkSwitch, ['link add switch type bridge', 'link set switch up']);
  await batch(undefined, [
    `link add ${link} type veth peer name machine netns ${networkSwitch}`,
    `link set ${link} up`,
    ...(nodes[0]?.networks ?? []).flatMap(({ ranges, address }) => [
      addAddress(ranges.machine, ranges, link),
      // By way of the first node, which knows the way to all pods and Services, or that there is none.
      ...[ranges.pods, ranges.services].map((range) => `route add ${range} via ${address}`),
    ]),
  ]);
  for (const { holder, name, networks } of nodes) {
    await batch(networkSwitch, [`link add ${name} type veth peer name eth0 netns ${holder.pid}`]);
    const others = nodes.filter((other) => other.name !== name);
    await batch(holder.pid, [
      'link set lo up',
      'link set eth0 up',
      ...networks.flatMap(({ ranges, address }, index) => [
        addAddress(address, ranges, 'eth0'),
        ...others.map((other) => routeToPods(other.networks[index])),
        // Where the programs find no pod,
        `route add blackhole ${ranges.pods}`,
        // or kube-proxy no endpoint. A blackhole there would stop a packet before kube-proxy sees it.
        `route add ${ranges.services} dev lo src ${address}`,
      ]),
    ]);
  }
  await batch(
    networkSwitch,
    ['machine', ...nodes.map(({ name }) => name)].flatMap((port) => [
      `link set ${port} master switch`,
      `link set ${port} up`,
    ]),
  );
}

function addAddress(address: string, { family, nodes }: Ranges, device: string): string {
  const prefix = nodes.split('/')[1];
  // Nobody else is on the link: an IPv6 address can be used at once.
  const usable = family === 'ipv6' ? ' nodad' : '';
  return `address add ${address}/${prefix} dev ${device}${usable}`;
}

function routeToPods(other: NodeNetwork | undefined): string {
  return `route add ${other?.pods} via ${other?.address}`;
}
