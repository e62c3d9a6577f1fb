import type { KubeClient } from '../../kube/client.ts';
import { PODS } from '../../kube/resources.ts';
import { entriesOf, fieldsOf } from '../../kube/wire-fields.ts';
import { withTroubleTold } from '../api-trouble.ts';

/** What of a pod's spec says where it may run, and how its node gets the image. */
export interface Placement {
  imagePullSecrets: readonly unknown[];
  tolerations: readonly unknown[];
  nodeSelector: Readonly<Record<string, unknown>>;
}

/**
 * That of a pod that is there: what it takes to run in that cluster, others need as well.
 * @throws CommandError where it cannot be read, in one line
 */
export async function placementOf(
  client: KubeClient,
  namespace: string,
  name: string,
): Promise<Placement> {
  const asked = { verb: 'get', resource: 'pods', namespace };
  const pod = await withTroubleTold(asked, () => client.get(PODS, { namespace, name }));
  const { imagePullSecrets, tolerations, nodeSelector } = fieldsOf(fieldsOf(pod).spec);
  return {
    imagePullSecrets: entriesOf(imagePullSecrets),
    tolerations: entriesOf(tolerations),
    nodeSelector: fieldsOf(nodeSelector),
  };
}
