import type { ResourceEvent, ResourceEventType } from '@dot-i/k8s-operator';
import type { KubernetesObject } from '../kube/resource.ts';
import type { Change } from '../kube/store.ts';

/** The base package's enum is not exported at run time under ESM; these are its values. */
export const DELETED = 'DELETED' as ResourceEventType;
const EVENT_TYPES = { added: 'ADDED', updated: 'MODIFIED', deleted: 'DELETED' } as const;

/** A change of a store as the base package tells it. */
export function toResourceEvent(plural: string, change: Change<KubernetesObject>): ResourceEvent {
  const object = (change.current ?? change.previous) as KubernetesObject;
  const { name, namespace, resourceVersion = '' } = object.metadata;
  const { apiVersion = '', kind = '' } = object;
  const meta = { id: `${plural}.${apiVersion}`, name, resourceVersion, apiVersion, kind };
  return {
    type: EVENT_TYPES[change.type] as ResourceEventType,
    meta: namespace === undefined ? meta : { ...meta, namespace },
    // The base package types times as Date; on the wire, and here, they are strings.
    object: object as unknown as ResourceEvent['object'],
  };
}
