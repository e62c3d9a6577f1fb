import type { PortReference } from '../workload/template-use.ts';
import { ingressUses } from './ingress.ts';
import { namedServiceUses } from './named-service.ts';
import { type PortUse, usesFrom, usesOfDeclaredPorts } from './port-use.ts';
import type { ReachedService, ReachedServices } from './reached-service.ts';
import { routeUses } from './route.ts';
import { ANYBODY, type Source } from './source.ts';
import type { ClusterUsage, Service, ServicePort } from './usage.ts';

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

/** Of names of names no more are followed; resolvers give up about there, too. */
const MOST_HOPS = 8;

/**
 * The Services of any namespace that are another name of one in this namespace, or of such a name, nearest first.
 *
 * @param namedIn the ExternalNames that name a Service of a namespace
 */
export function aliasesInto(
  namespace: string,
  namedIn: (namespace: string) => readonly Service[],
): Service[] {
  const found = new Set(namedIn(namespace));
  let nearest = [...found];
  for (let hop = 1; hop < MOST_HOPS && nearest.length > 0; hop += 1) {
    const names = Map.groupBy(nearest, (alias) => alias.namespace);
    nearest = [...names].flatMap(([from, aliases]) => {
      const here = new Set(aliases.map(({ name }) => name));
      return namedIn(from).filter(
        (each) => !found.has(each) && here.has(serviceNamed(each.externalName)?.name ?? ''),
      );
    });
    for (const each of nearest) found.add(each);
  }
  return [...found];
}

/**
 * The Services whose other names a Service is: the one that it names, the one that that names where it is a name, too, and so on.
 *
 * @param find the Service of that name, where there is one
 */
export function namesBehind(
  { externalName }: Pick<Service, 'externalName'>,
  find: (name: { namespace: string; name: string }) => Service | undefined,
): { namespace: string; name: string }[] {
  const names = [];
  let named = serviceNamed(externalName);
  for (let hop = 0; named && hop < MOST_HOPS; hop += 1) {
    names.push(named);
    named = serviceNamed(find(named)?.externalName);
  }
  return names;
}

/**
 * Uses by Services of any namespace that are another name of one which leads to the pods: "a service … will be
 * aliased by a CNAME record" (core/v1 ServiceSpec externalName), so that its clients look up that one. Behind a headless
 * Service they connect to the pods themselves, on the port that they were told. What an Ingress or a route sends to such a
 * name comes from a controller, wherever that runs.
 */
export function externalNameUses(
  { services, ingresses, entrances, routes }: Reaching,
  namespace: string,
  reached: ReachedServices,
): PortUse[] {
  const aliases = services.filter(({ externalName }) => externalName !== undefined);
  if (aliases.length === 0) return [];
  const byName = new Map(aliases.map((each) => [`${each.namespace}/${each.name}`, each]));
  const leading = aliases.flatMap((alias) => {
    const service = serviceBehind(alias, byName, namespace, reached);
    return service ? [{ alias, service }] : [];
  });
  return [...Map.groupBy(leading, ({ alias }) => alias.namespace)].flatMap(([from, theirs]) => {
    const through = new Map(theirs.map((each) => [each.alias.name, reachedByAlias(each)]));
    const uses = [
      ...theirs.flatMap((each) => usesOf(each, namespace)),
      ...ingressUses(ingresses, entrances, from, through),
      ...routeUses(routes, from, through, namespace),
      ...namedServiceUses({ services, ingresses, entrances }, from, through, namespace),
    ];
    return usesFrom(uses.slice(0, MAXIMUM_READ), from, namespace);
  });
}

type Reaching = Pick<ClusterUsage, 'services' | 'ingresses' | 'entrances' | 'routes'>;

/** A Service that is another name, and the one that it leads to in the end. */
interface Leading {
  alias: Service;
  service: ReachedService;
}

function serviceBehind(
  alias: Service,
  byName: ReadonlyMap<string, Service>,
  namespace: string,
  reached: ReachedServices,
): ReachedService | undefined {
  return namesBehind(alias, (each) => byName.get(`${each.namespace}/${each.name}`))
    .filter((each) => each.namespace === namespace)
    .map(({ name }) => reached.get(name))
    .find((service) => service !== undefined);
}

function reachedByAlias({ alias, service }: Leading): ReachedService {
  const ports = alias.ports.map((port) => ({
    name: port.name,
    number: port.port,
    protocol: port.protocol,
    targets: targetsOf(port, service),
  }));
  return { service: alias, shapes: service.shapes, ports, once: service.once, behind: service };
}

function usesOf({ alias, service }: Leading, namespace: string): PortUse[] {
  const by = {
    user: `Service ${alias.namespace}/${alias.name} by the name of Service ${service.service.name}${service.once}`,
    source: clientsOf(alias, namespace),
  };
  if (alias.ports.length > 0)
    return alias.ports.flatMap((port) =>
      targetsOf(port, service).map((target) => ({
        port: target,
        protocol: port.protocol,
        ...by,
      })),
    );
  const ports = service.ports.flatMap(({ targets, protocol }) =>
    targets.map((port) => ({ port, protocol, ...by })),
  );
  return ports.length > 0 ? ports : usesOfDeclaredPorts(service.shapes, by.user, by.source);
}

/** Nothing but the namespace of the name tells where they run. */
function clientsOf({ namespace }: Service, pods: string): Source {
  return namespace === pods ? ANYBODY : { kind: 'pods', whose: 'clients of that name', namespace };
}

function targetsOf(
  { port: number, protocol }: ServicePort,
  { service, ports }: ReachedService,
): readonly PortReference[] {
  if (service.headless) return [number];
  const through = ports.find((each) => each.number === number && each.protocol === protocol);
  return through?.targets ?? [];
}
