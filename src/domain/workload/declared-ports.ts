import type { Protocol } from '../../api/kubernetes.ts';
import type { ListedPort } from './port-text.ts';
import type { ContainerPort, Pod, Workload } from './workload.ts';

/** A port that a workload declares, once, with everybody who declares it. */
export interface DeclaredPort {
  port: number;
  protocol: Protocol;
  /** Names of the declaring containers, sorted; empty where only an annotation declares it. */
  containers: readonly string[];
}

/**
 * The ports that a workload declares now: those of its template, of its live pods and of the
 * annotation, sorted by number, then protocol. Live pods count because an admission webhook may
 * have added a container that the template lacks. Pods of an older template, too, go on serving
 * its ports until the last one is gone: the set widens before a rollout and narrows after.
 * A pod that is being deleted can add nothing: a finalizer would make it stay for ever.
 *
 * @param isCounted whether a port counted until now: of a pod that is being deleted, no others do
 */
export function declaredPorts(
  workload: Workload,
  pods: readonly Pod[],
  extraPorts: readonly ContainerPort[],
  isCounted: (port: ListedPort) => boolean,
): DeclaredPort[] {
  const live = pods.filter((pod) => pod.live);
  const staying = [
    ...workload.template.ports,
    ...extraPorts,
    ...portsOf(live.filter((pod) => !pod.terminating)),
  ];
  const known = new Set(staying.map((each) => portKey(each.port, each.protocol)));
  const going = portsOf(live.filter((pod) => pod.terminating)).filter(
    (each) => known.has(portKey(each.port, each.protocol)) || isCounted(each),
  );
  const found = new Map<string, { port: number; protocol: Protocol; containers: Set<string> }>();
  for (const { port, protocol, container } of [...staying, ...going]) {
    if (!Number.isInteger(port) || port < 1 || port > 65535) continue;
    const key = portKey(port, protocol);
    const entry = found.get(key) ?? { port, protocol, containers: new Set<string>() };
    if (container) entry.containers.add(container);
    found.set(key, entry);
  }
  return [...found.values()]
    .map(({ port, protocol, containers }) => ({
      port,
      protocol,
      containers: [...containers].sort(),
    }))
    .sort(byPortThenProtocol);
}

/** Of pods that share one list of ports, as those of a template do, the list once. */
function portsOf(pods: readonly Pod[]): ContainerPort[] {
  return [...new Set(pods.map((pod) => pod.ports))].flat();
}

/** The numbers of the declared TCP ports: the ones that a connection can tell about. */
export function declaredTcpPorts(declared: readonly DeclaredPort[]): Set<number> {
  return new Set(declared.filter(({ protocol }) => protocol === 'TCP').map(({ port }) => port));
}

/** `8080/TCP`: how portlock writes and keys a port. */
export function portKey(port: number | string, protocol: string): string {
  return `${port}/${protocol}`;
}

/** Orders by number, then protocol by name. */
export function byPortThenProtocol(
  a: { port: number; protocol: string },
  b: { port: number; protocol: string },
): number {
  return a.port - b.port || (a.protocol < b.protocol ? -1 : a.protocol > b.protocol ? 1 : 0);
}
