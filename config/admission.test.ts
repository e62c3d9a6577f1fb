import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readSettings } from '../src/domain/workload/settings.ts';
import { unknownAnnotationsInWords } from '../src/domain/workload/unknown-annotations.ts';
import { REPORTS, WORKLOAD_RESOURCES } from '../src/kube/resources.ts';
import { namespace, workload } from '../src/testing/builders.ts';

// What their expressions come to is for the API server to say, in e2e/package/admission.e2e.test.ts.
const folder = path.join(import.meta.dirname, 'admission');
const read = (file: string) => parse(readFileSync(path.join(folder, file), 'utf8'));
const files = readdirSync(folder).filter((name) => name !== 'kustomization.yaml');

it('are all installed', () => {
  expect(read('kustomization.yaml').resources.toSorted()).toEqual(files.toSorted());
});

it.each([
  ['settings', 'Warn', 'Ignore'],
  ['exempt', 'Deny', 'Fail'],
  ['operator', 'Deny', 'Fail'],
])('%s is bound, and does %s', (name, action, failurePolicy) => {
  const policy = read(`${name}-policy.yaml`);
  const binding = read(`${name}-binding.yaml`);
  expect(binding.spec).toEqual({
    policyName: policy.metadata.name,
    validationActions: [action],
  });
  expect(policy.spec.failurePolicy).toBe(failurePolicy);
  for (const { expression, message } of policy.spec.validations) {
    expect(expression).not.toContain('\n');
    expect(message).toMatch(/^[^\n]{1,256}$/);
  }
});

it.each(['settings', 'exempt'])('%s is about every kind of workload', (name) => {
  const { resourceRules } = read(`${name}-policy.yaml`).spec.matchConstraints;
  const named = resourceRules.flatMap((rule: Record<string, string[]>) =>
    (rule.resources ?? []).map((plural) => `${rule.apiGroups}/${rule.apiVersions} ${plural}`),
  );
  const workloads = Object.values(WORKLOAD_RESOURCES).map(
    ({ group, version, plural }) => `${group}/${version} ${plural}`,
  );
  expect(named.filter((each: string) => each !== '/v1 namespaces').toSorted()).toEqual(
    workloads.toSorted(),
  );
});

describe('settings', () => {
  const all: { expression: string }[] = read('settings-policy.yaml').spec.validations;
  const pattern = (name: string) => {
    const about = `variables.annotations['portlock.dev/${name}'].matches(r'`;
    const [, rest = ''] =
      all.map(({ expression }) => expression.split(about)).find((parts) => parts.length > 1) ?? [];
    return new RegExp(rest.slice(0, rest.lastIndexOf("')")), 'u');
  };
  const isRead = (name: string, value: string) => {
    const annotations = { [`portlock.dev/${name}`]: value };
    return readSettings(workload({ annotations }), namespace()).problems.length === 0;
  };

  it('names every annotation that portlock knows', () => {
    const [, list = ''] =
      /key in \[(.*?)\]/.exec(all.map(({ expression }) => expression).join()) ?? [];
    const names = list.split(', ').map((name) => name.slice(1, -1));
    expect(names).toHaveLength(5);
    for (const name of names)
      expect(unknownAnnotationsInWords(workload({ annotations: { [name]: '' } }))).toBe('');
  });

  const ports = ['', ' ', '1/TCP', ' 65535/UDP , 80/SCTP ', '0080/TCP', '0/TCP', '65536/TCP', '80'];
  const wrong = [
    '80/tcp',
    '80/TCP,',
    ',',
    '80/TCP 81/TCP',
    '8 0/TCP',
    '99999/TCP',
    '80/TCPx',
    '-1/TCP',
  ];
  const from = [
    'any',
    ' same-namespace , namespace/a-1',
    '9443/TCP=any',
    'any; 9443/TCP = namespace/b',
  ];
  const wrongFrom = [
    '',
    'all',
    'namespace/',
    'namespace/A',
    'any,',
    ';any',
    '=any',
    '0/TCP=any',
    'any any',
  ];
  const cuts = [
    '80/TCP until=2027-03-31',
    '80/TCP reason="a, b;c"; 81/TCP',
    '80/TCP  until=2027-03-31  reason="x"',
    ...['2027-02-28', '2028-02-29', '2000-02-29', '0000-01-01', '2027-04-30', '2027-12-31'].map(
      (day) => `80/TCP until=${day}`,
    ),
    `80/TCP reason="${'\u{1F512}'.repeat(256)}"`,
  ];
  const wrongCuts = [
    '80/TCP until=',
    '80/TCP reason=x',
    '80/TCP reason="x" until=2027-03-31',
    '80/TCP reason=""',
    ...['2027-02-29', '1900-02-29', '2027-04-31', '2027-13-01', '2027-00-10', '2027-01-00'].map(
      (day) => `80/TCP until=${day}`,
    ),
    `80/TCP reason="${'\u{1F512}'.repeat(257)}"`,
  ];

  it.each([
    ['extra-ports', [...ports, ...wrong, '50100-50200/UDP', '80/TCP,1-2/TCP', '1-/TCP', '-2/TCP']],
    ['closed-ports', [...ports, ...wrong, '1-2/TCP']],
    ['accept-cuts', [...ports, ...wrong, ...cuts, ...wrongCuts]],
    ['allow-from', [...from, ...wrongFrom]],
    ['probe', ['on', 'off', ' off ', '', 'no', 'on off']],
  ])('%s is warned about where the operator cannot read it, and nowhere else', (name, values) => {
    const judged = values.map((value) => [value, pattern(name).test(value)]);
    expect(judged).toEqual(values.map((value) => [value, isRead(name, value)]));
  });
});

it('exempt is a verb that a role grants', () => {
  const { rules } = read('exempt-role.yaml');
  expect(rules).toEqual([
    { apiGroups: [REPORTS.group], resources: [REPORTS.plural], verbs: ['exempt'] },
  ]);
  const { variables } = read('exempt-policy.yaml').spec;
  const { expression } = variables.find(({ name }: { name: string }) => name === 'isExempt');
  expect(expression).toContain(
    `authorizer.group('${REPORTS.group}').resource('${REPORTS.plural}')`,
  );
  expect(expression).toContain("check('exempt')");
});

it('operator is about the account of the installation', () => {
  const { name, namespace: where } = parse(
    readFileSync(path.join(import.meta.dirname, 'rbac/service-account.yaml'), 'utf8'),
  ).metadata;
  const [condition] = read('operator-policy.yaml').spec.matchConditions;
  expect(condition.expression).toContain(`'system:serviceaccount:${where}:${name}'`);
});
