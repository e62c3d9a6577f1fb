import type { Plan } from '../domain/plan.ts';
import type { Evidence } from '../domain/probing/evidence.ts';
import type { Pod } from '../domain/workload/workload.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { EnforcementDelay } from './enforcement-delay.ts';

/** What is known of the probes of a workload, and what is under way. */
export interface State {
  evidence: Evidence;
  declared: ReadonlySet<number>;
  round: 'running' | undefined;
  /** What the next round asks; another plan may come while it waits for its turn. */
  planned: Plan['probe']['round'];
  delay: EnforcementDelay;
  /** How many may be probed. */
  pods: number;
  /** Since when there are pods to be probed, in ms since the epoch; undefined while there are none. */
  podsSince: number | undefined;
  /** Template hashes of sweeps that run or wait for their turn. */
  sweeps: Set<string>;
  /** Ends what is under way to a pod, by its uid. */
  aborts: Map<string, AbortController>;
}

/** Before the first probe. */
export function newState(
  evidence: Evidence,
  declared: ReadonlySet<number>,
  { enforcementDelay }: Pick<Metrics, 'enforcementDelay'>,
): State {
  return {
    evidence,
    delay: new EnforcementDelay((seconds) => enforcementDelay.observe(seconds)),
    declared,
    round: undefined,
    planned: undefined,
    pods: 0,
    podsSince: undefined,
    sweeps: new Set(),
    aborts: new Map(),
  };
}

/** What ends the probes of a pod. */
export function abortOf(state: State, pod: Pod): AbortController {
  const abort = state.aborts.get(pod.uid) ?? new AbortController();
  state.aborts.set(pod.uid, abort);
  return abort;
}
