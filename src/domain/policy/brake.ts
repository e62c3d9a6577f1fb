import { canonicalAddress } from '../preflight/endpoint-slice.ts';
import type { Brake, SelectedPod, Snapshot } from '../snapshot.ts';
import { timestamp } from '../text/time.ts';
import type { Workload } from '../workload/workload.ts';

/** As many pods are watched, and as many addresses, as the report takes. */
const MAXIMUM_WATCHED = 64;
const MAXIMUM_NAMED = 16;

/** What to watch from the moment on in which a policy is first applied, or allows less; undefined where nothing was ready. */
export function watchingBrake(snapshot: Snapshot): Brake | undefined {
  if (snapshot.timing.brake === 0) return undefined;
  const ready = snapshot.selected.filter(isAbleToDrop).filter((pod) => pod.ready);
  const endpoints = readyEndpoints(snapshot);
  const addresses = ready.flatMap(({ ips }) => ips.filter((ip) => endpoints.has(ip)));
  if (ready.length === 0) return undefined;
  return {
    state: 'Watching',
    sinceTime: timestamp(snapshot.now),
    watchedUids: limited(ready.map(({ uid }) => uid)),
    ...(addresses.length > 0 && { watchedAddresses: limited(addresses) }),
  };
}

/**
 * The brake as it is now: engaged for as long as the template stays, or pods of the one before; engaged this moment where a
 * watched pod dropped in time, watching until that time is over, or undefined.
 */
export function brakeNow(snapshot: Snapshot, workload: Workload): Brake | undefined {
  const brake = snapshot.untoldBrake ?? snapshot.report?.status?.brake;
  if (!brake || snapshot.timing.brake === 0) return undefined;
  if (brake.state === 'Engaged') {
    const isReleased =
      brake.templateHash !== workload.template.hash && !watchedPods(snapshot, brake).length;
    return isReleased ? undefined : brake;
  }
  const dropped = droppedPods(snapshot, brake);
  if (dropped.length > 0) {
    return {
      state: 'Engaged',
      sinceTime: timestamp(snapshot.now),
      templateHash: workload.template.hash,
      ...(brake.watchedUids && { watchedUids: brake.watchedUids }),
      pods: limitedNames(dropped),
    };
  }
  return snapshot.now <= watchedUntil(snapshot, brake) ? brake : undefined;
}

function watchedUntil({ timing }: Snapshot, { sinceTime }: Brake): number {
  return Date.parse(sinceTime) + timing.brake;
}

/**
 * Watched pods that ceased to be ready, or to be an endpoint, and that the policy explains: one that is
 * gone, ends, or was replaced has another reason.
 */
function droppedPods(snapshot: Snapshot, brake: Brake): SelectedPod[] {
  const addresses = new Set(brake.watchedAddresses);
  const until = watchedUntil(snapshot, brake);
  const endpoints = readyEndpoints(snapshot);
  return watchedPods(snapshot, brake).filter((pod) => {
    if (!isAbleToDrop(pod)) return false;
    const isInTime = snapshot.now <= until;
    // What is seen in time was in time, whatever the clock of its node says.
    if (!pod.ready) return isInTime || pod.readySince <= until;
    // Slices do not tell since when: only what is seen in time counts.
    return isInTime && pod.ips.some((ip) => addresses.has(ip) && !endpoints.has(ip));
  });
}

/** Those that are still there. */
function watchedPods({ selected }: Snapshot, { watchedUids }: Brake): SelectedPod[] {
  const watched = new Set(watchedUids);
  return selected.filter((pod) => pod.live && watched.has(pod.uid));
}

/**
 * Whether a policy is about the pod, and its readiness tells something. A pod of a Job ceases to be ready as soon as a
 * container has done its work, though its sidecars may go on.
 */
export function isAbleToDrop({ live, terminating, hostNetwork, ownerKind }: SelectedPod): boolean {
  return live && !terminating && !hostNetwork && ownerKind !== 'Job';
}

/**
 * The addresses that somebody else than the control plane lists as ready. What the control plane
 * derives from a selector follows the pods' own readiness.
 */
function readyEndpoints({ usage, key }: Snapshot): Set<string> {
  return new Set(
    usage.endpointSlices
      .filter(({ namespace }) => namespace === key.namespace)
      .flatMap(({ readyAddresses }) => readyAddresses.map(canonicalAddress)),
  );
}

/** As many names as the report takes, sorted. */
export function limitedNames(pods: readonly { name: string }[]): string[] {
  return pods
    .map(({ name }) => name)
    .sort()
    .slice(0, MAXIMUM_NAMED);
}

function limited(names: readonly string[]): string[] {
  return [...new Set(names)].sort().slice(0, MAXIMUM_WATCHED);
}

/** Why a policy was taken back, in a sentence. */
export function brakeInWords({ pods = [], sinceTime }: Brake): string {
  return `Took the policy back at ${sinceTime}: ${namesInWords(pods)} ceased to be ready right after it was first applied or allowed less. Find out which undeclared port they need, or whom allow-from keeps out, then set the label portlock.dev/mode to audit and back to enforce, or change the template`;
}

/** The first three. */
export function namesInWords(pods: readonly string[]): string {
  const more = pods.length > 3 ? ` and ${pods.length - 3} more` : '';
  return pods.slice(0, 3).join(', ') + more;
}
