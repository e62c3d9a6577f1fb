import { describe, expect, test } from 'vitest';
import type { NetworkPolicyPort, NetworkPolicySpec } from '../../api/kubernetes.ts';
import { policy, port } from '../../testing/builders.ts';
import { networkPolicyEffect } from './network-policy-effect.ts';
import { declaredAlone, portClasses } from './port-classes.ts';
import type { PolicyTarget } from './targets.ts';
import type { Tiers } from './tiers.ts';

const NO_TIERS: Tiers = { admin: [], baseline: [], unplaced: [] };

/** Declares 8080, which is called http; metrics is a port that it has and does not declare. */
function target(app: string, metrics: number): PolicyTarget {
  return {
    namespace: 'shop',
    namespaceLabels: {},
    labels: { app },
    annotations: {},
    ports: [
      { ...port(8080), name: 'http' },
      { ...port(metrics), name: 'metrics' },
    ],
  };
}

function effect(
  spec: Partial<NetworkPolicySpec>,
  { name = 'p', targets = [target('web', 9102)] } = {},
) {
  const declared = [{ port: 8080, protocol: 'TCP' }] as const;
  const setting = {
    tiers: NO_TIERS,
    classes: portClasses(declared),
    isDeclared: declaredAlone(declared),
    targets,
    managedName: 'web-portlock',
  };
  const said = networkPolicyEffect(policy(name, spec), setting);
  return `${said.effect}: ${said.message}`;
}

const RESTRICTS = 'Restricts: Isolates the pods and allows no undeclared port';
const widens = (opened: string) => `Widens: Allows ${opened}, which the workload does not declare`;

test.each<[string, Partial<NetworkPolicySpec>, string]>([
  ['about egress says nothing', { policyTypes: ['Egress'] }, 'None: Says nothing about ingress'],
  ['that allows nothing restricts', {}, RESTRICTS],
])('a policy %s', (_what, spec, expected) => {
  expect(effect(spec)).toBe(expected);
});

test.each<[string, Partial<NetworkPolicySpec>, string]>([
  ['that keeps to what is declared is ours', {}, 'Managed: Kept by portlock'],
  ['that is as wide as an older declaration widens', { ingress: [{}] }, widens('every port')],
])('the policy of our name %s', (_what, spec, expected) => {
  expect(effect(spec, { name: 'web-portlock' })).toBe(expected);
});

describe('what is opened is named as the policy says it', () => {
  test.each<[string, NetworkPolicyPort, string]>([
    ['a port', { port: 9000 }, '9000/TCP'],
    ['a range', { port: 9000, endPort: 9002 }, '9000-9002/TCP'],
    ['a range that begins with what is declared', { port: 8080, endPort: 8081 }, '8080-8081/TCP'],
    ['a range of one', { port: 9000, endPort: 9000 }, '9000/TCP'],
    ['a protocol', { protocol: 'SCTP' }, 'every SCTP port'],
    ['a port of null', { protocol: 'UDP', port: null } as never, 'every UDP port'],
    ['a name', { port: 'metrics' }, '9102/TCP'],
  ])('%s', (_what, allowed, opened) => {
    expect(effect({ ingress: [{ ports: [allowed] }] })).toBe(widens(opened));
  });
});

describe('of two pods', () => {
  const targets = [target('web', 8080), target('db', 9200)];

  test('a name opens what it stands for on any of them', () => {
    expect(effect({ ingress: [{ ports: [{ port: 'metrics' }] }] }, { targets })).toBe(
      widens('9200/TCP'),
    );
  });

  test('it opens nothing on those that it does not isolate', () => {
    const podSelector = { matchLabels: { app: 'web' } };
    const ingress = [{ ports: [{ port: 'metrics' }] }];
    expect(effect({ podSelector, ingress }, { targets })).toBe(RESTRICTS);
  });
});
