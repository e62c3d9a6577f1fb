import type { KubeClient } from '../../kube/client.ts';
import { POD } from '../../kube/decisive-kinds.ts';
import type { KubernetesObject } from '../../kube/resource.ts';
import { PODS } from '../../kube/resources.ts';
import { MalformedObjectError } from '../../kube/shape.ts';
import { withTroubleTold } from '../api-trouble.ts';
import type { Subject } from './subjects.ts';

/**
 * Of these, those whose pod is there now as it was: not ending, and with the same addresses. Of the others a connection
 * says nothing, for their addresses may be anybody's.
 * @throws CommandError
 */
export async function stillThere(
  client: KubeClient,
  subjects: readonly Subject[],
  signal: AbortSignal,
): Promise<ReadonlySet<Subject>> {
  const [first, ...more] = new Set(subjects.map(({ pod }) => pod.namespace));
  // What was read is one namespace, or all.
  const namespace = more.length === 0 ? first : undefined;
  const held = new Set<string>();
  const take = (wire: KubernetesObject) => {
    for (const each of addressesOf(wire)) held.add(each);
  };
  await withTroubleTold({ verb: 'list', resource: 'pods', namespace }, () =>
    client.forEach(PODS, { namespace, signal }, take),
  );
  return new Set(
    subjects.filter(({ pod: { uid, ips } }) => ips.every((ip) => held.has(`${uid} ${ip}`))),
  );
}

/** `uid address` of a pod that lives on. */
function addressesOf(wire: KubernetesObject): string[] {
  try {
    const { uid, ips, live, terminating } = POD.project(wire, () => {});
    return live && !terminating ? ips.map((ip) => `${uid} ${ip}`) : [];
  } catch (error) {
    if (error instanceof MalformedObjectError) return [];
    throw error;
  }
}
