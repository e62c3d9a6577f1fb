import { ALLOW_FROM_ANNOTATION, MODE_LABEL } from '../../api/names.ts';
import { annotate } from '../preflight/annotate.ts';
import { probeUses } from '../preflight/probe.ts';
import type { Brake, SelectedPod, Snapshot } from '../snapshot.ts';
import { timestamp } from '../text/time.ts';
import { allowFromText, sourcesOf, withEntry } from '../workload/allow-from.ts';
import { portKey } from '../workload/declared-ports.ts';
import { isInRange, rangeOf } from '../workload/port-range.ts';
import type { ListedPort } from '../workload/port-text.ts';
import { ANYBODY, isAnybody } from '../workload/sources.ts';
import type { Asked } from './asked.ts';
import { isAbleToDrop, limitedNames, namesInWords } from './brake.ts';
import type { OptedIn } from './opted-in.ts';

/** So many brake windows pods may take to become ready: images are pulled, and some programs start slowly. */
const PATIENCE = 5;

/**
 * The ports that the kubelet asks before a pod is ready, and that the policy does not leave open to everybody. "Traffic to
 * and from the node where a Pod is running is always allowed" (Kubernetes docs, network-policies), yet not on every network:
 * see cilium/cilium#34042 and #37317, aws/amazon-vpc-cni-k8s#2571, istio/istio#49277.
 */
export function narrowedProbes(
  { workload: { template }, settings: { allowFrom } }: OptedIn,
  { declared, ranges }: Asked,
): ListedPort[] {
  const handlers = template.use.handlers.filter(
    ({ handler }) => handler === 'readinessProbe' || handler === 'startupProbe',
  );
  const allowed = [...declared, ...ranges].map(rangeOf);
  const isOpen = (port: ListedPort) =>
    isAnybody(sourcesOf(allowFrom, port)) && allowed.some((range) => isInRange(range, port));
  const asked = probeUses({ ...template, use: { ...template.use, handlers } }).flatMap(
    ({ port, protocol }) => (typeof port === 'number' ? [{ port, protocol }] : []),
  );
  const narrowed = asked.filter((port) => !isOpen(port));
  return [...new Map(narrowed.map((each) => [portKey(each.port, each.protocol), each])).values()];
}

/** What to watch where no pod is ready when the policy comes: undefined where it could not be the reason. */
export function watchingNeverReady(
  { snapshot }: OptedIn,
  probes: readonly ListedPort[],
): Brake | undefined {
  if (snapshot.timing.brake === 0 || probes.length === 0) return undefined;
  return { state: 'Watching', sinceTime: timestamp(snapshot.now) };
}

/** Whether a brake is about pods that were never ready: one about others names them. */
export function isAboutNeverReady({ watchedUids }: Brake): boolean {
  return watchedUids === undefined;
}

/**
 * The brake as it is now: gone once a pod is ready, as then the kubelet gets in; engaged where pods are not for too long, and
 * then until the template changes, or everybody may connect to what the kubelet asks.
 */
export function neverReadyNow(
  brake: Brake,
  { snapshot, workload }: OptedIn,
  probes: readonly ListedPort[],
): Brake | undefined {
  if (snapshot.timing.brake === 0 || probes.length === 0) return undefined;
  if (brake.state === 'Engaged')
    return brake.templateHash === workload.template.hash ? brake : undefined;
  const pods = started(snapshot);
  if (pods.some(({ ready }) => ready)) return undefined;
  const late = pods.filter((pod) => lateAt(pod, brake, snapshot.timing.brake) <= snapshot.now);
  if (late.length === 0) return brake;
  return {
    state: 'Engaged',
    sinceTime: timestamp(snapshot.now),
    templateHash: workload.template.hash,
    pods: limitedNames(late),
  };
}

/** When pods that are not ready will have been so for too long, in ms since the epoch; undefined where there are none. */
export function neverReadyDueAt(
  brake: Brake | undefined,
  { snapshot }: OptedIn,
): number | undefined {
  if (!brake || brake.state === 'Engaged' || !isAboutNeverReady(brake)) return undefined;
  const times = started(snapshot).map((pod) => lateAt(pod, brake, snapshot.timing.brake));
  return times.sort((a, b) => a - b)[0];
}

/** Pods that a node runs: until then it has nothing to probe. */
function started({ selected }: Snapshot): SelectedPod[] {
  return selected.filter((pod) => isAbleToDrop(pod) && pod.ips.length > 0);
}

function lateAt({ readySince }: SelectedPod, { sinceTime }: Brake, window: number): number {
  return Math.max(readySince, Date.parse(sinceTime)) + PATIENCE * window;
}

/** Why such a policy was taken back, in a sentence. */
export function neverReadyInWords(
  { pods = [], sinceTime }: Brake,
  { workload, settings: { allowFrom } }: OptedIn,
  probes: readonly ListedPort[],
): string {
  const ports = probes.map(({ port, protocol }) => portKey(port, protocol)).join(', ');
  const open = probes.reduce((before, port) => withEntry(before, port, ANYBODY), allowFrom);
  return `Took the policy back at ${sinceTime}: ${namesInWords(pods)} never became ready under it, and its from does not let everybody in to ${ports}, which the kubelet probes; not every network lets the kubelet of a pod's own node in whatever a policy says. Run ${annotate(workload, ALLOW_FROM_ANNOTATION, allowFromText(open))} or, where it has another reason, set the label ${MODE_LABEL} to audit and back to enforce once they are ready`;
}
