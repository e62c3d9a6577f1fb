import { describe, expect, test } from 'vitest';
import { workload } from '../../testing/builders.ts';
import { parseAllowFrom, UNSAID } from '../workload/allow-from.ts';
import type { DeclaredPort } from '../workload/declared-ports.ts';
import { buildPolicy, renderedPolicy } from './policy.ts';

const PORTS: DeclaredPort[] = [
  { port: 8080, protocol: 'TCP', containers: ['app'] },
  { port: 8125, protocol: 'UDP', containers: [] },
];

describe('the policy of a workload', () => {
  test('allows the declared ports from anywhere, and belongs to the workload', () => {
    expect(buildPolicy(workload(), PORTS, UNSAID, 'portlock-system')).toEqual({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: {
        name: 'web-portlock',
        namespace: 'shop',
        labels: { 'app.kubernetes.io/managed-by': 'portlock' },
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            name: 'web',
            uid: 'uid-web',
            controller: true,
            blockOwnerDeletion: false,
          },
        ],
      },
      spec: {
        podSelector: { matchLabels: { app: 'web' } },
        policyTypes: ['Ingress'],
        ingress: [
          {
            ports: [
              { port: 8080, protocol: 'TCP' },
              { port: 8125, protocol: 'UDP' },
            ],
          },
        ],
      },
    });
  });

  test('from the own namespace only lets its pods in, and the prober by one peer with both selectors', () => {
    const { spec } = buildPolicy(
      workload(),
      PORTS,
      parseAllowFrom('same-namespace'),
      'portlock-system',
    );
    expect(spec.ingress?.[0]?.from).toEqual([
      { podSelector: {} },
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'portlock-system' } },
        podSelector: {
          matchLabels: {
            'app.kubernetes.io/name': 'portlock',
            'app.kubernetes.io/component': 'operator',
          },
        },
      },
    ]);
  });

  test('has one rule for all ports of the same sources, byte by byte the same', () => {
    const ports = [53, 8080, 9102, 9443].map(
      (port) => ({ port, protocol: 'TCP', containers: ['app'] }) as const,
    );
    const text = 'same-namespace;9443/TCP=any;53/TCP=any;9102/TCP=namespace/b,namespace/a';
    const { spec } = buildPolicy(workload(), ports, parseAllowFrom(text), 'portlock-system');
    const prober =
      '{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"portlock-system"}},' +
      '"podSelector":{"matchLabels":{"app.kubernetes.io/name":"portlock","app.kubernetes.io/component":"operator"}}}';
    const named = (name: string) =>
      `{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"${name}"}}}`;
    expect(JSON.stringify(spec.ingress)).toBe(
      '[{"ports":[{"port":53,"protocol":"TCP"},{"port":9443,"protocol":"TCP"}]},' +
        `{"from":[{"podSelector":{}},${prober}],"ports":[{"port":8080,"protocol":"TCP"}]},` +
        `{"from":[${named('a')},${named('b')},${prober}],"ports":[{"port":9102,"protocol":"TCP"}]}]`,
    );
  });

  test('takes the selector as it is, expressions too', () => {
    const selector = { matchExpressions: [{ key: 'app', operator: 'Exists' }] };
    const { spec } = buildPolicy(workload({ selector }), PORTS, UNSAID, 'portlock-system');
    expect(spec.podSelector).toEqual(selector);
  });

  test('without a port is refused: it would allow every port', () => {
    expect(() => buildPolicy(workload(), [], UNSAID, 'portlock-system')).toThrow(
      'a policy without ports would allow every port',
    );
  });
});

test('a rendered policy is what a user would write: no owner, no marker', () => {
  const built = buildPolicy(workload(), PORTS, UNSAID, 'portlock-system');
  expect(renderedPolicy(built)).toEqual({
    ...built,
    metadata: { name: 'web-portlock', namespace: 'shop' },
  });
  const { namespace: _, ...nowhere } = built.metadata;
  expect(renderedPolicy({ ...built, metadata: nowhere }).metadata).toEqual({
    name: 'web-portlock',
  });
});
