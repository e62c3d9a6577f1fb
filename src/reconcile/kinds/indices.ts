import type { ObjectMeta } from '../../api/object-meta.ts';
import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { canonicalAddress } from '../../domain/preflight/endpoint-slice.ts';
import { serviceNamed } from '../../domain/preflight/external-name.ts';
import { servicesLedTo } from '../../domain/preflight/ingress.ts';
import { servicesNamedBy } from '../../domain/preflight/named-service.ts';
import type { EndpointSlice, Ingress, Route, Service } from '../../domain/preflight/usage.ts';
import { objectKey } from '../../kube/resource.ts';
import type { Namespaces } from './concern.ts';

/** Under what caches find their objects. */

/** The uid of its controller, in its namespace; nothing where it has none. */
export function byOwner({
  namespace,
  ownerUid,
}: {
  namespace: string;
  ownerUid: string | undefined;
}): string[] {
  return ownerUid === undefined ? [] : [uidIn(namespace, ownerUid)];
}

export function byUid({ namespace, uid }: { namespace: string; uid: string }): string[] {
  return [uidIn(namespace, uid)];
}

export function byNamespace({ namespace }: { namespace: string }): string[] {
  return [namespace];
}

/** The same of an object in wire form. */
export function byNamespaceOfMetadata({ metadata }: { metadata: ObjectMeta }): string[] {
  return metadata.namespace === undefined ? [] : [metadata.namespace];
}

/** The addresses that an EndpointSlice lists, in canonical form. */
export function byListedAddress({ addresses }: { addresses: readonly string[] }): string[] {
  return addresses.map(canonicalAddress);
}

/** The Service that an EndpointSlice is of, where it lists addresses: those that a selector tells of do not. */
export function byServiceListed({
  namespace,
  service,
  addresses,
}: Pick<EndpointSlice, 'namespace' | 'service' | 'addresses'>): string[] {
  return addresses.length > 0 ? [objectKey({ namespace, name: service })] : [];
}

/** The Services that an Ingress leads to: by its rules, and by its annotations. */
export function byBackend(ingress: Pick<Ingress, 'namespace' | 'backends' | 'named'>): string[] {
  return servicesLedTo(ingress).map(objectKey);
}

/** The Services that annotations of a Service name. */
export function byNamedService(service: Pick<Service, 'named'>): string[] {
  return servicesNamedBy(service).map(objectKey);
}

/** The Services, or what else has such a name, that a route leads to. */
export function byBackendRef(route: Pick<Route, 'namespace' | 'backends'>): string[] {
  return route.backends.map(({ namespace = route.namespace, name }) =>
    objectKey({ namespace, name }),
  );
}

/** No namespace has that name. */
export const EVERY_NAMESPACE = '*';

/** The namespaces that something is about; under one name where that is all. */
export function byNamespaces<T>(
  namespacesOf: (value: T) => Namespaces,
): (value: T) => readonly string[] {
  return (value) => {
    const namespaces = namespacesOf(value);
    return namespaces === 'all' ? [EVERY_NAMESPACE] : namespaces;
  };
}

/** The namespace of the Service whose other name a Service is. */
export function byNamedNamespace({ externalName }: { externalName: string | undefined }): string[] {
  const named = serviceNamed(externalName);
  return named ? [named.namespace] : [];
}

/** The key of the workload whose template a Rollout has. */
export function byLender({
  namespace,
  templateOf,
}: {
  namespace: string;
  templateOf?: { kind: string; name: string };
}): string[] {
  return templateOf ? [`${templateOf.kind}/${namespace}/${templateOf.name}`] : [];
}

/** The key of the workload that a report is about, of whatever kind. */
export function byTarget({ metadata, spec }: PortExposureReport): string[] {
  return [`${spec.targetRef.kind}/${metadata.namespace}/${spec.targetRef.name}`];
}

/** A uid as the objects of one namespace refer to it. */
export function uidIn(namespace: string, uid: string): string {
  return `${namespace}/${uid}`;
}

/** Its labels, in its namespace. */
export function byLabel(namespace: string, labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).map((label) => labelIn(namespace, label));
}

/** A label of the objects of one namespace. No name holds a slash before, and no label's name a `=`. */
export function labelIn(namespace: string, [name, value]: [name: string, value: string]): string {
  return `${namespace}/${name}=${value}`;
}
