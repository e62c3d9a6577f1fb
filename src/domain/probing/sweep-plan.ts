import { familyOf } from '../match/ip-family.ts';
import type { Pod } from '../workload/workload.ts';
import { type Evidence, isDoubtful, type Sweep } from './evidence.ts';
import type { Timing } from './timing.ts';

/** A pod to sweep, and its addresses of the families that are due. */
export interface PlannedSweep {
  pod: Pod;
  ips: readonly string[];
}

/** What sweeps are planned from; see ProbePlanInput. */
interface SweepPlanInput {
  now: number;
  timing: Timing;
  pods: readonly Pod[];
  proberNode: string;
  declared: ReadonlySet<number>;
  evidence: Evidence;
  sweeping: boolean;
}

interface SweepPlan {
  /** One pod of each template whose full sweep is due. */
  due: readonly PlannedSweep[];
  /** When sweeps that were made will have to be made again, in ms since the epoch. */
  again: readonly number[];
  /** How many templates have still to be swept. */
  unswept: number;
}

/** Templates beyond this many are left unswept: a rollout has two, and the report lists eight. */
const MAXIMUM_SWEEPS = 8;

/**
 * Plans the full sweeps.
 *
 * @param isDropping whether a refusal of an undeclared port is bad news
 */
export function planSweeps(input: SweepPlanInput, isDropping: boolean): SweepPlan {
  const { now, timing, pods, declared, evidence } = input;
  const doubtful = evidence.sweeps.filter(
    (sweep) => isDropping && isDoubtful(sweep, evidence, declared.size, timing.settle),
  );
  const againAt = (sweep: Sweep) =>
    doubtful.includes(sweep)
      ? evidence.policiesSince + timing.settle
      : sweep.endedAt + timing.interval;
  const fresh = evidence.sweeps.filter((sweep) => againAt(sweep) > now);
  const reliable = evidence.sweeps.filter((sweep) => !doubtful.includes(sweep));
  const representatives = input.sweeping ? templateRepresentatives(pods, input.proberNode) : [];
  return {
    due: unswept(representatives, fresh),
    again: evidence.sweeps.map(againAt),
    unswept: unswept(representatives, reliable).length,
  };
}

/** Of these pods, those with an address for whose family none of the sweeps of its template is. */
function unswept(pods: readonly Pod[], sweeps: readonly Sweep[]): PlannedSweep[] {
  return pods
    .map((pod) => ({ pod, ips: unsweptAddresses(pod, sweeps) }))
    .filter(({ ips }) => ips.length > 0);
}

function unsweptAddresses({ templateHash, ips }: Pod, sweeps: readonly Sweep[]): string[] {
  const ofTemplate = sweeps.filter((sweep) => sweep.templateHash === templateHash);
  return ips.filter((ip) => !ofTemplate.some((sweep) => familyOf(sweep.ip) === familyOf(ip)));
}

/** One pod of each template; from another node than the prober's where there is one. */
function templateRepresentatives(pods: readonly Pod[], proberNode: string): Pod[] {
  const byTemplate = new Map<string, Pod>();
  for (const pod of pods) {
    const chosen = byTemplate.get(pod.templateHash);
    if (!chosen || prefer(pod, chosen, proberNode)) byTemplate.set(pod.templateHash, pod);
  }
  return [...byTemplate.values()].slice(0, MAXIMUM_SWEEPS);
}

function prefer(pod: Pod, chosen: Pod, proberNode: string): boolean {
  const elsewhere = pod.node !== proberNode;
  if (elsewhere !== (chosen.node !== proberNode)) return elsewhere;
  return pod.name < chosen.name;
}
