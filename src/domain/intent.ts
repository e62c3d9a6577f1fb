import type { NetworkPolicy } from '../api/kubernetes.ts';
import { isOurs } from './ownership.ts';
import { buildPolicy, policyName } from './policy.ts';
import type { DeclaredPort } from './ports.ts';
import type { Settings } from './settings.ts';
import type { Snapshot } from './snapshot.ts';
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
  return { kind: 'apply', policy };
}

/** The NetworkPolicy that has the name of the workload's own, whoever made it. */
export function livePolicy(snapshot: Snapshot): NetworkPolicy | undefined {
  const name = policyName(snapshot.key.name);
  return snapshot.policies.find((policy) => policy.metadata.name === name);
}
