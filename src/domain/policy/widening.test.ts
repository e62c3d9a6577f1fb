import { describe, expect, test } from 'vitest';
import type { NetworkPolicy, NetworkPolicyPort } from '../../api/kubernetes.ts';
import { policy } from '../../testing/builders.ts';
import type { AllPolicies, PolicyTarget } from '../evaluate/targets.ts';
import type { TieredPolicy } from '../evaluate/tiered-policy.ts';
import type { DeclaredPort } from '../workload/declared-ports.ts';
import { type PortRange, rangeOf } from '../workload/port-range.ts';
import { rangeOnTheWire } from './grants.ts';
import { wouldWiden } from './widening.ts';

const HTTP: DeclaredPort = { port: 8080, protocol: 'TCP', containers: ['app'] };
const DNS: DeclaredPort = { port: 53, protocol: 'UDP', containers: ['app'] };

function target(labels: Record<string, string> = { app: 'web' }): PolicyTarget {
  return { namespace: 'shop', namespaceLabels: {}, labels, annotations: {}, ports: [] };
}

/** A range stays one. */
function portNumber({ first, last }: PortRange): number | string {
  return first < last ? `${first}-${last}` : first;
}

function all(networkPolicies: NetworkPolicy[], more: Partial<AllPolicies> = {}): AllPolicies {
  return { networkPolicies, tieredPolicies: [], pluginPolicies: [], ...more };
}

function widened(
  policies: AllPolicies,
  inForce: NetworkPolicyPort[] = [],
  targets: PolicyTarget[] = [target()],
  ranges: PortRange[] = [],
) {
  const asked = [...[HTTP, DNS].map(rangeOf), ...ranges];
  const found = wouldWiden(
    policies,
    targets,
    asked,
    inForce.flatMap((port) => rangeOnTheWire(port) ?? []),
  );
  return found && [found.ports.map(portNumber), found.by];
}

const DENY = policy('deny', { ingress: [] });
const OPEN_HTTP = policy('web', { ingress: [{ ports: [{ port: 8080, protocol: 'TCP' }] }] });
const FROM_PODS = policy('pods', {
  ingress: [{ ports: [{ port: 8080, protocol: 'TCP' }], from: [{ podSelector: {} }] }],
});
const EGRESS = policy('egress', { policyTypes: ['Egress'] });

const BASELINE: TieredPolicy = {
  apiVersion: 'policy.networking.k8s.io/v1alpha1',
  kind: 'BaselineAdminNetworkPolicy',
  metadata: { name: 'default' },
  spec: {
    subject: { namespaces: {} },
    ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }],
  },
} as never;

