import type { PortList } from '../domain/exposure/port-list.ts';
import { delay } from '../kube/deadline.ts';
import { listenAsCanary } from '../probe/canary.ts';
import { Prober } from '../probe/prober.ts';
import { type AskedAddress, type PeerRound, roundLine } from './peer/round.ts';
import { scan } from './probe/scan.ts';
import type { Streams } from './streams.ts';

/** The arguments of `portlock peer`, parsed. */
export interface PeerFlags {
  /** Ports to listen on. */
  listen: readonly number[];
  ask: readonly { address: string; ports: PortList }[];
  /** Ports to ask for at each address, too. */
  common: PortList;
  /** Whether to ask again and again, all addresses at a time; or each of them once. */
  again: boolean;
  /** Connections a second; 0 for as many as go. */
  rate: number;
  /** Milliseconds. */
  timeout: number;
  deleteNamespace: string | undefined;
}

/** Between two rounds, in ms: what happens is known so closely. */
const PACE = 100;
const MOST_CONNECTIONS = 1_024;
/** Addresses that are asked at a time where each is asked once. */
const AT_A_TIME = 32;

/**
 * Listens and asks in a pod until it is told to end; or, where it has nothing else to do, until all has been asked once. Tells of each round in a line of JSON.
 * @throws an error with `code` EADDRINUSE where a port is in use
 */
export async function runPeer(
  { listen, ask, common, again, rate, timeout, deleteNamespace }: PeerFlags,
  { stdout }: Pick<Streams, 'stdout'>,
  signal: AbortSignal,
): Promise<void> {
  const endNamespace = deleteNamespace === undefined ? undefined : await janitorOf(deleteNamespace);
  const servers = await Promise.all(listen.map(listenAsCanary));
  const prober = new Prober({
    connectionsPerSecond: rate,
    maximumInFlight: MOST_CONNECTIONS,
    timeoutMilliseconds: timeout,
  });
  try {
    const tell = (round: PeerRound) => stdout(roundLine(round));
    if (again) await askAgain(prober, ask, tell, signal);
    else await askAll(prober, ask, common, tell, signal);
    // Who listens, or is to delete the namespace in the end, waits for that.
    const waits = listen.length > 0 || deleteNamespace !== undefined;
    if (!signal.aborted && waits)
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    for (const server of servers) server.close();
    await prober.close();
    await endNamespace?.();
  }
}

async function askAgain(
  prober: Prober,
  ask: PeerFlags['ask'],
  tell: (round: PeerRound) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const startedAt = performance.now();
    const addresses = await Promise.all(
      ask.map(async ({ address, ports }): Promise<AskedAddress> => {
        const job = { ip: address, ports, priority: 'check' } as const;
        const { ports: outcomes, complete, note = '' } = await prober.probe(job, signal);
        return { address, outcomes, complete, doubt: '', note };
      }),
    );
    await tell({ milliseconds: performance.now() - startedAt, addresses });
    await delay(PACE, signal);
  }
}

/** Several at a time: an address that is silent takes seconds. */
async function askAll(
  prober: Prober,
  ask: PeerFlags['ask'],
  common: PortList,
  tell: (round: PeerRound) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const waiting = ask.values();
  const work = async () => {
    for (const { address, ports } of waiting)
      await tell(await askOnce(prober, { address, ports: union(ports, common) }, signal));
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
}

function union(some: PortList, others: PortList): PortList {
  if (some === 'all' || others === 'all') return 'all';
  return [...new Set([...some, ...others])].sort((a, b) => a - b);
}

async function askOnce(
  prober: Prober,
  { address, ports }: PeerFlags['ask'][number],
  signal: AbortSignal,
): Promise<PeerRound> {
  const startedAt = performance.now();
  const first = ports === 'all' ? [] : ports;
  const order = { address, asked: ports, first, onProgress: () => {} };
  const { doubt = '', ...seen } = await scan(prober, order, signal);
  return {
    milliseconds: performance.now() - startedAt,
    addresses: [{ address, ...seen, doubt }],
  };
}

/** What deletes the namespace, as the account of this pod may. It may be gone already, or going. */
async function janitorOf(name: string): Promise<() => Promise<void>> {
  const [{ KubeClient }, { loadKubeConfig }, { NAMESPACES }] = await Promise.all([
    import('../kube/client.ts'),
    import('../kube/kubeconfig.ts'),
    import('../kube/resources.ts'),
  ]);
  const client = new KubeClient({ kubeConfig: loadKubeConfig() });
  return () => client.delete(NAMESPACES, { name }).catch(() => {});
}
