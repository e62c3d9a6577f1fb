import { describe, expect, test } from 'vitest';
import { workload } from '../../testing/builders.ts';
import { parseAllowFrom, UNSAID } from '../workload/allow-from.ts';
import type { DeclaredPort } from '../workload/declared-ports.ts';
import type { AllowedPort } from '../workload/port-range.ts';
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

test('a range is one with endPort, and ports that follow each other stay apart', () => {
  const ports = [
    { port: 8080, protocol: 'TCP' },
    { port: 8081, protocol: 'TCP' },
    { first: 50_100, last: 50_200, protocol: 'UDP' },
  ] as const;
  expect(buildPolicy(workload(), ports, UNSAID, 'portlock-system').spec.ingress).toEqual([
    {
      ports: [
        { port: 8080, protocol: 'TCP' },
        { port: 8081, protocol: 'TCP' },
        { port: 50_100, endPort: 50_200, protocol: 'UDP' },
      ],
    },
  ]);
});

describe('a range, of which allow-from has entries', () => {
  const RANGE = { first: 9000, last: 9010, protocol: 'TCP' } as const;

  /** What stands in the rules: whom each lets in, but the prober, and to what. */
  function rules(allowFrom: string, ...ports: AllowedPort[]): string[] {
    const { spec } = buildPolicy(
      workload(),
      [...ports, RANGE],
      parseAllowFrom(allowFrom),
      'portlock-system',
    );
    return (spec.ingress ?? []).map(
      ({ from, ports: list = [] }) =>
        `${from ? from.length - 1 : 'any'}: ${list.map((each) => `${each.port}${each.endPort === undefined ? '' : `-${each.endPort}`}`).join(' ')}`,
    );
  }

  test.each<[string, string[]]>([
    ['any', ['any: 9000-9010']],
    ['same-namespace', ['1: 9000-9010']],
    ['same-namespace;8999/TCP=any;9011/TCP=any;9005/UDP=any', ['1: 9000-9010']],
    // The port alone is for everybody, or for fewer: an entry never counts for its neighbours.
    ['same-namespace;9005/TCP=any', ['1: 9000-9004 9006-9010', 'any: 9005']],
    ['any;9005/TCP=same-namespace', ['any: 9000-9004 9006-9010', '1: 9005']],
    ['9000/TCP=namespace/a', ['1: 9000', 'any: 9001-9010']],
    ['9010/TCP=namespace/a', ['any: 9000-9009', '1: 9010']],
    [
      'any;9004/TCP=namespace/a;9005/TCP=namespace/a,namespace/b;9007/TCP=namespace/a',
      ['any: 9000-9003 9006 9008-9010', '1: 9004 9007', '2: 9005'],
    ],
  ])('is let out of at these ports: %s', (allowFrom, expected) => {
    expect(rules(allowFrom)).toEqual(expected);
  });

  test('lists a port that is declared, too, once where it has an entry', () => {
    const declared = { port: 9005, protocol: 'TCP' } as const;
    expect(rules('any;9005/TCP=namespace/a', declared)).toEqual([
      'any: 9000-9004 9006-9010',
      '1: 9005',
    ]);
    expect(rules('namespace/a', declared)).toEqual(['1: 9000-9010 9005']);
  });
});
