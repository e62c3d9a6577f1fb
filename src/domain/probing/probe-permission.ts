import type { Mesh } from '../workload/mesh.ts';
import type { Settings } from '../workload/settings.ts';
import type { Pod, Workload } from '../workload/workload.ts';

/** Which pods may be probed, and what is said of the others. */
export interface ProbePermission {
  pods: readonly Pod[];
  /** Why nothing at all can be told of the ports; undefined where something can. */
  unverifiable: string | undefined;
  /** The condition reason where no pod is probed. */
  reason: 'ProbeOff' | 'HostNetwork' | 'NoPods' | 'NotInPod' | Mesh['reason'] | undefined;
  /** What was left out and why, in a sentence; empty where nothing was. */
  leftOut: string;
}

export interface ProbePermissionInput {
  /** The workload's own. */
  pods: readonly Pod[];
  /** The uid of the pod that probes; empty where the operator runs in none. */
  proberUid: string;
  settings: Settings;
  workload: Workload;
  meshes: readonly Mesh[];
}

/** Only ready pods with an address and a network of their own, and never the prober itself: a pod cannot be closed to itself. */
export function probePermission({
  pods: known,
  proberUid,
  settings,
  workload,
  meshes: [mesh],
}: ProbePermissionInput): ProbePermission {
  if (!settings.probe) {
    const unverifiable =
      'The annotation portlock.dev/probe keeps portlock from connecting to these pods';
    return { pods: [], unverifiable, reason: 'ProbeOff', leftOut: unverifiable };
  }
  if (proberUid === '') {
    const unverifiable =
      'The operator does not run in a pod of this cluster, and what a node can reach proves nothing';
    return { pods: [], unverifiable, reason: 'NotInPod', leftOut: unverifiable };
  }
  if (mesh) {
    const { message, reason } = mesh;
    return { pods: [], unverifiable: message, reason, leftOut: message };
  }
  const live = known.filter((pod) => pod.live);
  if (live.length > 0 ? live.every((pod) => pod.hostNetwork) : workload.template.hostNetwork) {
    const unverifiable =
      'The pods use the network of their node, to which no NetworkPolicy applies';
    return { pods: [], unverifiable, reason: 'HostNetwork', leftOut: unverifiable };
  }
  const itself = live.filter((pod) => pod.uid === proberUid);
  const onHost = live.filter((pod) => pod.hostNetwork);
  const others = live.filter((pod) => !pod.hostNetwork && !itself.includes(pod));
  const pods = others.filter((pod) => pod.ready && pod.ips.length > 0);
  const leftOut = [
    count(others.length - pods.length, 'is not ready', 'are not ready'),
    count(onHost.length, 'uses the network of its node', 'use the network of their node'),
    count(itself.length, 'is the prober itself', 'are the prober itself'),
  ].filter((text) => text !== '');
  return {
    pods: [...pods].sort((a, b) => (a.name < b.name ? -1 : 1)),
    unverifiable: undefined,
    reason: pods.length === 0 ? 'NoPods' : undefined,
    leftOut: leftOut.join('; '),
  };
}

function count(number: number, one: string, many: string): string {
  if (number === 0) return '';
  return number === 1 ? `1 pod ${one}` : `${number} pods ${many}`;
}
