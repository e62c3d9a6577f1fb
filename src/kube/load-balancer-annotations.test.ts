import { expect, test } from 'vitest';
import {
  albActionBackends,
  albHealth,
  backendConfigs,
  healthChecks,
  isNegOfIngress,
  negPorts,
  serviceHealthPort,
} from './load-balancer-annotations.ts';

const nlb = (name: string) => `service.beta.kubernetes.io/aws-load-balancer-${name}`;
const BACKEND_TYPE = 'service.beta.kubernetes.io/backend-type';
const CONNECT_PORT =
  'service.beta.kubernetes.io/alibaba-cloud-loadbalancer-health-check-connect-port';
const alb = (name: string) => `alb.ingress.kubernetes.io/${name}`;

test.each<[Record<string, string>, number | undefined]>([
  [{ [nlb('nlb-target-type')]: 'ip', [nlb('healthcheck-port')]: '8086' }, 8086],
  [{ [nlb('type')]: 'nlb-ip', [nlb('healthcheck-port')]: '8086' }, 8086],
  [{ [nlb('nlb-target-type')]: 'instance', [nlb('healthcheck-port')]: '8086' }, undefined],
  [{ [nlb('healthcheck-port')]: '8086' }, undefined],
  [{ [nlb('nlb-target-type')]: 'ip', [nlb('healthcheck-port')]: 'traffic-port' }, undefined],
  [{ [nlb('nlb-target-type')]: 'ip', [nlb('healthcheck-port')]: '0' }, undefined],
  [{ [nlb('nlb-target-type')]: 'ip' }, undefined],
  [{ [BACKEND_TYPE]: 'eni', [CONNECT_PORT]: '8086' }, 8086],
  [{ [BACKEND_TYPE]: 'ecs', [CONNECT_PORT]: '8086' }, undefined],
  [{ [CONNECT_PORT]: '8086' }, undefined],
])('the load balancer of a Service with %j asks on %j', (annotations, port) => {
  expect(serviceHealthPort(annotations, {})).toBe(port);
});

test.each<[targetType: string | undefined, allocate: unknown, number | undefined]>([
  [undefined, false, 8086],
  [undefined, true, undefined],
  [undefined, undefined, undefined],
  ['instance', false, undefined],
])(
  'of target type %s, where ports on nodes are allocated: %s, it asks on %j',
  (type, allocate, port) => {
    const annotations = { [nlb('nlb-target-type')]: type, [nlb('healthcheck-port')]: '8086' };
    expect(serviceHealthPort(annotations, { allocateLoadBalancerNodePorts: allocate })).toBe(port);
  },
);

test.each<[Record<string, string>, unknown]>([
  [{}, undefined],
  [{ [alb('target-type')]: 'ip' }, { targetType: 'ip' }],
  [{ [alb('healthcheck-port')]: '8085' }, { port: 8085 }],
  [{ [alb('healthcheck-port')]: 'status-port' }, { port: 'other' }],
  [
    { [alb('healthcheck-port')]: '65536', [alb('target-type')]: 'ip' },
    { targetType: 'ip', port: 'other' },
  ],
])('what %j says of an Ingress’s load balancer is %j', (annotations, expected) => {
  expect(albHealth(annotations)).toStrictEqual(expected);
});

test.each<[key: string, value: string, unknown[]]>([
  ['appgw.ingress.kubernetes.io/health-probe-port', '8085', [{ by: 'loadBalancer', port: 8085 }]],
  [alb('healthcheck-connect-port'), '8085', [{ by: 'loadBalancer', port: 8085 }]],
  [alb('healthcheck-connect-port'), '0', []],
  ['haproxy-ingress.github.io/health-check-port', '8085', [{ by: 'controller', port: 8085 }]],
  ['haproxy-ingress.github.io/agent-check-port', '8085', [{ by: 'controller', port: 8085 }]],
  ['ingress.kubernetes.io/agent-check-port', '8085', [{ by: 'controller', port: 8085 }]],
  ['ingress.kubernetes.io/health-check-port', '8085', [{ by: 'controller', port: 8085 }]],
  ['haproxy-ingress.github.io/health-check-port', 'status', []],
])('by %s: %s the pods behind an Ingress are asked on %j', (key, value, expected) => {
  expect(healthChecks({ [key]: value })).toEqual(expected);
});

