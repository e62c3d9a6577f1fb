import type { ObjectMeta } from '../api/object-meta.ts';

/** A kind of object as the API server addresses it. `group` is empty for the core group. */
export interface Resource {
  group: string;
  version: string;
  plural: string;
  namespaced: boolean;
}

/** Any object in wire form. */
export interface KubernetesObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
}

/** Where an object lives; a namespaced resource without a namespace means all namespaces. */
export interface Location {
  namespace?: string | undefined;
  name?: string | undefined;
  subresource?: 'status' | 'exec' | 'log' | undefined;
}

/** As kubectl and definitions name it: `pods`, `networkpolicies.crd.antrea.io`. All versions have one name. */
export function resourceName({ group, plural }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** The path of a collection or an object, every segment percent-encoded. */
export function resourcePath(resource: Resource, location: Location): string {
  const segments = resource.group === '' ? ['api'] : ['apis', resource.group];
  segments.push(resource.version);
  if (resource.namespaced && location.namespace !== undefined) {
    segments.push('namespaces', location.namespace);
  }
  segments.push(resource.plural);
  if (location.name !== undefined) segments.push(location.name);
  if (location.subresource !== undefined) segments.push(location.subresource);
  return `/${segments.map(encodeSegment).join('/')}`;
}

/** The key of an object in stores and queues: `namespace/name`, or `name` where there is none. */
export function objectKey(object: { name: string; namespace?: string | undefined }): string {
  return object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
}

/** A dot segment or an empty one would address another object than the one that was meant. */
function encodeSegment(segment: string): string {
  if (segment === '' || segment === '.' || segment === '..') {
    throw new RangeError(`"${segment}" is no path segment`);
  }
  return encodeURIComponent(segment);
}
