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
export function usesThrough(
  services: ReachedServices,
  { by, source, service, port, protocol }: ServiceUser,
): PortUse[] {
  const found = services
    .get(service)
    ?.ports.find(
      (each) =>
        each.protocol === protocol && (typeof port === 'number' ? each.number : each.name) === port,
    );
  const user = `${by} through Service ${service}`;
  return (found?.targets ?? []).map((target) => ({ port: target, protocol, user, source }));
}
