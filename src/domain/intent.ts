import type { NetworkPolicy } from '../api/kubernetes.ts';
import { ingressDecisions } from './evaluate.ts';
import { isOurs } from './ownership.ts';
import { buildPolicy, policyName } from './policy.ts';
import type { DeclaredPort } from './ports.ts';
import type { Preflight, PreflightFinding } from './preflight/preflight.ts';
import type { Settings } from './settings.ts';
import type { Snapshot } from './snapshot.ts';
import { isolatingPolicies, policyTargets } from './targets.ts';
import type { Workload } from './workload.ts';

/** What should become of the workload's policy. */
export type Intent =
  /** It should be in force as `policy`. */
  | { kind: 'apply'; policy: NetworkPolicy }
  /** There should be none; `proposed` is what enforce mode would make. */
  | { kind: 'remove'; reason: string; message: string; proposed: NetworkPolicy | undefined }
  /** Nothing is written: the last good policy, where there is one, stays as it is. */
  | { kind: 'hold'; reason: string; message: string; stalled: boolean }
  /** It could not be written: what is there is as it was. */
  | { kind: 'failed'; reason: string; message: string };

/** Network plugins keep an entry for each port, peer and pod; nobody declares so many on purpose. */
const MAXIMUM_PORTS = 1024;

/** Decides about the policy of a workload that has opted in. */
export function policyIntent(
  snapshot: Snapshot,
  workload: Workload,
  settings: Settings,
  ports: readonly DeclaredPort[],
  found: Preflight,
): Intent {
  if (snapshot.policyFailure) return { kind: 'failed', ...snapshot.policyFailure };
  const [problem] = settings.problems;
  if (problem) {
    const message = settings.problems.map((each) => each.message).join('. ');
    return { kind: 'hold', reason: problem.reason, message, stalled: true };
  }
  if (ports.length > MAXIMUM_PORTS) {
    const message = `${ports.length} ports are declared; portlock makes no policy with more than ${MAXIMUM_PORTS}`;
    return { kind: 'hold', reason: 'TooManyPorts', message, stalled: true };
  }
  const policy =
    ports.length > 0
      ? buildPolicy(workload, ports, settings.allowFrom, snapshot.prober.namespace)
      : undefined;
  if (settings.mode !== 'enforce') {
    const message = 'In audit mode portlock writes no policy';
    const proposed = workload.template.hostNetwork ? undefined : policy;
    return { kind: 'remove', reason: 'AuditMode', message, proposed };
  }
  const live = livePolicy(snapshot);
  if (live && !isOurs(live, snapshot.key)) {
    return {
      kind: 'hold',
      reason: 'ForeignNetworkPolicy',
      message: `The NetworkPolicy ${live.metadata.name} was not made by portlock and is left alone; rename or delete it, and portlock makes its own`,
      stalled: true,
    };
  }
  const livePods = snapshot.pods.filter((pod) => pod.live);
  if (workload.template.hostNetwork && livePods.every((pod) => pod.hostNetwork)) {
    const message = 'The pods use the network of their node, to which no NetworkPolicy applies';
    return { kind: 'remove', reason: 'HostNetwork', message, proposed: undefined };
  }
  if (!policy) {
    return {
      kind: 'hold',
      reason: 'NoDeclaredPorts',
      message: `No container declares a port; add ports: to the containers, or name them in the annotation portlock.dev/extra-ports`,
      stalled: false,
    };
  }
  if (wasInForce(snapshot)) return { kind: 'apply', policy };
  const widened = settings.allowFromIsExplicit ? undefined : wouldWiden(snapshot, workload, ports);
  if (widened) return { kind: 'hold', reason: 'WouldWiden', message: widened, stalled: false };
  const holding = found.findings.filter(({ holds }) => holds);
  if (holding.length > 0) {
    const message = `Enforcement waits: ${findingsInWords(holding)}`;
    return { kind: 'hold', reason: 'PreflightFailed', message, stalled: false };
  }
  return { kind: 'apply', policy };
}

/** A policy that is or was in force is not withdrawn by what is found later, also if somebody deletes it. */
function wasInForce(snapshot: Snapshot): boolean {
  return (
    livePolicy(snapshot) !== undefined ||
    snapshot.lastApplied !== undefined ||
    snapshot.report?.status?.policy?.state === 'Applied'
  );
}

/** What pre-flight found, in sentences: which port, who uses it, what mends it. */
export function findingsInWords(findings: readonly PreflightFinding[]): string {
  const shown = findings.slice(0, 5).map(({ port, protocol, users, fix }) => {
    const more = users.length > 3 ? ` and ${users.length - 3} more` : '';
    return `${port}/${protocol} is used by ${users.slice(0, 3).join(', ')}${more}: ${fix}`;
  });
  const rest = findings.length > 5 ? `; and ${findings.length - 5} more ports` : '';
  return shown.join('; ') + rest;
}

/** The NetworkPolicy that has the name of the workload's own, whoever made it. */
export function livePolicy(snapshot: Snapshot): NetworkPolicy | undefined {
  const name = policyName(snapshot.key.name);
  return snapshot.policies.find((policy) => policy.metadata.name === name);
}

/** Anybody: matched by no peer of a rule, so allowed only where a rule allows every source. */
const ANYBODY = { ips: [] };

/**
 * What a policy for everybody would open on pods that others isolate already, in a sentence: policies
 * add up, so there it could only let more in. Undefined where it would open nothing.
 */
function wouldWiden(
  { pods, policies }: Snapshot,
  workload: Workload,
  ports: readonly DeclaredPort[],
): string | undefined {
  const targets = policyTargets(workload, pods);
  const isolating = isolatingPolicies(policies, targets);
  if (isolating.length === 0) return undefined;
  const deciders = targets.map(ingressDecisions(isolating, ANYBODY));
  const opened = ports.filter(({ port, protocol }) =>
    deciders.some((decide) => !decide(port, protocol).allowed),
  );
  if (opened.length === 0) return undefined;
  const names = isolating.slice(0, 3).map(({ metadata }) => metadata.name);
  const more = isolating.length > 3 ? ` and ${isolating.length - 3} more` : '';
  const shown = opened.slice(0, 10).map(({ port, protocol }) => `${port}/${protocol}`);
  const rest = opened.length > 10 ? ` and ${opened.length - 10} more` : '';
  return `The pods are isolated by ${names.join(', ')}${more}; a policy would open ${shown.join(', ')}${rest} to everybody. Decide who may connect by the annotation portlock.dev/allow-from: any or same-namespace`;
}