test.each<[string, unknown, unknown]>([
  [
    'that forwards',
    '{"type": "forward", "forwardConfig": {"targetGroups": [{"serviceName": "a", "servicePort": "http"}, {"serviceName": "b", "servicePort": "80"}, {"serviceName": "c", "servicePort": 81}, {"targetGroupARN": "x"}]}}',
    [
      { service: 'a', port: 'http' },
      { service: 'b', port: 80 },
      { service: 'c', port: 81 },
    ],
  ],
  [
    'of Alibaba',
    '[{"type": "ForwardGroup", "ForwardConfig": {"ServerGroups": [{"ServiceName": "a", "ServicePort": 80, "Weight": 8}, {"ServerGroupID": "x"}]}}, {"type": "Rewrite"}, null]',
    [{ service: 'a', port: 80 }],
  ],
  ['that redirects', '{"type": "redirect"}', []],
  ['that is no JSON', '{', []],
  ['that is no text', 7, []],
  ['that is not there', undefined, []],
])('the backends of an action %s', (_what, action, expected) => {
  expect(albActionBackends({ [alb('actions.weighted')]: action }, 'weighted')).toEqual(expected);
  expect(albActionBackends({ [alb('actions.weighted')]: action }, 'other')).toEqual([]);
});

test.each<[unknown, number[]]>([
  ['{"exposed_ports": {"80": {"name": "web"}, "443": {}}}', [80, 443]],
  ['{"ingress": true}', []],
  ['{"exposed_ports": {"0": {}, "web": {}, "65536": {}}}', []],
  ['{"exposed_ports": 80}', []],
  ['80', []],
  [undefined, []],
])('GKE is told %j to make load balancers for %j', (neg, ports) => {
  expect(negPorts({ 'cloud.google.com/neg': neg })).toEqual(ports);
});

test.each<[unknown, number[]]>([
  ['{"network_endpoint_groups": {"80": "k8s1-a", "443": "k8s1-b"}, "zones": ["a"]}', [80, 443, 81]],
  ['{"zones": []}', [81]],
  ['{', [81]],
  [undefined, [81]],
])(
  'where GKE says that it made groups as %j, they count beside what it is told',
  (status, ports) => {
    const annotations = {
      'cloud.google.com/neg': '{"exposed_ports": {"81": {}, "80": {}}}',
      'cloud.google.com/neg-status': status,
    };
    expect(new Set(negPorts(annotations))).toEqual(new Set([...ports, 80]));
  },
);

test.each<[unknown, boolean]>([
  ['{"ingress": true}', true],
  ['{"ingress":true,"exposed_ports":{}}', true],
  ['{"ingress": false}', false],
  ['{"ingress": "true"}', false],
  ['true', false],
  ['{', false],
  [undefined, false],
])('GKE is told %j: a group for Ingresses %s', (neg, expected) => {
  expect(isNegOfIngress({ 'cloud.google.com/neg': neg })).toBe(expected);
});

test.each<[string, unknown, string[]]>([
  ['cloud', '{"default": "web"}', ['web']],
  ['beta.cloud', '{"ports": {"http": "web", "80": "api", "x": "web"}}', ['api', 'web']],
  ['cloud', '{"default": "web", "ports": "all"}', ['web']],
  ['cloud', '{"default": "no name; at all"}', []],
  ['cloud', '{"default": 7}', []],
  ['cloud', '{', []],
  ['cloud', undefined, []],
])('by %s… %j a Service names the BackendConfigs %j', (prefix, said, names) => {
  expect(backendConfigs({ [`${prefix}.google.com/backend-config`]: said })).toEqual(names);
});

test('of very many BackendConfigs the first are kept', () => {
  const ports = Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`p${i}`, `c${i}`]));
  const said = JSON.stringify({ ports });
  expect(backendConfigs({ 'cloud.google.com/backend-config': said })).toHaveLength(8);
});
