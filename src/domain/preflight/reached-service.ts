import type { Protocol } from '../../api/kubernetes.ts';
import type { PortReference } from '../workload/template-use.ts';
import type { PodShape } from './pod-shape.ts';
import type { PortUse } from './port-use.ts';
import type { Source } from './source.ts';
import type { Service } from './usage.ts';

/** A Service that leads to the pods. */
export interface ReachedService {
  service: Service;
  /** The pods that it leads to. */
  shapes: readonly PodShape[];
  ports: readonly ReachedPort[];
  /** Where it is another name, the Service that it leads to in the end. */
  behind?: ReachedService;
  /** For the end of a user's name: which labels a pod has to get before; empty where none. */
  once: string;
}

/** A port of a Service, and what it leads to on the pods. */
export interface ReachedPort {
  name: string;
  number: number;
  protocol: Protocol;
  /** Numbers, or the one name that none of the pods declares. */
  targets: readonly PortReference[];
}

/** By the name of the Service. */
export type ReachedServices = ReadonlyMap<string, ReachedService>;

/** Somebody that connects to pods through a port of a Service. */
export interface ServiceUser {
  /** For example `Ingress shop/web`. */
  by: string;
  source: Source;
  /** The Service's name, in the namespace of the pods. */
  service: string;
  /** A port of the Service, by number or by name. */
  port: PortReference;
  protocol: Protocol;
}

/**
 * Uses through a Service. Where it does not lead to the pods, or does not have the port, nothing
 * arrives at them today: there is nothing to cut, and the broken reference is not portlock's to report.
 */
export function usesThrough(services: ReachedServices, user: ServiceUser): PortUse[] {
  const { port } = user;
  const found = portsOf(services, user).find(
    (each) => (typeof port === 'number' ? each.number : each.name) === port,
  );
  return usesOf(found?.targets ?? [], user);
}

/** Uses by who looks up the name of a Service, and connects to where that leads. */
export function usesAtHost(services: ReachedServices, user: ServiceUser): PortUse[] {
  const reached = services.get(user.service);
  return usesOf(reached ? targetsAtHost(reached, user.port) : [], user);
}

/**
 * Uses by who connects to the endpoints of a Service: of all of its ports, or of those that have this name, or on the pods
 * this number.
 */
export function usesOfEndpoints(
  services: ReachedServices,
  user: Omit<ServiceUser, 'port'> & { port: PortReference | undefined },
): PortUse[] {
  const port = user.port === undefined ? undefined : String(user.port);
  const targets = portsOf(services, user).flatMap((each) =>
    port === undefined || each.name === port
      ? each.targets
      : each.targets.filter((target) => typeof target === 'number' && String(target) === port),
  );
  return usesOf(targets, user);
}

/**
 * What a port of a host leads to that is looked up by its name: of a headless Service, the pods themselves, on that very
 * port; of another name, what the Service behind it leads to.
 */
export function targetsAtHost(
  reached: ReachedService,
  port: PortReference,
): readonly PortReference[] {
  const { service, ports } = reached.behind ?? reached;
  if (service.headless) return [port];
  return ports.find((each) => each.number === port && each.protocol === 'TCP')?.targets ?? [];
}

type Through = Omit<ServiceUser, 'port'>;

function portsOf(services: ReachedServices, { service, protocol }: Through): ReachedPort[] {
  return (services.get(service)?.ports ?? []).filter((each) => each.protocol === protocol);
}

function usesOf(
  targets: readonly PortReference[],
  { by, source, service, protocol }: Through,
): PortUse[] {
  const user = `${by} through Service ${service}`;
  return usesOfTargets(targets, { user, protocol, source });
}

/** A user of ports of the pods. */
export function usesOfTargets(
  targets: readonly PortReference[],
  by: Pick<PortUse, 'user' | 'protocol' | 'source'>,
): PortUse[] {
  const { protocol, user, source } = by;
  return targets.map((port) => ({ port, protocol, user, source }));
}
