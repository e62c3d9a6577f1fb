import type { AlbHealth } from '../domain/preflight/usage.ts';
import { annotatedPort } from './annotated-ports.ts';
import { optionalTextOf } from './wire-fields.ts';

type Fields = Readonly<Record<string, unknown>>;

const NLB = 'service.beta.kubernetes.io/aws-load-balancer-';
const ALB = 'alb.ingress.kubernetes.io/';

/**
 * The port on which the load balancer of a Service asks the pods for health, where it registers "pod IPs" as targets and
 * not nodes (nlb-target-type of the AWS Load Balancer Controller; `nlb-ip` is the older word for it). With `traffic-port`,
 * the default, it asks on the Service's own ports.
 */
export function nlbHealthPort(annotations: Fields): number | undefined {
  const isToPods =
    annotations[`${NLB}nlb-target-type`] === 'ip' || annotations[`${NLB}type`] === 'nlb-ip';
  return isToPods ? annotatedPort(annotations[`${NLB}healthcheck-port`]) : undefined;
}

/** What an Ingress, or a Service behind one, says of the health checks of an Ingress's load balancer; undefined if nothing. */
export function albHealth(annotations: Fields): AlbHealth | undefined {
  const targetType = optionalTextOf(annotations[`${ALB}target-type`]);
  const port = annotatedPort(annotations[`${ALB}healthcheck-port`]);
  if (targetType === undefined && port === undefined) return undefined;
  return {
    ...(targetType !== undefined && { targetType }),
    ...(port !== undefined && { port }),
  };
}
