import { type Evidence, refusingPorts } from '../probing/evidence.ts';
import { fingerprintOf } from '../probing/probe-plan.ts';
import type { Snapshot } from '../snapshot.ts';
import { parsed } from '../text/time.ts';
import { portKey } from '../workload/declared-ports.ts';
import type { Pod } from '../workload/workload.ts';
import type { OptedIn } from './opted-in.ts';
import { wasInForce } from './policy-in-force.ts';

/**
 * Keys of the TCP ports on which every ready pod refuses a connection: nothing listens there. None where
 * that is not known of all pods that the policy would be about, or where a refusal may be a denial.
 *
 * @param isolated whether any policy but ours may close ports of the pods
 */
export function refusedPorts(subject: OptedIn, isolated: boolean): ReadonlySet<string> {
  const { snapshot } = subject;
  // What our policy closes is not asked any more: what was known before stands for pods of the templates that were asked.
  if (wasInForce(subject))
    return keys(areTemplatesAsked(subject) ? refusedBefore(subject).ports : []);
  const selected = snapshot.selected.filter((pod) => !pod.hostNetwork);
  const ready = selected.filter((pod) => pod.ready);
  const own = new Set(snapshot.pods.map(({ uid }) => uid));
  const areOwn =
    ready.length > 0 && ready.every(({ uid }) => own.has(uid)) && !bringsTemplate(selected, ready);
  const isTelling =
    !isolated || snapshot.calibrations.every(({ state }) => LETS_REFUSALS_TELL[state]);
  return keys(areOwn && isTelling ? (seenHere(snapshot, ready) ?? reported(snapshot, ready)) : []);
}

/**
 * Keys of the TCP ports on which every pod refused before our policy closed them, where pods of another template have come
 * since: these may listen there, and under the policy nobody can ask them.
 */
export function portsRefusedEarlier(subject: OptedIn): ReadonlySet<string> {
  const { ports } = refusedBefore(subject);
  const mayListen = ports.length > 0 && wasInForce(subject) && !areTemplatesAsked(subject);
  return keys(mayListen ? ports : []);
}

/** What refused before our policy closed it, and pods of which templates: as reported or, until then, as seen here. */
function refusedBefore({ snapshot: { report, evidence, selected } }: OptedIn) {
  const { refusedPorts = [], refusedTemplates: templates = [] } = report?.status?.probe ?? {};
  const earlier = evidence?.refusedEarlier;
  if (refusedPorts.length > 0 || !earlier) return { ports: refusedPorts, templates };
  const ready = selected.filter((pod) => pod.ready && !pod.hostNetwork);
  return {
    ports: earlier.ports,
    templates: earlier.pods === fingerprintOf(ready) ? templatesOf(ready) : [],
  };
}

/** By their hashes, and by what they are made of: a template that differs in nothing that runs is no other one. */
function templatesOf(pods: readonly Pod[]): string[] {
  return [...new Set(pods.flatMap(({ templateHash, madeOf }) => [templateHash, madeOf]))].sort();
}

function isOfOne(templates: ReadonlySet<string>): (pod: Pod) => boolean {
  return ({ templateHash, madeOf }) => templates.has(templateHash) || templates.has(madeOf);
}

function areTemplatesAsked(subject: OptedIn): boolean {
  const asked = new Set(refusedBefore(subject).templates);
  return subject.snapshot.selected
    .filter(({ hostNetwork, terminating }) => !hostNetwork && !terminating)
    .every(isOfOne(asked));
}

/** Whether pods of a template that no ready pod has are on their way: they may listen where the others refuse. */
function bringsTemplate(selected: readonly Pod[], ready: readonly Pod[]): boolean {
  const isKnown = isOfOne(new Set(templatesOf(ready)));
  return selected.some((pod) => !pod.terminating && !isKnown(pod));
}

function keys(ports: readonly number[]): ReadonlySet<string> {
  return new Set(ports.map((port) => portKey(port, 'TCP')));
}

/** A network that rejects refuses what it denies, too. */
const LETS_REFUSALS_TELL = { Dropped: true, NotEnforced: true, Rejected: false, Unknown: false };

/**
 * What the report says of the ports that only other namespaces refer to, sorted: those that every pod refused
 * often enough.
 *
 * @param evidence as it is now
 * @param managed whether a policy of ours closes them by now
 */
export function refusedToReport(
  { evidence: before, report }: Snapshot,
  {
    evidence,
    managed,
    referred,
  }: { evidence: Evidence; managed: boolean; referred: readonly number[] },
): number[] {
  const kept = report?.status?.probe?.refusedPorts ?? [];
  const known = managed
    ? [...(before ? refusingPorts(before) : []), ...(before?.refusedEarlier?.ports ?? []), ...kept]
    : refusingPorts(evidence);
  return referred.filter((port) => known.includes(port));
}

/**
 * The templates of the pods that refused, sorted, to be reported with the ports: those that the last round asked; or where
 * that round is of other pods, or our policy was in force, those that were reported.
 */
export function refusedTemplates(subject: OptedIn, pods: readonly Pod[]): string[] {
  const { evidence } = subject.snapshot;
  const isAsked = !wasInForce(subject) && evidence?.lastRound?.pods === fingerprintOf(pods);
  return isAsked ? templatesOf(pods) : refusedBefore(subject).templates;
}

/** What this replica saw of these very pods; undefined where another one probes, or before the first round. */
function seenHere({ role, evidence }: Snapshot, ready: readonly Pod[]): number[] | undefined {
  if (!role.probe || !evidence?.lastRound) return undefined;
  return evidence.lastRound.pods === fingerprintOf(ready) ? refusingPorts(evidence) : [];
}

/** As the replica that probes wrote it, where as many pods were asked and none is younger. */
function reported({ report }: Snapshot, ready: readonly Pod[]): readonly number[] {
  const { refusedPorts = [], pods = 0, lastProbeTime } = report?.status?.probe ?? {};
  const endedAt = parsed(lastProbeTime) ?? 0;
  const areAsked = ready.length <= pods && ready.every(({ readySince }) => readySince < endedAt);
  return areAsked ? refusedPorts : [];
}
