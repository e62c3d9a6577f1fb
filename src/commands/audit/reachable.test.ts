import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../../api/kubernetes.ts';
import type { Peer } from '../../domain/evaluate/network-policy.ts';
import { auditedWith } from '../../testing/audited-workload.ts';
import { pod, policy, workload } from '../../testing/builders.ts';
import { OPERATOR_SETTINGS } from '../../testing/operator-settings.ts';
import { emptyCluster, type Gap, type ManifestCluster } from '../manifests/cluster.ts';
import { Snapshots } from '../manifests/snapshots.ts';
import type { AskedAddress } from '../peer/round.ts';
import type { Audited } from './audited.ts';
import { reachableOf } from './reachable.ts';

const PEER: Peer = {
  namespace: 'portlock-audit',
  namespaceLabels: { 'kubernetes.io/metadata.name': 'portlock-audit' },
  labels: { app: 'asks' },
  ips: ['10.9.9.9', 'fd09::9'],
};

type Outcomes = Readonly<Record<number, 'open' | 'refused' | 'filtered'>>;

function asked(address: string, outcomes: Outcomes, doubt = ''): [string, AskedAddress] {
  const seen = new Map(Object.entries(outcomes).map(([port, outcome]) => [Number(port), outcome]));
  return [address, { address, outcomes: seen, complete: true, doubt, note: '' }];
}

interface Given {
  policies?: readonly NetworkPolicy[];
  cluster?: Partial<ManifestCluster>;
  ips?: string[];
  peer?: Peer | undefined;
  audited?: Partial<Audited>;
}

/** What connections to the pod web-1 of the workload web, which declares 8080, have shown. */
function shown(seen: readonly [string, AskedAddress][], given: Given = {}) {
  const { policies = [], ips = ['10.0.0.1'], cluster = {} } = given;
  const web = pod({ ips });
  const found = policies.map((value) => ({ value, manifest: {}, hasNamespace: true }));
  const all = {
    ...emptyCluster(),
    policies: found as unknown as ManifestCluster['policies'],
    ...cluster,
  };
  const snapshots = new Snapshots(all, OPERATOR_SETTINGS);
  const { tieredPolicies, pluginPolicies } = all;
  const audited = auditedWith({ pods: [web], tieredPolicies, pluginPolicies }, given.audited);
  const peer = 'peer' in given ? given.peer : PEER;
  return reachableOf({ audited, pod: web }, new Map(seen), peer, snapshots);
}

/** `port declared expected` of each. */
const told = (...args: Parameters<typeof shown>) =>
  shown(...args).reachable?.map(
    ({ port, declared, expected }) => `${port} ${declared} ${expected}`,
  );

const OPEN = asked('10.0.0.1', { 8080: 'open', 9090: 'open', 5000: 'refused', 22: 'filtered' });
const fromAsker = { namespaceSelector: {}, podSelector: { matchLabels: { app: 'asks' } } };

describe('what is open is told with what policies say of it', () => {
  test.each<[string, Given, string[]]>([
    [
      'all is allowed where nothing isolates the pod',
      {},
      ['8080 true Allowed', '9090 false Allowed'],
    ],
    [
      'nothing is, where a policy lets nobody in',
      { policies: [policy('deny')] },
      ['8080 true Denied', '9090 false Denied'],
    ],
    [
      'a port is that a rule names',
      { policies: [policy('a', { ingress: [{ ports: [{ port: 8080 }] }] })] },
      ['8080 true Allowed', '9090 false Denied'],
    ],
    [
      'whoever asks is, where a rule names it',
      { policies: [policy('a', { ingress: [{ from: [fromAsker] }] })] },
      ['8080 true Allowed', '9090 false Allowed'],
    ],
    [
      'not by a policy for others',
      { policies: [policy('b', { podSelector: { matchLabels: { app: 'b' } } })] },
      ['8080 true Allowed', '9090 false Allowed'],
    ],
    [
      'nobody knows where the one who asks is not known',
      { peer: undefined },
      ['8080 true Unknown', '9090 false Unknown'],
    ],
    [
      'nobody knows where policies could not be read',
      { cluster: { gaps: [{ concern: 'policies' } as Gap] } },
      ['8080 true Unknown', '9090 false Unknown'],
    ],
    [
      'it is known where something else could not be',
      { cluster: { gaps: [{ concern: 'usage' } as Gap] } },
      ['8080 true Allowed', '9090 false Allowed'],
    ],
  ])('%s', (_what, given, expected) => {
    expect(told([OPEN], given)).toEqual(expected);
  });

  test('a policy of another kind that is about other pods leaves it known', () => {
    const audited = { exposure: { allowed: 'unknown', policies: [] } } as const;
    expect(told([OPEN], { audited })?.[0]).toBe('8080 true Allowed');
  });

  test('of a policy that is not worked out nobody knows', () => {
    const pluginPolicies = [
      {
        apiVersion: 'cilium.io/v2',
        kind: 'CiliumNetworkPolicy',
        metadata: { name: 'c', namespace: 'shop' },
        spec: { endpointSelector: {}, ingress: [{}] },
      },
    ] as unknown as ManifestCluster['pluginPolicies'];
    const audited = { exposure: { allowed: 'unknown', policies: [] } } as const;
    expect(told([OPEN], { cluster: { pluginPolicies }, audited })?.[0]).toBe('8080 true Unknown');
  });
});

