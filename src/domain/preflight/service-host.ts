import { serviceNamed } from './external-name.ts';

/**
 * The Service that a host is, for a pod of whatever namespace: `my-svc.my-namespace`, `my-svc.my-namespace.svc`, and the
 * whole name that `serviceNamed` reads. "A DNS query may return different results based on the namespace of the Pod making
 * it" (Kubernetes docs, dns-pod-service): a name alone is one beside that pod, and where it runs nothing tells. Undefined
 * of that, and of what is no such name.
 */
export function serviceAtHost(host: string): { namespace: string; name: string } | undefined {
  const [, name, namespace] =
    /^(?:[^.]+\.)?([^.]+)\.([^.]+)\.svc$/i.exec(host) ?? /^([^.]+)\.([^.]+)$/.exec(host) ?? [];
  return name && namespace
    ? { namespace: namespace.toLowerCase(), name: name.toLowerCase() }
    : serviceNamed(host);
}
