import { familyOf } from '../domain/match/ip-family.ts';
import type { Outcome } from '../domain/probing/reading.ts';

/** What a probe of every planned pod sees: `open` and `refused` ports, all others `otherwise`. */
export interface Network {
  open: readonly number[];
  refused?: readonly number[];
  otherwise: Outcome;
  /** What it sees over IPv6, where that is something else. */
  overIPv6?: Network;
}

/** What is seen over the family of an address. */
export function seenOver(ip: string, network: Network): Network {
  return familyOf(ip) === 'IPv6' ? (network.overIPv6 ?? network) : network;
}

/** What becomes of a connection to a port. */
export function outcomeOf(number: number, { open, refused, otherwise }: Network): Outcome {
  if (open.includes(number)) return 'open';
  return refused?.includes(number) ? 'refused' : otherwise;
}

/** Of a reading in which nothing was seen. */
export const NO_COUNTS = { open: 0, refused: 0, filtered: 0, unreachable: 0, error: 0 };

/** How many of all ports show what. */
export function sweptCounts(seen: Network): Record<Outcome, number> {
  const counts = { ...NO_COUNTS };
  const named = new Set([...seen.open, ...(seen.refused ?? [])]);
  for (const number of named) counts[outcomeOf(number, seen)] += 1;
  counts[seen.otherwise] += 65_535 - named.size;
  return counts;
}
