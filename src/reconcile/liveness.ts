import type { LeaderElector } from '../kube/leader.ts';

/** A replica whose last renewal of a lease that it holds is this old hangs, in seconds: lease duration and 20 s more. */
const LIVENESS_SECONDS = 35;

/** Whether no lease that this replica holds has gone without a renewal for too long; one that is not held says nothing. */
export function areRenewed(
  electors: readonly Pick<LeaderElector, 'secondsSinceRenewal'>[],
): boolean {
  return electors.every(({ secondsSinceRenewal = 0 }) => secondsSinceRenewal < LIVENESS_SECONDS);
}
