import type { Outcome, Reading } from '../domain/reading.ts';

/** A reading lists no more open ports of a sweep than this; its counts are always complete. */
export const MOST_OPEN_PORTS_LISTED = 1_024;

/** What is known of the ports of a task, which may be a part of a job's. */
export interface Tally {
  ip: string;
  isSweep: boolean;
  /** In milliseconds since the epoch. */
  startedAt: number;
  endedAt: number;
  /** Of a list of ports all, of a sweep the open ones, the lowest 1,024 of them. */
  ports: ReadonlyMap<number, Outcome>;
  counts: Record<Outcome, number>;
  /** The errno names of errors, and how many ports ended in each. */
  reasons: ReadonlyMap<string, number>;
  /** Why ports were left untried, and how many. */
  untried?: { reason: string; ports: number };
  /** Silent ports that may be silent only because the target hardly answers any more. */
  doubtful: number;
}

/**
 * Makes the reading of a job.
 * @param tallies one or more, of different ports of the same IP
 */
export function readingOf(tallies: readonly Tally[]): Reading {
  const counts: Record<Outcome, number> = {
    open: 0,
    refused: 0,
    filtered: 0,
    unreachable: 0,
    error: 0,
  };
  for (const tally of tallies)
    for (const outcome of Object.keys(counts) as Outcome[])
      counts[outcome] += tally.counts[outcome];
  const isSweep = tallies.some((tally) => tally.isSweep);
  const listed = tallies.flatMap(({ ports }) => [...ports]).sort(([a], [b]) => a - b);
  const reading: Reading = {
    ip: tallies[0]?.ip ?? '',
    startedAt: Math.min(...tallies.map(({ startedAt }) => startedAt)),
    endedAt: Math.max(...tallies.map(({ endedAt }) => endedAt)),
    ports: new Map(isSweep ? listed.slice(0, MOST_OPEN_PORTS_LISTED) : listed),
    counts,
    complete: tallies.every(({ untried, doubtful }) => untried === undefined && doubtful === 0),
  };
  const note = noteOf(tallies, isSweep ? counts.open : 0);
  return note === '' ? reading : { ...reading, note };
}

function noteOf(tallies: readonly Tally[], openInSweep: number): string {
  const parts: string[] = [];
  for (const { untried } of tallies)
    if (untried !== undefined)
      parts.push(
        `gave up after 5 s without a connection that could be started (${untried.reason}); ${untried.ports} ports were not tried`,
      );
  const doubtful = tallies.reduce((sum, tally) => sum + tally.doubtful, 0);
  if (doubtful > 0)
    parts.push(
      `${doubtful} ports were silent, but so were ports that had answered before: the target limits how often it answers, or was closed meanwhile`,
    );
  const reasons = new Map<string, number>();
  for (const [reason, count] of tallies.flatMap((tally) => [...tally.reasons]))
    reasons.set(reason, (reasons.get(reason) ?? 0) + count);
  for (const [reason, count] of reasons) parts.push(`${count} ports ended in ${reason}`);
  if (openInSweep > MOST_OPEN_PORTS_LISTED)
    parts.push(`${MOST_OPEN_PORTS_LISTED} of ${openInSweep} open ports are listed`);
  return parts.join('; ');
}
