import { expect, test } from 'vitest';
import { healthAnnotations } from './health-annotations.ts';
import { projectService } from './usage-projections.ts';

const AWS = 'service.beta.kubernetes.io/aws-load-balancer-healthcheck-port';
const TARGETS = 'service.beta.kubernetes.io/aws-load-balancer-nlb-target-type';
const AZURE = 'service.beta.kubernetes.io/port_80_health-probe_port';
const HETZNER = 'load-balancer.hetzner.cloud/health-check-port';

test.each<[Record<string, string>, [key: string, port: number][]]>([
  [{ [AWS]: '8086' }, [[AWS, 8086]]],
  [{ [AWS]: 'traffic-port' }, []],
  [{ [AWS]: '8086', [TARGETS]: 'instance', [HETZNER]: '9000' }, [[HETZNER, 9000]]],
  [{ [AZURE]: '8081' }, [[AZURE, 8081]]],
  [{ 'a.example/health-check-port-name': '80', 'a.example/check-port': '81' }, []],
])('a port for health checks of a load balancer is kept with its key: %j', (annotations, ports) => {
  expect(healthAnnotations(annotations).map(({ key, port }) => [key, port])).toEqual(ports);
});

test('no more of them are kept than anybody needs', () => {
  const keys = Array.from({ length: 20 }, (_, index) => [
    `a${index}.example/health-check-port`,
    '1',
  ]);
  expect(healthAnnotations(Object.fromEntries(keys))).toHaveLength(16);
});

test('they count for a load balancer of which nothing else tells that it asks the pods', () => {
  const of = (type: string, annotations: Record<string, string>) =>
    projectService({
      metadata: { namespace: 'shop', name: 'web', annotations },
      spec: { type },
    }).healthAnnotations;
  expect(of('LoadBalancer', { [AWS]: '8086' })).toEqual([{ key: AWS, port: 8086 }]);
  expect(of('LoadBalancer', { [AWS]: '8086', [TARGETS]: 'ip' })).toBeUndefined();
  expect(of('ClusterIP', { [AWS]: '8086' })).toBeUndefined();
});
