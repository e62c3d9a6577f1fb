import type { NetworkPolicy } from '../../api/kubernetes.ts';
import {
  ALLOW_FROM_ANNOTATION,
  CLOSED_PORTS_ANNOTATION,
  EXTRA_PORTS_ANNOTATION,
} from '../../api/names.ts';
import type { OwnerReference } from '../../api/object-meta.ts';
import { type AllPolicies, type PolicyTarget, policiesSelecting } from '../evaluate/targets.ts';
import { annotate } from '../preflight/annotate.ts';
import type { PreflightFinding } from '../preflight/preflight.ts';
import type { Brake, PolicyFailure, Snapshot } from '../snapshot.ts';
import { saidOf, sourcesOf } from '../workload/allow-from.ts';
import { portKey } from '../workload/declared-ports.ts';
import { controllerOf, isManaged } from '../workload/ownership.ts';
import { type AllowedPort, rangeKey } from '../workload/port-range.ts';
import type { Settings } from '../workload/settings.ts';
import { sourcesFrom, sourcesInWords } from '../workload/sources.ts';
import { isOfKind, WORKLOAD_KINDS, type Workload } from '../workload/workload.ts';
import type { Asked } from './asked.ts';
import { awaitedTargets } from './awaited-targets.ts';
import { brakeInWords } from './brake.ts';
import { firstPolicyWaits } from './first-policy.ts';
import { formerOwner } from './former-names.ts';
import { withKeptGrants } from './kept-grants.ts';
import { isAboutNeverReady, narrowedProbes, neverReadyInWords } from './never-ready.ts';
import type { OptedIn } from './opted-in.ts';
import type { OwnPolicies } from './own-policies.ts';
import { buildPolicy, listedParts } from './policy.ts';
import { portsInForce, wasInForce } from './policy-in-force.ts';
import { sharedPodLabels, untoldPods } from './untold-pods.ts';
import { type WouldWiden, wouldWiden } from './widening.ts';

/** What should become of the workload's policy. */
export type Intent =
  /** It should be in force as `policy`. */
  | { kind: 'apply'; policy: NetworkPolicy }
  /** There should be none; `proposed` is what enforce mode would make. */
  | {
      kind: 'remove';
      reason: string;
      message: string;
      proposed: NetworkPolicy | undefined;
      stalled: boolean;
    }
  /** Nothing is written: the last good policy, where there is one, stays as it is. */
  | { kind: 'hold'; reason: string; message: string; stalled: boolean }
  /** It could not be written: what is there is as it was. */
  | ({ kind: 'failed' } & PolicyFailure);

/** What the decision about the policy is made from. */
export interface IntentInput extends OptedIn {
  asked: Asked;
  /** What was seen since the policy was first applied, or narrowed. */
  brake: Brake | undefined;
}

/** Network plugins keep an entry for each port, peer and pod; nobody declares so many on purpose. */
const MAXIMUM_PORTS = 1024;

/** Decides about the policy of a workload that has opted in: the first rule that has something to say. */
export function policyIntent(input: IntentInput): Intent {
  const { snapshot, workload, settings, own } = input;
  const allowed = allowedPorts(input.asked);
  if (snapshot.policyFailure) return { kind: 'failed', ...snapshot.policyFailure };
  const unreadable = problemsInSettings(settings) ?? tooManyPorts(allowed, settings);
  const untold = untoldPods(workload);
  const policy =
    allowed.length > 0 && !unreadable && !untold
      ? buildPolicy(workload, allowed, settings.allowFrom, snapshot.prober.namespace)
      : undefined;
  const engaged = input.brake?.state === 'Engaged' ? input.brake : undefined;
  // Bad input keeps the last good policy, and one that made pods unready is none.
  if (engaged && own.live.kind === 'ours') return takenBack(engaged, policy, input);
  if (unreadable) return unreadable;
  if (settings.mode !== 'enforce') return audited(workload, policy);
  const barred = foreignPolicyOfOurName(own) ?? onHostNetwork(snapshot, workload);
  if (barred) return barred;
  if (untold) return hold(untold.reason, untold.message);
  if (!policy) return hold('NoDeclaredPorts', noDeclaredPorts(input, input.asked.found.findings));
  if (engaged) return takenBack(engaged, policy, input);
  const shared = sharedPodLabels(input, input.asked);
  if (shared) return hold(shared.reason, shared.message);
  return opensMore(input) ?? cutsSomebodyOff(input) ?? waitsForProbe(input) ?? applied(input);
}

