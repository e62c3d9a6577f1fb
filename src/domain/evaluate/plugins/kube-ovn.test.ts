import { expect, test } from 'vitest';
import { kubeOvnPolicySelects } from './kube-ovn.ts';
import type { PluginPolicy } from './plugin-policy.ts';

const GROUPS = 'ovn.kubernetes.io/security_groups';
const SWITCH = 'ovn.kubernetes.io/logical_switch';

const kubeOvn = (kind: string, spec?: unknown) =>
  ({ apiVersion: 'kubeovn.io/v1', kind, metadata: { name: 'a' }, spec }) as PluginPolicy;
const selects = (policy: PluginPolicy, annotations: Record<string, string> = {}) =>
  kubeOvnPolicySelects(policy, { namespace: 'shop', namespaceLabels: {}, labels: {}, annotations });

test.each<[string, string | undefined, boolean]>([
  ['a pod that names it', 'a', true],
  ['a pod that names it among others', 'b, a', true],
  ['a pod that names others', 'b,aa', false],
  ['a pod that names none', undefined, false],
])('a security group is about %s', (_what, groups, expected) => {
  const annotations = groups === undefined ? undefined : { [GROUPS]: groups };
  expect(selects(kubeOvn('SecurityGroup'), annotations)).toBe(expected);
});

test.each<[string, unknown, Record<string, string>, boolean]>([
  ['that is private is about a pod in it', { private: true }, { [SWITCH]: 'a' }, true],
  ['that is private is not about one in another', { private: true }, { [SWITCH]: 'b' }, false],
  [
    'of another namespace, too, where Kube-OVN says so',
    { private: true, namespaces: [] },
    { [SWITCH]: 'a' },
    true,
  ],
  [
    'of its namespace, where Kube-OVN says another',
    { private: true, namespaces: ['shop'] },
    { [SWITCH]: 'b' },
    false,
  ],
  ['of its namespace', { private: true, namespaces: ['x', 'shop'] }, {}, true],
  ['of other namespaces', { private: true, namespaces: ['x'] }, {}, false],
  ['of whoever has no other', { private: true, default: true }, {}, true],
  ['of nobody', { private: true }, {}, false],
  ['with a rule towards pods', { default: true, acls: [{ direction: 'to-lport' }] }, {}, true],
  ['with rules from pods only', { default: true, acls: [{ direction: 'from-lport' }] }, {}, false],
  [
    'with a rule that cannot be read',
    { default: true, acls: [{ direction: 'from-lport' }, null] },
    {},
    true,
  ],
  ['without rules, open to all', { default: true, private: false }, {}, false],
  ['of which nothing is said', undefined, { [SWITCH]: 'a' }, false],
])('a subnet %s', (_what, spec, annotations, expected) => {
  expect(selects(kubeOvn('Subnet', spec), annotations)).toBe(expected);
});

test('a kind that is not known may be about anybody', () => {
  expect(selects(kubeOvn('Later'))).toBe(true);
});
