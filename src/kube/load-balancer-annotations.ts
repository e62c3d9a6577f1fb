import type { AlbHealth, HealthCheck, Ingress } from '../domain/preflight/usage.ts';
import { annotatedPort } from './annotated-ports.ts';
import {
  entriesOf,
  fieldsOf,
  optionalTextOf,
  portNumberOf,
  portReferenceOf,
  textOf,
} from './wire-fields.ts';

type Fields = Readonly<Record<string, unknown>>;

const BETA = 'service.beta.kubernetes.io/';
const NLB = `${BETA}aws-load-balancer-`;
const ALIBABA_HEALTH_PORT = `${BETA}alibaba-cloud-loadbalancer-health-check-connect-port`;
const ALB = 'alb.ingress.kubernetes.io/';

/**
 * The port on which the load balancer of a Service asks the pods for health, where it registers "pod IPs" as targets and
 * not nodes (nlb-target-type of the AWS Load Balancer Controller; `nlb-ip` is the older word for it). With `traffic-port`,
 * the default, it asks on the Service's own ports. Which type is the default, that controller is told; of a Service without
 * ports on nodes it can only be the pods. Alibaba's does so with the backend type `eni`. Those of other clouds ask nodes, on
 * ports of nodes.
 */
export function serviceHealthPort(annotations: Fields, spec: Fields): number | undefined {
  const targetType = annotations[`${NLB}nlb-target-type`];
  const hasNoNodePorts = spec.allocateLoadBalancerNodePorts === false;
  const isToPods =
    targetType === 'ip' ||
    annotations[`${NLB}type`] === 'nlb-ip' ||
    (targetType === undefined && hasNoNodePorts);
  if (isToPods) return annotatedPort(annotations[`${NLB}healthcheck-port`]);
  const isToInterfaces = annotations[`${BETA}backend-type`] === 'eni';
  return isToInterfaces ? annotatedPort(annotations[ALIBABA_HEALTH_PORT]) : undefined;
}

/**
 * Annotations of an Ingress, or of a Service behind one, that have its pods themselves asked for health on a port of
 * their own: by Azure's Application Gateway ("health-probe-port"), by Alibaba's ALB ("healthcheck-connect-port"), and by
 * HAProxy Ingress ("health-check-port", and "agent-check-port: Defines the port on which the agent is listening"), whose
 * pods are in the cluster.
 */
const HEALTH_PORTS: Readonly<Record<string, HealthCheck['by']>> = {
  'appgw.ingress.kubernetes.io/health-probe-port': 'loadBalancer',
  [`${ALB}healthcheck-connect-port`]: 'loadBalancer',
  'haproxy-ingress.github.io/agent-check-port': 'controller',
  'haproxy-ingress.github.io/health-check-port': 'controller',
  'ingress.kubernetes.io/agent-check-port': 'controller',
  'ingress.kubernetes.io/health-check-port': 'controller',
};

/** What they say; a port of 0 is the one that gets the traffic. */
export function healthChecks(annotations: Fields): HealthCheck[] {
  return Object.entries(HEALTH_PORTS).flatMap(([key, by]) => {
    const port = annotatedPort(annotations[key]);
    return port === undefined ? [] : [{ by, port }];
  });
}

/** What an Ingress, or a Service behind one, says of the health checks of an Ingress's load balancer; undefined if nothing. */
export function albHealth(annotations: Fields): AlbHealth | undefined {
  const targetType = optionalTextOf(annotations[`${ALB}target-type`]);
  const port = optionalTextOf(annotations[`${ALB}healthcheck-port`]);
  if (targetType === undefined && port === undefined) return undefined;
  return {
    ...(targetType !== undefined && { targetType }),
    ...(port !== undefined && { port: annotatedPort(port) ?? 'other' }),
  };
}

/**
 * The backends of an action of an Ingress: "The action-name in the annotation must match the serviceName in the Ingress rules,
 * and servicePort must be use-annotation" (AWS Load Balancer Controller, actions.${action-name}). Alibaba's ALB has lists of
 * them, and `ServerGroups` in place of `targetGroups`.
 */
export function albActionBackends(annotations: Fields, action: string): Ingress['backends'] {
  const said = parsed(annotations[`${ALB}actions.${action}`]);
  return (Array.isArray(said) ? said : [said]).map(fieldsOf).flatMap((each) => [
    ...entriesOf(fieldsOf(each.forwardConfig).targetGroups).flatMap((group) => {
      const { serviceName, servicePort } = fieldsOf(group);
      return actionBackend(serviceName, servicePort);
    }),
    ...entriesOf(fieldsOf(each.ForwardConfig).ServerGroups).flatMap((group) => {
      const { ServiceName, ServicePort } = fieldsOf(group);
      return actionBackend(ServiceName, ServicePort);
    }),
  ]);
}

function actionBackend(service: unknown, servicePort: unknown): Ingress['backends'] {
  const port = annotatedPort(servicePort) ?? portReferenceOf(servicePort);
  return port === undefined ? [] : [{ service: textOf(service), port }];
}

const NEG = 'cloud.google.com/neg';
/** What GKE writes once there are such groups, for a load balancer of whatever kind: of an Ingress, of a Gateway, or none yet. */
const NEG_STATUS = 'cloud.google.com/neg-status';

/**
 * The ports of a Service for which GKE makes a group of its pods, which "load balancers … target directly": those that it is
 * told to (standalone NEGs), and those that it says it has made one for.
 */
export function negPorts(annotations: Fields): number[] {
  const { exposed_ports: exposed } = fieldsOf(parsed(annotations[NEG]));
  const { network_endpoint_groups: made } = fieldsOf(parsed(annotations[NEG_STATUS]));
  const keys = new Set([exposed, made].flatMap((ports) => Object.keys(fieldsOf(ports))));
  return [...keys].flatMap((port) => portNumberOf(Number(port)) ?? []);
}

/** Whether GKE makes such groups for the Ingresses that lead to a Service, as it is told by default. */
export function isNegOfIngress(annotations: Fields): boolean {
  return fieldsOf(parsed(annotations[NEG])).ingress === true;
}

/** Far more than one Service needs; anybody may write more. */
const MAXIMUM_CONFIGS = 8;

/**
 * The BackendConfigs that a Service names, for all or for some of its ports: "healthCheck … port: Specifies the port by
 * using a port number" (GKE docs, ingress configuration), which may be one that nothing else names.
 */
export function backendConfigs(annotations: Fields): string[] {
  const names = ['', 'beta.'].flatMap((version) => {
    const said = fieldsOf(parsed(annotations[`${version}cloud.google.com/backend-config`]));
    return [said.default, ...Object.values(fieldsOf(said.ports))];
  });
  const known = names.map(textOf).filter((name) => /^[a-z0-9.-]{1,253}$/.test(name));
  return [...new Set(known)].slice(0, MAXIMUM_CONFIGS).sort();
}

/** Undefined where it is no JSON. */
function parsed(value: unknown): unknown {
  // Most objects have no such annotation, and an exception takes longer than all else that is read of them.
  if (typeof value !== 'string') return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
