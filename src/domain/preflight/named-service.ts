import type { PortReference } from '../workload/template-use.ts';
import { leadingHere } from './bounded-references.ts';
import { controllerAt, isOutsideByClass } from './ingress-controller.ts';
import { type PortUse, usesFrom } from './port-use.ts';
import { type ReachedService, type ReachedServices, usesOfTargets } from './reached-service.ts';
import type { Entrance, Ingress, NamedService } from './usage.ts';

/**
 * Uses by controllers of Ingresses that annotations have connect to a Service: to ask whether a request may pass, to copy it
 * there, or to have an error told. It may be of another namespace than the Ingress, and counts whether its controller
 * would follow that today or not. A load balancer outside of the cluster goes by none of these annotations.
 *
 * @param namespace that of the Services
 * @param own that of the pods, whose Ingresses are all read
 */
export function namedServiceUses(
  ingresses: readonly Ingress[],
  entrances: readonly Entrance[],
  namespace: string,
  services: ReachedServices,
  own = namespace,
): PortUse[] {
  const naming = ingresses.filter((each) => each.named !== undefined && !isOutsideByClass(each));
  return [...Map.groupBy(naming, (ingress) => ingress.namespace)].flatMap(([from, theirs]) => {
    const leads = ({ named }: Naming) => named.namespace === namespace;
    const uses = leadingHere(namesOf(theirs), leads, from === own).flatMap(({ ingress, named }) => {
      const service = services.get(named.service);
      const source = controllerAt(ingress.addresses, entrances);
      const user = `Ingress ${from}/${ingress.name} ${named.annotation} through Service ${named.service}`;
      const targets = service ? targetsOf(named, service) : [];
      return usesOfTargets(targets, { user, protocol: 'TCP', source });
    });
    return usesFrom(uses.toArray(), from, own);
  });
}

interface Naming {
  ingress: Ingress;
  named: NamedService;
}

function* namesOf(ingresses: readonly Ingress[]): Generator<Naming, undefined> {
  for (const ingress of ingresses)
    for (const named of ingress.named ?? []) yield { ingress, named };
}

/** Ports of the pods. Who looks up a headless Service connects to these themselves, on the port that the URL says. */
function targetsOf(named: NamedService, reached: ReachedService): readonly PortReference[] {
  const { port, byHost } = named;
  const { service, ports } = byHost ? (reached.behind ?? reached) : reached;
  if (port === undefined) return ports[0]?.protocol === 'TCP' ? ports[0].targets : [];
  if (byHost && service.headless) return [port];
  const meant = service.ports.findIndex(
    (each) =>
      each.protocol === 'TCP' &&
      (each.port === port || (!byHost && (each.name === port || each.targetPort === port))),
  );
  return ports[meant]?.targets ?? [];
}
