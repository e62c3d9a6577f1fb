/** Where a scanner runs, and whom it scans. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { eventually } from '../../e2e/harness/eventually.ts';
import type { Kubectl } from '../../e2e/harness/kubectl.ts';
import { processOf } from '../../e2e/harness/pod-process.ts';
import { Sample } from '../../e2e/harness/sample.ts';
import { type NetworkNamespaces, SYN } from '../../e2e/probe/network-namespaces.ts';

const run = promisify(execFile);

/** The one port of the target that stays open when it is locked. */
const LEFT_OPEN = 8_080;
/** What the sample listens on. */
export const LISTENED = [5_000, 8_080, 9_090];

export interface Vantage {
  /** The IP of the target, which listens on LISTENED. */
  readonly target: string;
  /** Runs a command there, and returns what it prints. */
  run(command: readonly string[]): Promise<string>;
  /** From now on nothing answers but port 8080, or everything does again. */
  lock(): Promise<void>;
  unlock(): Promise<void>;
}

/** A network namespace next to another, with nftables in between. */
export function namespaceVantage(network: NetworkNamespaces): Vantage {
  return {
    target: network.ipv4,
    run: (command) => network.run(network.client, command),
    lock: () => network.filter([`tcp dport ${LEFT_OPEN} accept`, `${SYN} drop`]),
    unlock: () => network.filter([]),
  };
}

/** The network namespace of a pod of the cluster, next to a pod of the sample with a NetworkPolicy. */
export async function podVantage(kubectl: Kubectl, namespace: string): Promise<Vantage> {
  const sample = await Sample.create(kubectl, namespace);
  const client = await sample.get('pod', 'multi-port-client');
  const pid = await processOf(client.metadata.uid);
  const [target = ''] = await sample.addresses();
  const closed = async (isClosed: boolean) => {
    const answer = () => sample.connect([9_090]);
    await eventually('the policy', answer, (seen) => (seen[9_090] === 'timeout') === isClosed);
  };
  return {
    target,
    run: async (command) => {
      const words = ['--target', String(pid), '--net', '--', ...command];
      return (await run('nsenter', words)).stdout;
    },
    lock: async () => {
      await kubectl.apply(policy(namespace));
      await closed(true);
    },
    unlock: async () => {
      await sample.run('delete', 'networkpolicy', 'lock', '--ignore-not-found');
      await closed(false);
    },
  };
}

function policy(namespace: string): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'lock', namespace },
    spec: {
      podSelector: { matchLabels: { app: 'multi-port-app' } },
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ port: LEFT_OPEN, protocol: 'TCP' }] }],
    },
  };
}
