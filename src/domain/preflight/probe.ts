import type { ContainerHandler, PortReference } from '../workload/template-use.ts';
import type { PodShape } from './pod-shape.ts';
import type { PortUse } from './port-use.ts';
import { KUBELET } from './source.ts';

/**
 * Uses by the kubelet: liveness, readiness and startup probes by HTTP, TCP and gRPC, and lifecycle
 * hooks by HTTP. Networks should let a node reach its own pods whatever a policy says, but not all do.
 */
export function probeUses(pod: PodShape): PortUse[] {
  return pod.use.handlers.filter(meetsThePod).flatMap((handler) => {
    const { container } = handler;
    const user = `${handler.handler} of container ${container}`;
    const port = handlerPort(handler, pod);
    return port === undefined ? [] : [{ port, protocol: 'TCP', user, source: KUBELET, container }];
  });
}

/** "Host name to connect to, defaults to the pod IP" (core/v1 HTTPGetAction): with one, the connection goes elsewhere. */
function meetsThePod({ host }: ContainerHandler): boolean {
  return host === '';
}

/**
 * "Name or number of the port to access on the container" (core/v1 HTTPGetAction port). The kubelet
 * looks a name up among the ports of that container alone, whatever their protocol, and reads it as
 * a number where there is none of that name. A name that is neither fails today, and stays a name.
 */
function handlerPort(
  { port, container }: ContainerHandler,
  pod: PodShape,
): PortReference | undefined {
  if (typeof port === 'number') return port;
  if (port === '') return undefined;
  const declared = pod.ports.find((each) => each.container === container && each.name === port);
  if (declared) return declared.port;
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  return number >= 1 && number <= 65535 ? number : port;
}
