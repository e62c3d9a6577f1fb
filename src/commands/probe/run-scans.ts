import type { Prober } from '../../probe/prober.ts';
import type { PlannedScan } from './plan-scans.ts';
import { type Scan, scan } from './scan.ts';

/** A scan that was done, with what it was asked to do. */
export interface DoneScan {
  plan: PlannedScan;
  scan: Scan;
}

/**
 * Scans every place, all at a time but the reflectors, which come last and are asked for what the
 * others were found open on too.
 * @param onProgress told how many ports are done, over all places
 * @throws as Prober.probe
 */
export async function runScans(
  prober: Prober,
  plans: readonly PlannedScan[],
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<DoneScan[]> {
  const done = new Map<string, number>();
  const run = async (plan: PlannedScan): Promise<DoneScan> => {
    const { address } = plan.place;
    const progress = (ports: number) => {
      done.set(address, ports);
      onProgress(done.values().reduce((sum, each) => sum + each, 0));
    };
    const { asked, first } = plan;
    return {
      plan,
      scan: await scan(prober, { address, asked, first, onProgress: progress }, signal),
    };
  };
  const leaders = await Promise.all(plans.filter(({ isFollower }) => !isFollower).map(run));
  const open = openPorts(leaders);
  const reflectors = plans.filter(({ isFollower }) => isFollower);
  const later = await Promise.all(
    reflectors.map((plan) => run({ ...plan, asked: union(plan.first, open) })),
  );
  const all = [...leaders, ...later];
  return plans.flatMap(({ place }) => all.filter((each) => each.plan.place === place));
}

function openPorts(scans: readonly DoneScan[]): number[] {
  // Where every port answers, nothing was found.
  const credible = scans.filter(({ scan }) => scan.doubt === undefined);
  return credible.flatMap(({ scan }) =>
    [...scan.outcomes].filter(([, outcome]) => outcome === 'open').map(([port]) => port),
  );
}

function union(some: readonly number[], others: readonly number[]): number[] {
  return [...new Set([...some, ...others])].sort((a, b) => a - b);
}
