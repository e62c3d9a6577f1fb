import { fingerprintOf } from '../probing/probe-plan.ts';
import { isInRange, rangeOf } from '../workload/port-range.ts';
import type { Asked } from './asked.ts';
import type { OptedIn } from './opted-in.ts';
import { countedPorts, reportOnThis, wasInForce } from './policy-in-force.ts';

/** What connections to the ready pods showed while no policy of ours closed them. */
export interface BeforePolicy {
  /** The fingerprint of the pods that were asked. */
  pods: string;
  /** TCP ports on which a pod accepted a connection though nobody declared them, sorted. */
  open: readonly number[];
  /** Whether a pod of each template had been asked for all ports. */
  swept: boolean;
}

/**
 * What is known of the pods from before the policy; undefined where nobody has asked. What our policy closes is
 * not asked any more: what was known then stands.
 *
 * @param declared numbers of the declared TCP ports
 */
export function beforePolicy(
  subject: OptedIn,
  declared: ReadonlySet<number>,
): BeforePolicy | undefined {
  const seen = wasInForce(subject) ? undefined : seenHere(subject, declared);
  return seen ?? reportedBefore(subject, declared);
}

/** What this replica saw; undefined where another one probes, or before the first round. */
function seenHere(
  { snapshot: { role, evidence, pods } }: OptedIn,
  declared: ReadonlySet<number>,
): BeforePolicy | undefined {
  if (!role.probe || !evidence?.lastRound?.pods) return undefined;
  const asked = evidence.lastRound.pods;
  // What a sweep found open is, until a round says otherwise.
  const isOpen = (port: number) => (evidence.ports.get(port)?.observed ?? 'Open') === 'Open';
  const swept = new Set(evidence.sweeps.map(({ templateHash }) => templateHash));
  return {
    pods: asked,
    open: evidence.seen.filter((port) => !declared.has(port) && isOpen(port)),
    swept: pods.filter(({ ready }) => ready).every(({ templateHash }) => swept.has(templateHash)),
  };
}

/** What a replica that probes wrote. */
function reportedBefore(subject: OptedIn, declared: ReadonlySet<number>): BeforePolicy | undefined {
  const reported = reportOnThis(subject)?.status?.beforePolicy;
  if (!reported) return undefined;
  const shown = shownInForce(subject);
  const kept = (reported.openPorts ?? []).filter((port) => shown.get(port) !== 'Refused');
  const left = [...shown.keys()].filter(
    (port) => shown.get(port) === 'Open' && !declared.has(port),
  );
  return {
    pods: reported.podsHash,
    open: left.length > 0 ? [...new Set([...kept, ...left])].sort((a, b) => a - b) : kept,
    swept: reported.swept,
  };
}

/**
 * What the report shows of the TCP ports that the policy in force allows. One that was declared when that was made, and is not
 * any more, would be closed by the next.
 */
function shownInForce(subject: OptedIn): ReadonlyMap<number, string> {
  const { ports = [] } = reportOnThis(subject)?.status ?? {};
  if (subject.own.inForce === undefined || ports.length === 0) return new Map();
  const allowed = countedPorts(subject);
  const isAllowed = (port: number) =>
    allowed.some((range) => isInRange(range, { port, protocol: 'TCP' }));
  return new Map(
    ports
      .filter(({ protocol, port }) => protocol === 'TCP' && isAllowed(port))
      .map(({ port, observed }) => [port, observed]),
  );
}

/** Whether the pods that may be probed have been asked, as far as the first policy waits for that. */
export function arePodsAsked({ before, permission }: Asked): boolean {
  return permission.pods.length === 0 || before?.pods === fingerprintOf(permission.pods);
}

/** Ports that were open before, and that nothing which is asked for allows. */
export function closedPorts({
  before,
  declared,
  ranges,
}: Pick<Asked, 'before' | 'declared' | 'ranges'>): number[] {
  const allowed = [...declared, ...ranges].map(rangeOf);
  return (before?.open ?? []).filter(
    (port) => !allowed.some((range) => isInRange(range, { port, protocol: 'TCP' })),
  );
}
