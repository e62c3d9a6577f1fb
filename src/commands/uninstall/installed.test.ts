import { expect, test } from 'vitest';
import {
  INSTALLED,
  isInstalled,
  LEADER_LEASE,
  OPERATOR_LABELS,
  POLICY_LABELS,
  REPORT_DEFINITION,
} from './installed.ts';

test.each<[name: string, isOurs: boolean]>([
  ['portlock', true],
  ['portlock-operator', true],
  ['portlock.example', true],
  ['portlocker', false],
  ['my-portlock', false],
  ['Portlock', false],
  ['', false],
])('an object with the label that is called "%s" is of the installation: %j', (name, isOurs) => {
  expect(isInstalled({ metadata: { name } } as never)).toBe(isOurs);
});

test('what is asked for is ours alone', () => {
  expect(OPERATOR_LABELS.split(',').sort()).toEqual([
    'app.kubernetes.io/component=operator',
    'app.kubernetes.io/name=portlock',
  ]);
  expect(POLICY_LABELS).toBe('app.kubernetes.io/managed-by=portlock');
  expect(REPORT_DEFINITION.fieldSelector).toBe('metadata.name=portexposurereports.portlock.dev');
  expect(LEADER_LEASE.fieldSelector).toBe('metadata.name=portlock-leader');
});

test('bindings go before what they bind to, and accounts last', () => {
  const order = INSTALLED.map(({ plural }) => plural);
  const isBefore = (first: string, then: string) => order.indexOf(first) < order.indexOf(then);
  expect(isBefore('validatingadmissionpolicybindings', 'validatingadmissionpolicies')).toBe(true);
  expect(isBefore('clusterrolebindings', 'clusterroles')).toBe(true);
  expect(isBefore('rolebindings', 'roles')).toBe(true);
  expect(order.at(-1)).toBe('serviceaccounts');
});

test('each kind is asked for where it lives', () => {
  const ofCluster = INSTALLED.filter(({ namespaced }) => !namespaced).map(({ plural }) => plural);
  expect(ofCluster).toEqual([
    'validatingadmissionpolicybindings',
    'validatingadmissionpolicies',
    'clusterrolebindings',
    'clusterroles',
  ]);
  expect(INSTALLED.every(({ version }) => version === 'v1')).toBe(true);
  const groups = INSTALLED.map(({ group, version, plural }) => `${group}/${version}/${plural}`);
  expect(groups).toEqual(
    expect.arrayContaining([
      '/v1/services',
      '/v1/serviceaccounts',
      'policy/v1/poddisruptionbudgets',
      'monitoring.coreos.com/v1/servicemonitors',
      'monitoring.coreos.com/v1/prometheusrules',
    ]),
  );
});