/** Single ports and ranges. */
function allowedPorts({ declared, ranges }: Asked): AllowedPort[] {
  return [...declared, ...ranges];
}

/** What is asked for, and what somebody would lose of the policy in force. */
function applied({ snapshot, workload, settings, own, asked }: IntentInput): Intent {
  const { ports, allowFrom } = withKeptGrants(
    { ports: allowedPorts(asked), allowFrom: settings.allowFrom },
    own.inForce,
    asked.found.findings,
  );
  return {
    kind: 'apply',
    policy: buildPolicy(workload, ports, allowFrom, snapshot.prober.namespace),
  };
}

/** With the ports that pre-flight found; but those that only other namespaces name, nobody is advised to open. */
function noDeclaredPorts(
  { workload, settings }: OptedIn,
  findings: readonly PreflightFinding[],
): string {
  if (settings.closedPorts.length > 0)
    return `No declared port is left open; take one out of the annotation ${CLOSED_PORTS_ANNOTATION}`;
  const ports = findings
    .filter(({ port, outside, awaited }) => typeof port === 'number' && !outside && !awaited)
    .map(({ port, protocol }) => portKey(port, protocol));
  if (ports.length === 0)
    return `No container declares a port; add ports: to the containers, or name them in the annotation ${EXTRA_PORTS_ANNOTATION}`;
  const are = ports.length > 1 ? 'are' : 'is';
  return `No container declares a port, and ${shownOf(ports)} ${are} in use; add ports: to the containers, or run ${annotate(workload, EXTRA_PORTS_ANNOTATION, ports.join(','))}`;
}

function hold(reason: string, message: string, stalled = false): Intent {
  return { kind: 'hold', reason, message, stalled };
}

function problemsInSettings({ problems }: Settings): Intent | undefined {
  const [first] = problems;
  return first && hold(first.reason, problems.map((each) => each.message).join('. '), true);
}

function tooManyPorts(
  allowed: readonly AllowedPort[],
  { allowFrom }: Settings,
): Intent | undefined {
  const { length } = listedParts(allowed, allowFrom);
  if (length <= MAXIMUM_PORTS) return undefined;
  const message = `${length} ports are declared; portlock makes no policy with more than ${MAXIMUM_PORTS}`;
  return hold('TooManyPorts', message, true);
}

function audited({ template }: Workload, policy: NetworkPolicy | undefined): Intent {
  return {
    kind: 'remove',
    reason: 'AuditMode',
    message: 'In audit mode portlock writes no policy',
    proposed: template.hostNetwork ? undefined : policy,
    stalled: false,
  };
}

function foreignPolicyOfOurName({ live }: OwnPolicies): Intent | undefined {
  if (live.kind !== 'foreign') return undefined;
  const { policy } = live;
  const owner = formerOwner(policy);
  if (owner) return hold('PolicyNameInUse', nameInUse(policy, owner));
  const message = `The NetworkPolicy ${policy.metadata.name} was not made by portlock and is left alone; rename or delete it, and portlock makes its own`;
  return hold('ForeignNetworkPolicy', message, true);
}

function nameInUse({ metadata }: NetworkPolicy, { kind, name }: OwnerReference): string {
  return `The NetworkPolicy ${metadata.name} is still that of ${kind} ${name}, for which an earlier version of portlock made it; it goes once that has one under its new name, and then portlock makes its own`;
}

function onHostNetwork({ pods }: Snapshot, { template }: Workload): Intent | undefined {
  const isOnHost = template.hostNetwork && pods.every((pod) => !pod.live || pod.hostNetwork);
  if (!isOnHost) return undefined;
  const message = 'The pods use the network of their node, to which no NetworkPolicy applies';
  return { kind: 'remove', reason: 'HostNetwork', message, proposed: undefined, stalled: false };
}

function takenBack(brake: Brake, proposed: NetworkPolicy | undefined, input: IntentInput): Intent {
  const message = isAboutNeverReady(brake)
    ? neverReadyInWords(brake, input, narrowedProbes(input, input.asked))
    : brakeInWords(brake);
  return { kind: 'remove', reason: 'AutoBrake', message, proposed, stalled: true };
}

/**
 * On pods that others close already a policy of ours can only let more in: that is for the owner to say
 * explicitly, where the platform team lets owners say it.
 */
