import { describe, expect, test } from 'vitest';
import { ownersByPolicyName, policyName, reportName } from './object-names.ts';

test('a Deployment’s report has its name, and its policy a suffix', () => {
  const web = { kind: 'Deployment', name: 'web' };
  expect(reportName(web)).toBe('web');
  expect(policyName(web)).toBe('web-portlock');
});

test('workloads of different kinds may share a name', () => {
  const kinds = ['Deployment', 'StatefulSet', 'DaemonSet'];
  const named = kinds.map((kind) => ({ kind, name: 'web' }));
  expect(named.map(reportName)).toEqual(['web', 'web-statefulset', 'web-daemonset']);
  expect(named.map(policyName)).toEqual([
    'web-portlock',
    'web-statefulset-portlock',
    'web-daemonset-portlock',
  ]);
});

describe.each([
  ['policies', policyName, 'Deployment'],
  ['reports', reportName, 'StatefulSet'],
] as const)('names of %s', (_what, nameOf, kind) => {
  test('are cut and hashed where they would be too long, and stay apart', () => {
    const names = ['a', 'b'].map((last) => nameOf({ kind, name: 'x'.repeat(252) + last }));
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
    expect(names.map((name) => name.length)).toEqual([253, 253]);
    const name = `${'x'.repeat(229)}-${'y'.repeat(23)}`;
    expect(nameOf({ kind, name })).not.toMatch(/--/);
  });
});

test.each<[string, string[]]>([
  ['web-portlock', ['Deployment/web']],
  ['web-statefulset-portlock', ['Deployment/web-statefulset', 'StatefulSet/web']],
  ['portlock', []],
  ['-portlock', []],
  ['web', []],
])('the policy %s may be that of %j', (name, owners) => {
  const found = ownersByPolicyName(name, ['Deployment', 'StatefulSet', 'DaemonSet']);
  expect(found.map((each) => `${each.kind}/${each.name}`)).toEqual(owners);
});
