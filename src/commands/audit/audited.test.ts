import { describe, expect, test } from 'vitest';
import { deployment } from '../../testing/deployments.ts';
import { OPERATOR_SETTINGS } from '../../testing/operator-settings.ts';
import { readAll, serviceTo } from '../../testing/read-texts.ts';
import { Snapshots } from '../manifests/snapshots.ts';
import { type Audited, auditAll, withEvidence } from './audited.ts';
import { type Evidence, NO_EVIDENCE } from './evidence.ts';

function audited(...objects: readonly object[]): Audited[] {
  const { cluster, snapshots } = readAll(...objects);
  return auditAll(cluster, snapshots);
}

/** `name: ids`. */
const told = (all: readonly Audited[]) =>
  all.map(
    ({ found, findings }) => `${found.value.name}: ${findings.map(({ id }) => id).join(' ')}`,
  );

const plain = (name: string, fields: object = {}) =>
  deployment({ name, mode: undefined, ...fields });
const invalid = (name: string) => deployment({ name, mode: 'on' });

describe('workloads come by risk', () => {
  test.each<[string, readonly object[], string[]]>([
    [
      'the worst finding first, and none last',
      [deployment({ name: 'a', ports: [] }), plain('b'), invalid('c'), deployment({ name: 'd' })],
      ['c: PL008 PL001 PL013', 'a: PL001 PL005', 'b: PL001 PL013', 'd: PL013'],
    ],
    [
      'by how many findings count, where the worst is alike',
      [plain('a'), plain('web'), serviceTo(9090)],
      ['web: PL001 PL003 PL013', 'a: PL001 PL013'],
    ],
    [
      'by name then',
      [plain('c'), plain('a'), plain('b')],
      ['a: PL001 PL013', 'b: PL001 PL013', 'c: PL001 PL013'],
    ],
  ])('%s', (_how, objects, expected) => {
    expect(told(audited(...objects))).toEqual(expected);
  });

  test('by namespace before name, and by kind after it', () => {
    const of = (namespace: string, name: string, kind: string) => ({
      ...plain(name, { namespace }),
      kind,
    });
    const objects = [
      of('b', 'a', 'Deployment'),
      of('a', 'b', 'StatefulSet'),
      of('a', 'b', 'DaemonSet'),
    ];
    const names = audited(...objects).map(
      ({ found: { value } }) => `${value.namespace} ${value.kind}`,
    );
    expect(names).toEqual(['a DaemonSet', 'a StatefulSet', 'b Deployment']);
  });

  test('a workload of which nothing is found comes behind one with a note', () => {
    const objects = [deployment(), serviceTo(8080), deployment({ name: 'z' })];
    expect(told(audited(...objects))).toEqual(['z: PL013', 'web: ']);
  });

  test('notes do not count', () => {
    const noted = deployment({ name: 'z', ports: [{ containerPort: 1 }], mode: undefined });
    const service = { ...serviceTo('gone'), metadata: { name: 'z', namespace: 'shop' } };
    const ofZ = { ...service, spec: { ...service.spec, selector: { app: 'z' } } };
    expect(told(audited(noted, ofZ, plain('a')))).toEqual([
      'a: PL001 PL013',
      'z: PL001 PL004 PL013',
    ]);
  });
});

test('every workload is looked at as if it were enforced, and its own label is told', () => {
  const all = audited(
    plain('a'),
    deployment({ name: 'b', mode: 'off' }),
    deployment({ name: 'c' }),
  );
  expect(all.map(({ mode, judged }) => `${mode} ${judged.intent.kind}`).sort()).toEqual([
    'enforce apply',
    'off apply',
    'undefined apply',
  ]);
});

test('of whom something could not be read, it is not known what enforce would do, unless something stands against it', () => {
  const { cluster } = readAll(plain('a'), plain('b', { ports: [] }));
  const gaps = [{ resource: 'services', namespace: undefined, concern: 'usage' as const }];
  const unknown = (given: typeof cluster) =>
    auditAll(given, new Snapshots(given, OPERATOR_SETTINGS))
      .filter(({ isUnknown }) => isUnknown)
      .map(({ found }) => found.value.name);
  expect(unknown({ ...cluster, gaps })).toEqual(['a']);
  expect(unknown(cluster)).toEqual([]);
});

describe('what was seen', () => {
  const evidence: Evidence = {
    ...NO_EVIDENCE,
    reachable: [{ port: 9090, declared: false, expected: 'Allowed' }],
  };

  test('adds its findings to the others, the worst first, and moves the workload up', () => {
    const before = audited(plain('a'), plain('b'));
    const [, b] = before as [Audited, Audited];
    const after = withEvidence(before, new Map([[b, evidence]]));
    expect(told(after)).toEqual(['b: PL019 PL001 PL013', 'a: PL001 PL013']);
    expect(after.map((each) => each.evidence)).toEqual([evidence, NO_EVIDENCE]);
    expect(told(before)).toEqual(['a: PL001 PL013', 'b: PL001 PL013']);
  });

  test('is nothing where nobody looked', () => {
    const before = audited(plain('a'));
    expect(withEvidence(before, new Map())).toEqual(before);
  });
});
