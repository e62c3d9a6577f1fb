import { AT_LOAD_BALANCER, type Source } from './source.ts';
import type { Entrance, Ingress, Service } from './usage.ts';

/**
 * The usual classes of controllers that only set up a load balancer of a cloud: that connects to pods, or to nodes, from
 * outside of the cluster. GKE goes by the first three, AWS and Alibaba by `alb`, Azure by the others.
 */
const OUTSIDE: ReadonlySet<string> = new Set([
  'gce',
  'gce-internal',
  'gce-regional-external',
  'alb',
  'azure/application-gateway',
  'azure-application-gateway',
  'azure-alb-external',
]);

/** Whether the class of an Ingress says that no pods of the cluster connect to its backends. */
export function isOutsideByClass({ ingressClass }: Pick<Ingress, 'ingressClass'>): boolean {
  return ingressClass !== undefined && OUTSIDE.has(ingressClass);
}

/**
 * Who connects to a Service for an Ingress. Where that has no class, GKE's controller takes it, and where the Service has a
 * group of its pods, "the load balancer sends traffic directly to Pods" (GKE docs, container-native load balancing) — unless
 * an address shows that a controller in the cluster has taken it.
 *
 * @param controller where addresses of the Ingress lead
 */
export function connectingFor(
  ingress: Pick<Ingress, 'ingressClass'>,
  controller: ReturnType<typeof controllerAt>,
  service: Pick<Service, 'balancedByIngress'> | undefined,
): Source {
  if (isOutsideByClass(ingress)) return AT_LOAD_BALANCER;
  const mayBeGke = ingress.ingressClass === undefined && service?.balancedByIngress === true;
  return mayBeGke && controller.namespace === undefined ? AT_LOAD_BALANCER : controller;
}

/**
 * An IngressClass names its controller, and not where that runs. But the controller writes where it is reached into the
 * Ingress: the pods behind the one load balancer that has such an address are those that connect.
 */
export function controllerAt(
  addresses: readonly string[],
  entrances: readonly Entrance[],
): Extract<Source, { kind: 'pods' }> {
  const behind = new Set(
    entrances.filter(({ address }) => addresses.includes(address)).map((each) => each.namespace),
  );
  const [namespace] = behind.size === 1 ? behind : [];
  return { kind: 'pods', whose: 'the ingress controller', namespace };
}
