import { expect, test } from 'vitest';
import { albHealth, nlbHealthPort } from './load-balancer-annotations.ts';

const nlb = (name: string) => `service.beta.kubernetes.io/aws-load-balancer-${name}`;
const alb = (name: string) => `alb.ingress.kubernetes.io/${name}`;

test.each<[Record<string, string>, number | undefined]>([
  [{ [nlb('nlb-target-type')]: 'ip', [nlb('healthcheck-port')]: '8086' }, 8086],
  [{ [nlb('type')]: 'nlb-ip', [nlb('healthcheck-port')]: '8086' }, 8086],
  [{ [nlb('nlb-target-type')]: 'instance', [nlb('healthcheck-port')]: '8086' }, undefined],
  [{ [nlb('healthcheck-port')]: '8086' }, undefined],
  [{ [nlb('nlb-target-type')]: 'ip', [nlb('healthcheck-port')]: 'traffic-port' }, undefined],
  [{ [nlb('nlb-target-type')]: 'ip', [nlb('healthcheck-port')]: '0' }, undefined],
  [{ [nlb('nlb-target-type')]: 'ip' }, undefined],
])('the load balancer of a Service with %j asks on %j', (annotations, port) => {
  expect(nlbHealthPort(annotations)).toBe(port);
});

test.each<[Record<string, string>, unknown]>([
  [{}, undefined],
  [{ [alb('target-type')]: 'ip' }, { targetType: 'ip' }],
  [{ [alb('healthcheck-port')]: '8085' }, { port: 8085 }],
  [{ [alb('healthcheck-port')]: 'status-port' }, undefined],
  [{ [alb('healthcheck-port')]: '65536', [alb('target-type')]: 'ip' }, { targetType: 'ip' }],
])('what %j says of an Ingress’s load balancer is %j', (annotations, expected) => {
  expect(albHealth(annotations)).toEqual(expected);
});
