import { randomInt } from 'node:crypto';
import type { PortList } from '../../domain/exposure/port-list.ts';
import { drawDecoys } from '../../domain/probing/decoys.ts';
import type { Outcome, Reading } from '../../domain/probing/reading.ts';
import { LAST_PORT } from '../../probe/job.ts';
import type { Prober } from '../../probe/prober.ts';

/** What was seen of one address. */
export interface Scan {
  outcomes: ReadonlyMap<number, Outcome>;
  /** Whether all ports that were asked for were tried. */
  complete: boolean;
  /** Why a connection proves nothing there; undefined where it does. */
  doubt: string | undefined;
  /** What the prober had to say; empty where nothing. */
  note: string;
}

export interface ScanOrder {
  address: string;
  asked: PortList;
  /** Asked first, and patiently; of all ports, these are the ones that matter most. */
  first: readonly number[];
  onProgress: (done: number) => void;
}

/** A longer list is asked as a sweep is: a silent port is not waited for a second time. */
const LONGEST_CHECK = 1_024;

/**
 * Probes one address: three ports on which nobody can be expected to listen, with what matters most,
 * then the rest. The rest is left out where it can show nothing: where every port answers, and where
 * the network says that there is no way.
 * @throws as Prober.probe
 */
export async function scan(
  prober: Prober,
  { address, asked, first, onProgress }: ScanOrder,
  signal: AbortSignal,
): Promise<Scan> {
  const decoys = drawDecoys(first, randomInt);
  const base = { ip: address, priority: 'check' } as const;
  const now = asked === 'all' ? first : asked;
  const priority = now.length > LONGEST_CHECK ? 'sweep' : 'check';
  let before = 0;
  const progress = { onProgress: (done: number) => onProgress(before + done) };
  const [onDecoys, early] = await Promise.all([
    prober.probe({ ...base, ports: decoys }, signal),
    prober.probe({ ...base, ports: now, priority }, signal, progress),
  ]);
  const answersAll = decoys.every((port) => onDecoys.ports.get(port) === 'open');
  const doubt = answersAll
    ? `every port answers here, ${decoys.join(', ')} too: a connection proves nothing`
    : undefined;
  if (asked !== 'all') return { ...merged([early]), doubt };
  if (answersAll || !hasWay(early)) return { ...merged([early]), complete: false, doubt };
  // What has answered is asked again, among the others: it tells silence from loss.
  const expected = now.filter((port) => isAnswer(early.ports.get(port)));
  const silent = new Set(now.filter((port) => !expected.includes(port)));
  before = silent.size;
  const rest = allPorts().filter((port) => !silent.has(port));
  const order = { ...base, ports: rest, expected, priority: 'sweep' } as const;
  const late = await prober.probe(order, signal, progress);
  return { ...merged([early, late]), doubt };
}

/** How many ports a scan asks at most, decoys aside. */
export function portsOf(asked: PortList): number {
  return asked === 'all' ? LAST_PORT : asked.length;
}

function isAnswer(outcome: Outcome | undefined): boolean {
  return outcome === 'open' || outcome === 'refused';
}

function hasWay({ counts }: Reading): boolean {
  return counts.open + counts.refused + counts.filtered > 0;
}

function merged(readings: readonly Reading[]): Omit<Scan, 'doubt'> {
  return {
    outcomes: new Map(readings.flatMap(({ ports }) => [...ports])),
    complete: readings.every(({ complete }) => complete),
    note: readings.flatMap(({ note }) => note ?? []).join('; '),
  };
}

function allPorts(): number[] {
  return Array.from({ length: LAST_PORT }, (_, index) => index + 1);
}
