import { type PortUse, usesFrom, usesOfDeclaredPorts } from './port-use.ts';
import type { ReachedService, ReachedServices } from './reached-service.ts';
import { ANYBODY, type Source } from './source.ts';
import type { Service } from './usage.ts';

/** Far beyond the ports of one workload that a namespace is believed about. */
const MAXIMUM_READ = 1024;

/**
 * The Service whose name an ExternalName is: "my-svc.my-namespace.svc.cluster-domain.example", or one of the names
 * of its pods, "hostname.my-svc.my-namespace.svc.cluster-domain.example" (Kubernetes docs, dns-pod-service).
 * Undefined where it is no such name.
 */
export function serviceNamed(
  externalName: string | undefined,
): { namespace: string; name: string } | undefined {
  const [, name, namespace] =
    /^(?:[^.]+\.)?([^.]+)\.([^.]+)\.svc\.[^.]/i.exec(externalName ?? '') ?? [];
  return name && namespace
    ? { namespace: namespace.toLowerCase(), name: name.toLowerCase() }
    : undefined;
}

/**
 * Uses by Services of any namespace that are another name of one which leads to the pods: "a service … will be
 * aliased by a CNAME record" (core/v1 ServiceSpec externalName), so that its clients look up that one. Behind a headless
 * Service they connect to the pods themselves, on the port that they were told.
 */
export function externalNameUses(
  services: readonly Service[],
  namespace: string,
  reached: ReachedServices,
): PortUse[] {
  const uses = Map.groupBy(services, (service) => service.namespace);
  return [...uses].flatMap(([from, theirs]) =>
    usesFrom(
      theirs.flatMap((alias) => usesOf(alias, namespace, reached)).slice(0, MAXIMUM_READ),
      from,
      namespace,
    ),
  );
}

function usesOf(alias: Service, namespace: string, reached: ReachedServices): PortUse[] {
  const named = serviceNamed(alias.externalName);
  const service = named?.namespace === namespace ? reached.get(named.name) : undefined;
  if (!service) return [];
  const name = `Service ${alias.namespace}/${alias.name}`;
  const by = {
    user: `${name} by the name of Service ${service.service.name}`,
    source: clientsOf(alias, namespace),
  };
  if (alias.ports.length > 0) return alias.ports.flatMap((port) => portUses(port, service, by));
  const ports = service.ports.flatMap(({ targets, protocol }) =>
    targets.map((port) => ({ port, protocol, ...by })),
  );
  return ports.length > 0 ? ports : usesOfDeclaredPorts(service.shapes, by.user, by.source);
}

/** Nothing but the namespace of the name tells where they run. */
function clientsOf({ namespace }: Service, pods: string): Source {
  return namespace === pods ? ANYBODY : { kind: 'pods', whose: 'clients of that name', namespace };
}

function portUses(
  { port: number, protocol }: Service['ports'][number],
  { service, ports }: ReachedService,
  by: Pick<PortUse, 'user' | 'source'>,
): PortUse[] {
  const through = ports.find((each) => each.number === number && each.protocol === protocol);
  const targets = service.headless ? [number] : (through?.targets ?? []);
  return targets.map((port) => ({ port, protocol, ...by }));
}
