import type { Pod } from '../workload/workload.ts';
import { WELL_KNOWN_PORTS } from './well-known-ports.ts';

/** What a replica has to ask in every interval, and how fast it may. */
export interface ProbeLoad {
  /** How many pods. */
  pods: number;
  /** Connections a second; 0 for as many as go. */
  rate: number;
  /** In ms. */
  interval: number;
}

/** Connections that a locked pod takes: silence is an answer only after the third. */
const CONNECTIONS = 3 * (WELL_KNOWN_PORTS.length + 10);
/** Of all connections, so many are for rounds that are due; the rest is for what changes, and is read again. */
const FOR_ROUNDS = 0.75;

/** The share of the pods that rounds may ask, above 0 and up to 1, so that every workload has one in an interval. */
export function shareToAsk({ pods, rate, interval }: ProbeLoad): number {
  const most = (FOR_ROUNDS * rate * interval) / 1000 / CONNECTIONS;
  return rate === 0 || pods <= most ? 1 : most / pods;
}

/** Which pods a round asks. */
export interface SampleTerms {
  /** Above 0 and up to 1. */
  share: number;
  /** The uids of pods that are asked in any case. */
  always: readonly string[];
  /** Another number, other pods: one more each time has all asked in the end. */
  turn: number;
}

/** Of the pods of each template a share, at least one, from as many nodes as there are, in the order in which they were. */
export function sampled(pods: readonly Pod[], { share, always, turn }: SampleTerms): Pod[] {
  const chosen = new Set(always);
  for (const ofTemplate of Map.groupBy(pods, ({ templateHash }) => templateHash).values()) {
    const count = Math.max(1, Math.floor(share * ofTemplate.length));
    const ordered = acrossNodes(ofTemplate);
    for (let at = 0; at < count; at++) {
      const pod = ordered[(turn * count + at) % ordered.length];
      if (pod) chosen.add(pod.uid);
    }
  }
  return pods.filter(({ uid }) => chosen.has(uid));
}

/** One pod of each node, then a second one of each, and so on. */
function acrossNodes(pods: readonly Pod[]): Pod[] {
  const nodes = [...Map.groupBy(pods, ({ node }) => node).values()];
  const most = Math.max(...nodes.map(({ length }) => length));
  return Array.from({ length: most }, (_, at) =>
    nodes.flatMap((ofNode) => ofNode[at] ?? []),
  ).flat();
}
