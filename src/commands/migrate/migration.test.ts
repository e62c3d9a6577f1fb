import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { policy } from '../../testing/builders.ts';
import { deployment, onHostNetwork } from '../../testing/deployments.ts';
import { adminPolicy, CILIUM_POLICY } from '../../testing/other-policies.ts';
import { readAll } from '../../testing/read-texts.ts';
import { type Migration, migrationOf } from './migration.ts';

function migration(...objects: readonly object[]): Migration | undefined {
  const { found, snapshots } = readAll(...objects);
  return migrationOf(found, snapshots);
}

/** `as it is, with annotations: these`, without the domain that they share. */
function told(...objects: readonly object[]): string | undefined {
  const { outcome } = migration(...objects) ?? {};
  if (!outcome) return undefined;
  const annotations = Object.entries(outcome.annotations).map(
    ([key, value]) => `${key.replace('portlock.dev/', '')}=${value}`,
  );
  return `${outcome.asIs}, ${outcome.annotated}: ${annotations.join(' ')}`;
}

type Rule = NonNullable<NetworkPolicy['spec']['ingress']>[number];
const web = (annotations: Record<string, string> = {}) =>
  deployment({ mode: undefined, annotations });
const letting = (...ingress: Rule[]) => policy('old', { ingress });
const HTTP = { port: 8080, protocol: 'TCP' } as const;
const NAME = 'kubernetes.io/metadata.name';
const SAME_NAMESPACE = [{ podSelector: {} }];
const BANK = [{ namespaceSelector: { matchLabels: { [NAME]: 'bank' } } }];
const ONE_POD = [{ podSelector: { matchLabels: { role: 'a' } } }];
const DENY = policy('deny');

describe('what an old policy allows is allowed by portlock’s', () => {
  test.each<[string, readonly object[], string]>([
    ['as it is', [web(), letting({ ports: [HTTP] })], 'same, same: allow-from=any'],
    [
      'beside a default-deny',
      [web(), DENY, letting({ ports: [HTTP] })],
      'same, same: allow-from=any',
    ],
    [
      'with another port listed',
      [web(), letting({ ports: [HTTP, { port: 9090 }] })],
      'narrower, same: extra-ports=9090/TCP allow-from=any',
    ],
    [
      'with a declared port closed',
      [web(), letting({ ports: [{ port: 9090 }] })],
      'different, same: extra-ports=9090/TCP closed-ports=8080/TCP allow-from=any',
    ],
    [
      'with those named who may connect',
      [web(), letting({ ports: [HTTP], from: SAME_NAMESPACE })],
      'wider, same: allow-from=same-namespace',
    ],
    [
      'with another namespace named',
      [web(), letting({ ports: [HTTP], from: BANK })],
      'wider, same: allow-from=namespace/bank',
    ],
    [
      'by annotations that are there',
      [
        web({ 'portlock.dev/allow-from': 'same-namespace' }),
        letting({ ports: [HTTP], from: SAME_NAMESPACE }),
      ],
      'same, same: allow-from=same-namespace',
    ],
  ])('%s', (_how, objects, expected) => {
    expect(told(...objects)).toBe(expected);
  });
});

describe('by no annotation is allowed', () => {
  test.each<[string, readonly object[], string]>([
    [
      'one pod alone: its namespace is more',
      [web(), letting({ ports: [HTTP], from: ONE_POD })],
      'wider, wider: allow-from=same-namespace',
    ],
    [
      'addresses alone: everybody is more',
      [web(), letting({ ports: [HTTP], from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] })],
      'wider, wider: allow-from=any',
    ],
    [
      'every port: declared ones are less',
      [web(), letting({})],
      'narrower, narrower: allow-from=any',
    ],
    [
      'every port to some: that is less, and their namespace more',
      [web(), letting({ from: ONE_POD })],
      'different, different: allow-from=same-namespace',
    ],
  ])('%s', (_what, objects, expected) => {
    expect(told(...objects)).toBe(expected);
  });
});