function opensMore(input: IntentInput): Intent | undefined {
  const { snapshot, settings, asked } = input;
  const parts = listedParts(allowedPorts(asked), settings.allowFrom);
  const undecided =
    snapshot.widening === 'never'
      ? parts
      : parts.filter(
          ({ first, protocol }) => !saidOf(settings.allowFrom, { port: first, protocol }),
        );
  const inForce = portsInForce(input);
  if (undecided.length === 0 || inForce === 'unknown') return undefined;
  const opened = (targets: readonly PolicyTarget[]) =>
    wouldWiden(otherPolicies(input, targets), targets, undecided, inForce);
  const widened = opened(asked.selectedTargets);
  if (widened) return hold('WouldWiden', wideningInWords(widened, input));
  for (const { target, labels } of awaitedTargets(input)) {
    const later = opened([target]);
    if (later) return hold('WouldWiden', wideningInWords(later, input, labels));
  }
  return undefined;
}

/** What is found later does not withdraw a policy that is or was in force, also if somebody deletes it. */
function cutsSomebodyOff(input: IntentInput): Intent | undefined {
  const holding = input.asked.found.findings.filter(({ holds }) => holds);
  if (holding.length === 0 || wasInForce(input)) return undefined;
  return hold('PreflightFailed', `Enforcement waits: ${findingsInWords(holding)}`);
}

/** What is open now is to be known before it is closed. */
function waitsForProbe(input: IntentInput): Intent | undefined {
  const wait = firstPolicyWaits(input, input.asked);
  return wait && hold(wait.reason, wait.message);
}

/**
 * All policies that select the targets, but ours; and not those that portlock keeps for other workloads under the same
 * selector and that let everybody in: they are there because nobody had decided who may connect.
 */
function otherPolicies(
  { snapshot, own: { live, former } }: IntentInput,
  targets: readonly PolicyTarget[],
): AllPolicies {
  const own = [live.policy, ...former];
  return policiesSelecting(
    {
      networkPolicies: snapshot.policies.filter(
        (policy) => !own.includes(policy) && !isKept(policy),
      ),
      tieredPolicies: snapshot.tieredPolicies,
      pluginPolicies: snapshot.pluginPolicies,
    },
    targets,
  );
}

function isKept({ metadata, spec }: NetworkPolicy): boolean {
  return (
    isManaged(metadata) &&
    WORKLOAD_KINDS.some((kind) => isOfKind(kind, controllerOf(metadata))) &&
    (spec.ingress ?? []).some((rule) => rule.from === undefined)
  );
}

function wideningInWords(
  { ports, by }: WouldWiden,
  { workload, snapshot: { widening }, settings: { allowFrom } }: OptedIn,
  awaited = '',
): string {
  const shown = ports.slice(0, 10).map(rangeKey);
  const rest = ports.length > 10 ? ` and ${ports.length - 10} more` : '';
  const remedy =
    widening === 'never'
      ? 'This portlock runs with --widening never, so who may connect is said by those policies'
      : `Decide who may connect, as by ${annotate(workload, ALLOW_FROM_ANNOTATION, 'same-namespace')}; any and namespace/NAME may stand there, too`;
  // Those of other kinds are named with their kind.
  const isMaybe = awaited || by.some((name) => name.includes('/'));
  const isolated = isMaybe ? 'may be isolated' : 'are isolated';
  const once = awaited ? ` once one has ${awaited}` : '';
  const whom = sourcesFrom(
    ports.flatMap(({ first, protocol }) => sourcesOf(allowFrom, { port: first, protocol })),
  );
  return `The pods ${isolated} by ${shownOf(by)}${once}; a policy would open ${shown.join(', ')}${rest} to ${sourcesInWords(whom)}. ${remedy}`;
}

function shownOf(names: readonly string[]): string {
  return `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
}

const REFUSED_EARLIER =
  'pods of an earlier template all refused it; those that have come since nobody can ask while it is closed';

/** What pre-flight found, in sentences: which port, who uses it, what mends it. */
export function findingsInWords(findings: readonly PreflightFinding[]): string {
  const shown = findings.slice(0, 5).map((finding) => {
    const { port, protocol, users, sources = [], refusedEarlier, fix } = finding;
    const waiting = finding.awaited && !finding.holds ? '; nothing waits for that' : '';
    const out = sources.length > 0 ? `, and allow-from keeps out ${shownOf(sources)}` : '';
    const earlier = refusedEarlier ? ` (${REFUSED_EARLIER})` : '';
    return `${port}/${protocol} is used by ${shownOf(users)}${out}${earlier}${waiting}: ${fix}`;
  });
  const rest = findings.length > 5 ? `; and ${findings.length - 5} more ports` : '';
  return shown.join('; ') + rest;
}