describe('a policy of ours would open', () => {
  test.each<[string, unknown, AllPolicies]>([
    ['nothing where no policy isolates the pods', undefined, all([])],
    ['nothing where one is about egress', undefined, all([EGRESS])],
    ['every port that others close', [[8080, 53], ['deny']], all([DENY])],
    ['the ports that no other allows everybody', [[53], ['deny', 'web']], all([DENY, OPEN_HTTP])],
    ['those that others allow some', [[8080, 53], ['pods']], all([FROM_PODS])],
    [
      'those that a baseline closes',
      [[8080, 53], ['BaselineAdminNetworkPolicy/default']],
      all([], { tieredPolicies: [BASELINE] }),
    ],
    [
      'not those of a baseline whose word is taken already',
      [[53], ['web']],
      all([OPEN_HTTP], { tieredPolicies: [BASELINE] }),
    ],
  ])('%s', (_what, expected, policies) => {
    expect(widened(policies)).toEqual(expected);
  });

  test('every port next to a policy of a plugin’s kind, which nobody works out', () => {
    const pluginPolicy = {
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      metadata: { name: 'rules', namespace: 'shop' },
    } as never;
    expect(widened(all([], { pluginPolicies: [pluginPolicy] }))).toEqual([
      [8080, 53],
      ['CiliumNetworkPolicy.cilium.io/rules'],
    ]);
  });

  test('names in their order, those of the policies as well as of baselines about single ports', () => {
    const db = policy('b', { podSelector: { matchLabels: { app: 'db' } }, ingress: [] });
    const web = policy('a', { podSelector: { matchLabels: { app: 'web' } }, ingress: [] });
    const targets = [target({ app: 'db' }), target()];
    expect(widened(all([db, web]), [], targets)).toEqual([
      [8080, 53],
      ['a', 'b'],
    ]);
    const ports = [{ portNumber: { protocol: 'UDP', port: 53 } }];
    const ingress = [{ action: 'Deny', from: [{ namespaces: {} }], ports }];
    const aboutDns = { ...BASELINE, spec: { subject: { namespaces: {} }, ingress } };
    expect(widened(all([], { tieredPolicies: [aboutDns] }))).toEqual([
      [53],
      ['BaselineAdminNetworkPolicy/default'],
    ]);
  });

  test('nothing that ours allows already; a port without a protocol is TCP', () => {
    expect(widened(all([DENY]), [{ port: 8080 }])).toEqual([[53], ['deny']]);
    expect(widened(all([DENY]), [{ port: 8080, protocol: 'UDP' }])).toEqual([[8080, 53], ['deny']]);
    const both = [{ port: 8080 }, { port: 53, protocol: 'UDP' }];
    expect(widened(all([DENY]), both)).toBeUndefined();
  });

  test('what is closed on one of two kinds of pods, by the policies of that one', () => {
    const ofOther = policy('other', { podSelector: { matchLabels: { app: 'db' } }, ingress: [] });
    const targets = [target(), target({ app: 'db' })];
    expect(widened(all([ofOther]), [], targets)).toEqual([[8080, 53], ['other']]);
    const openWeb = policy('open', { podSelector: { matchLabels: { app: 'web' } }, ingress: [{}] });
    expect(widened(all([ofOther, openWeb]), [], targets)).toEqual([[8080, 53], ['other']]);
  });
});

describe('a range that the owner lists', () => {
  const RANGE: PortRange = { first: 50_100, last: 50_200, protocol: 'UDP' };
  const listed = (policies: AllPolicies, inForce: NetworkPolicyPort[] = []) =>
    widened(policies, [{ port: 8080 }, { port: 53, protocol: 'UDP' }, ...inForce], undefined, [
      RANGE,
    ]);

  test.each<[string, unknown, AllPolicies, NetworkPolicyPort[]]>([
    ['opens nothing where no policy isolates the pods', undefined, all([]), []],
    ['opens what another policy closes', [['50100-50200'], ['deny']], all([DENY]), []],
    [
      'opens what a baseline closes',
      [['50100-50200'], ['BaselineAdminNetworkPolicy/default']],
      all([], { tieredPolicies: [BASELINE] }),
      [],
    ],
    [
      'opens nothing more where it is open already',
      undefined,
      all([DENY]),
      [{ port: 50_100, endPort: 50_200, protocol: 'UDP' }],
    ],
    [
      'opens nothing more where its parts are open already',
      undefined,
      all([DENY]),
      [
        { port: 50_100, endPort: 50_149, protocol: 'UDP' },
        { port: 50_150, endPort: 50_300, protocol: 'UDP' },
      ],
    ],
    [
      'opens more where one port between its parts is not',
      [['50100-50200'], ['deny']],
      all([DENY]),
      [
        { port: 50_100, endPort: 50_149, protocol: 'UDP' },
        { port: 50_151, endPort: 50_200, protocol: 'UDP' },
      ],
    ],
    [
      'opens more where only its first port is open',
      [['50100-50200'], ['deny']],
      all([DENY]),
      [{ port: 50_100, protocol: 'UDP' }],
    ],
  ])('%s', (_, expected, policies, inForce) => {
    expect(listed(policies, inForce)).toEqual(expected);
  });
});