describe('nothing is to be taken over', () => {
  test.each<[string, readonly object[]]>([
    ['where nothing isolates the pods', [web()]],
    [
      'where policies are about other pods',
      [web(), policy('b', { podSelector: { matchLabels: { app: 'b' } }, ingress: [{}] })],
    ],
    [
      'where a policy is about egress',
      [web(), policy('e', { policyTypes: ['Egress'], egress: [] })],
    ],
    ['where a policy lets nobody in', [web(), DENY]],
    [
      'where the only one is what was rendered before',
      [web(), policy('web-portlock', { ingress: [{ ports: [HTTP] }] })],
    ],
    ['on the network of a node', [onHostNetwork(web()), letting({ ports: [HTTP] })]],
  ])('%s', (_where, objects) => {
    expect(migration(...objects)).toBeUndefined();
  });
});

describe('where policies of other kinds have a say', () => {
  test.each<[string, object]>([
    ['of a plugin', CILIUM_POLICY],
    ['of a tier', adminPolicy('Deny')],
  ])('%s nobody can tell', (_which, other) => {
    const found = migration(web(), letting({ ports: [HTTP] }), other);
    expect(found?.policies.map(({ metadata }) => metadata.name)).toEqual(['old']);
    expect(found?.outcome).toBeUndefined();
    // Whether a default-deny stands alone, nobody can tell either.
    expect(migration(web(), DENY, other)).toMatchObject({ outcome: undefined });
  });

  test('and none that isolates the pods, nothing is to be taken over', () => {
    expect(migration(web(), CILIUM_POLICY)).toBeUndefined();
  });
});

test('the policies that isolate the pods are told, and what would still be another', () => {
  const found = migration(
    web(),
    DENY,
    letting({ ports: [HTTP], from: ONE_POD }),
    policy('e', { policyTypes: ['Egress'] }),
  );
  expect(found?.policies.map(({ metadata }) => metadata.name)).toEqual(['deny', 'old']);
  expect(found?.outcome?.changes).toEqual([
    { protocol: 'TCP', first: 8080, last: 8080, before: ONE_POD, after: expect.anything() },
  ]);
  // The operator's own probes are nobody.
  expect(JSON.stringify(found?.outcome?.changes)).not.toContain('portlock');
});

test('without any port there is no policy of portlock’s, and everything would be open', () => {
  const bare = deployment({ mode: undefined, ports: [] });
  expect(told(bare, letting({ ports: [{ port: 1, endPort: 65_535 }] }))).toBe(
    'wider, wider: allow-from=any',
  );
});

describe('where live pods differ in labels', () => {
  const UID = 'uid-web';
  const live = web();
  const there = { ...live, metadata: { ...live.metadata, uid: UID } };
  const pods = ['primary', 'replica'].map((role) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `web-${role}`,
      namespace: 'shop',
      uid: role,
      labels: { app: 'web', role },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: UID, controller: true },
      ],
    },
    spec: { containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }] },
    status: { phase: 'Running' },
  }));
  const ofRole = (role: string, ...ingress: Rule[]) =>
    policy(role, { podSelector: { matchLabels: { role } }, ingress });

  test.each(['primary', 'replica'])(
    'one that isolates the %s alone is no reason to close ports of the other',
    (role) => {
      expect(told(there, ...pods, ofRole(role, { ports: [HTTP] }))).toBe(
        'narrower, narrower: allow-from=any',
      );
    },
  );

  test('what one lets in and another does not would be opened there', () => {
    for (const [open, closed] of [
      ['primary', 'replica'],
      ['replica', 'primary'],
    ] as const) {
      const found = migration(there, ...pods, ofRole(open, { ports: [HTTP] }), ofRole(closed));
      expect(found?.policies).toHaveLength(2);
      expect(found?.outcome).toMatchObject({ annotated: 'wider', changes: [{ before: [] }] });
    }
  });

  test('policies that say the same of all are the same, and what is another is said once', () => {
    const same = ['primary', 'replica'].map((role) => ofRole(role, { ports: [HTTP] }));
    expect(told(there, ...pods, ...same)).toBe('same, same: allow-from=any');
    const other = migration(there, ...pods, ...same.map(some));
    expect(other?.outcome?.changes).toHaveLength(1);
  });

  test('one that closes some pods to everybody is nothing to take over', () => {
    expect(migration(there, ...pods, ofRole('primary'))).toBeUndefined();
  });

  function some({ metadata }: NetworkPolicy): NetworkPolicy {
    return ofRole(metadata.name, { ports: [HTTP], from: ONE_POD });
  }
});