describe('over two families of addresses', () => {
  const ips = ['10.0.0.1', 'fd00::1'];
  const v4 = policy('v4', { ingress: [{ from: [{ ipBlock: { cidr: '10.9.0.0/16' } }] }] });
  const both: [string, AskedAddress][] = [
    asked('10.0.0.1', { 9090: 'open', 8080: 'open' }),
    asked('fd00::1', { 9090: 'open', 7: 'open' }),
  ];
  test('each port is told once, by its number', () => {
    expect(told(both, { ips })).toEqual([
      '7 false Allowed',
      '8080 true Allowed',
      '9090 false Allowed',
    ]);
  });

  test('what speaks against the network counts, whichever comes first', () => {
    const expected = ['7 false Denied', '8080 true Allowed', '9090 false Denied'];
    expect(told(both, { ips, policies: [v4] })).toEqual(expected);
    expect(told(both, { ips: ips.toReversed(), policies: [v4] })).toEqual(expected);
  });
});

describe('nothing is claimed', () => {
  test.each<[string, [string, AskedAddress][], string[], string[]]>([
    [
      'where the answers are in doubt',
      [asked('10.0.0.1', { 8080: 'open' }, 'every port answers here')],
      ['10.0.0.1'],
      ['shop/web-1 at 10.0.0.1: every port answers here'],
    ],
    [
      'of a pod that was not asked to the end',
      [asked('10.0.0.1', { 8080: 'open' })],
      ['10.0.0.1', 'fd00::1'],
      ['nothing was told of shop/web-1: it was not asked to the end'],
    ],
    [
      'of one that was not asked at all',
      [asked('10.0.0.2', { 8080: 'open' })],
      ['10.0.0.1'],
      ['nothing was told of shop/web-1: it was not asked to the end'],
    ],
  ])('%s', (_where, seen, ips, doubts) => {
    expect(shown(seen, { ips })).toEqual({ reachable: undefined, doubts });
  });

  test('but that nothing is open, where all was asked', () => {
    expect(shown([asked('10.0.0.1', { 8080: 'refused' })])).toEqual({ reachable: [], doubts: [] });
  });
});

test('each pod is judged by its own labels', () => {
  const old = pod({ name: 'web-0', labels: { app: 'web', version: 'old' } });
  const found = [{ value: policy('old', { podSelector: { matchLabels: { version: 'old' } } }) }];
  const cluster = { ...emptyCluster(), policies: found as unknown as ManifestCluster['policies'] };
  const snapshots = new Snapshots(cluster, OPERATOR_SETTINGS);
  const audited = auditedWith({ workload: workload(), pods: [pod(), old] });
  const expected = (each: typeof old) =>
    reachableOf({ audited, pod: each }, new Map([OPEN]), PEER, snapshots).reachable?.[0]?.expected;
  expect(expected(old)).toBe('Denied');
  expect(expected(audited.judged.snapshot.pods[0] ?? old)).toBe('Allowed');
});
