import { expect, test } from 'vitest';
import { healthAnnotations } from './health-annotations.ts';
import { projectService } from './usage-projections.ts';

const BETA = 'service.beta.kubernetes.io/';
const AWS = `${BETA}aws-load-balancer-healthcheck-port`;
const TARGETS = `${BETA}aws-load-balancer-nlb-target-type`;
const ALIBABA = `${BETA}alibaba-cloud-loadbalancer-health-check-connect-port`;

test.each<[Record<string, string>, [key: string, port: number][]]>([
  [{ [AWS]: '8086' }, [[AWS, 8086]]],
  [{ [AWS]: '8086', [`${BETA}aws-load-balancer-type`]: 'external' }, [[AWS, 8086]]],
  [{ [AWS]: '8086', [`${BETA}aws-load-balancer-type`]: 'nlb' }, []],
  [{ [AWS]: 'traffic-port' }, []],
  [{ [AWS]: '8086', [TARGETS]: 'instance', [ALIBABA]: '9000' }, [[ALIBABA, 9000]]],
  [{ [ALIBABA]: '9000', [`${BETA}backend-type`]: 'ecs' }, []],
  [{ 'load-balancer.hetzner.cloud/health-check-port': '9000' }, []],
])('a port for health checks of whoever may ask pods is kept with its key: %j', (keys, ports) => {
  expect(healthAnnotations(keys).map(({ key, port }) => [key, port])).toEqual(ports);
});

test('they count for a load balancer of which nothing else tells that it asks the pods', () => {
  const of = (type: string, annotations: Record<string, string>) =>
    projectService({
      metadata: { namespace: 'shop', name: 'web', annotations },
      spec: { type },
    }).healthAnnotations;
  expect(of('LoadBalancer', { [AWS]: '8086' })).toEqual([{ key: AWS, port: 8086 }]);
  const nlbIp = { [AWS]: '8086', [`${BETA}aws-load-balancer-type`]: 'nlb-ip' };
  expect(of('LoadBalancer', nlbIp)).toBeUndefined();
  expect(of('ClusterIP', { [AWS]: '8086' })).toBeUndefined();
});
