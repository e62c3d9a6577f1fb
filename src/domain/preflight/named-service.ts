import type { PortReference } from '../workload/template-use.ts';
import { leadingHere } from './bounded-references.ts';
import { controllerAt, isOutsideByClass } from './ingress-controller.ts';
import { type PortUse, usesFrom } from './port-use.ts';
import {
  type ReachedService,
  type ReachedServices,
  targetsAtHost,
  usesOfTargets,
} from './reached-service.ts';
import { podsOf, type Source } from './source.ts';
import type { ClusterUsage, NamedService } from './usage.ts';

type Naming = Pick<ClusterUsage, 'ingresses' | 'entrances' | 'services'>;

/**
 * Uses by proxies that annotations of an Ingress, or of a Service, have connect to a Service: to ask whether a request may
 * pass, to copy it there, or to have an error told. It may be of another namespace than they are, and counts whether a
 * proxy would follow that today or not. A load balancer outside of the cluster goes by none of these annotations.
 *
 * @param namespace that of the Services that are named
 * @param own that of the pods, whose annotations are all read
 */
export function namedServiceUses(
  cluster: Naming,
  namespace: string,
  services: ReachedServices,
  own = namespace,
): PortUse[] {
  const naming = [...namingIngresses(cluster), ...namingServices(cluster)];
  return [...Map.groupBy(naming, (each) => each.namespace)].flatMap(([from, theirs]) => {
    const leads = ({ named }: Name) => named.namespace === namespace;
    const uses = leadingHere(namesOf(theirs), leads, from === own).flatMap(({ by, named }) => {
      const service = services.get(named.service);
      const user = `${by.who} ${named.annotation} through Service ${named.service}`;
      const source = named.whose === undefined ? by.controller : podsOf(named.whose);
      const targets = service ? targetsOf(named, service) : [];
      return usesOfTargets(targets, { user, protocol: 'TCP', source });
    });
    return usesFrom(uses.toArray(), from, own);
  });
}

/** An object with such annotations. */
interface NamingObject {
  who: string;
  namespace: string;
  names: readonly NamedService[];
  /** Who follows its annotations, but for those that only one proxy has. */
  controller: Source;
}

interface Name {
  by: NamingObject;
  named: NamedService;
}

function namingIngresses({ ingresses, entrances }: Naming): NamingObject[] {
  return ingresses.flatMap((ingress) => {
    const { namespace, name, named: names, addresses } = ingress;
    if (names === undefined || isOutsideByClass(ingress)) return [];
    const controller = controllerAt(addresses, entrances);
    return [{ who: `Ingress ${namespace}/${name}`, namespace, names, controller }];
  });
}

/** Of a Service nothing tells where the controller of the Ingresses before it runs. */
function namingServices({ services }: Naming): NamingObject[] {
  return services.flatMap(({ namespace, name, named: names }) => {
    if (names === undefined) return [];
    const controller = controllerAt([], []);
    return [{ who: `Service ${namespace}/${name}`, namespace, names, controller }];
  });
}

function* namesOf(objects: readonly NamingObject[]): Generator<Name, undefined> {
  for (const by of objects) for (const named of by.names) yield { by, named };
}

/** Ports of the pods. */
function targetsOf(
  { port, byHost }: NamedService,
  reached: ReachedService,
): readonly PortReference[] {
  const { service, ports } = reached;
  if (port === undefined) return ports[0]?.protocol === 'TCP' ? ports[0].targets : [];
  if (byHost) return targetsAtHost(reached, port);
  const meant = service.ports.findIndex(
    (each) =>
      each.protocol === 'TCP' &&
      [each.port, each.name, each.targetPort].some((one) => one === port),
  );
  return ports[meant]?.targets ?? [];
}

/** The Services that annotations of an Ingress or a Service name. */
export function servicesNamedBy({ named = [] }: { named?: readonly NamedService[] }): {
  namespace: string;
  name: string;
}[] {
  return named.map(({ namespace, service }) => ({ namespace, name: service }));
}
