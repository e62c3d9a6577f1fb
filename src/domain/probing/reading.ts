/**
 * What became of one connection attempt, as a fact about the network and never a verdict:
 * - `open`: the connection was made;
 * - `refused`: a reset, or an ICMP port-unreachable, came back;
 * - `filtered`: nothing came back in time;
 * - `unreachable`: the network said that there is no way there (no ARP answer, no route, ICMP
 *   host- or net-unreachable, administratively prohibited);
 * - `error`: this machine could not try; it says nothing about the port.
 */
export type Outcome = 'open' | 'refused' | 'filtered' | 'unreachable' | 'error';

/** Every outcome, in the order in which reports name them. */
export const OUTCOMES: readonly Outcome[] = ['open', 'refused', 'filtered', 'unreachable', 'error'];

/**
 * What a prober saw of one IP. A sweep lists only what differs from the crowd, so that a report on
 * 65,535 ports stays small.
 */
export interface Reading {
  ip: string;
  /** When the first connection was started, in milliseconds since the epoch. */
  startedAt: number;
  /** When the last port's outcome was known, in milliseconds since the epoch. */
  endedAt: number;
  /** Of a list of ports: every asked port. Of a sweep: the open ports, the lowest 1,024 of them. */
  ports: ReadonlyMap<number, Outcome>;
  /** How many ports had which outcome; the sum is the number of ports asked. */
  counts: Record<Outcome, number>;
  /** False where ports could not be tried because this machine was short of something. */
  complete: boolean;
  /** Why the reading is incomplete, or has errors, or lists fewer open ports than it counts. */
  note?: string;
}
