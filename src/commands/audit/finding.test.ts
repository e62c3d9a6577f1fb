import { describe, expect, test } from 'vitest';
import { workload } from '../../testing/builders.ts';
import { CHECKS, type CheckId, counts, rankOf, SEVERITIES } from './checks.ts';
import { type Finding, findingAt, findingLine } from './finding.ts';

const TEXT = `kind: x
metadata:
  name: web
spec:
  jobTemplate:
    spec:
      template: {}
  template:
    spec: {}
`;

/** Where a finding of a workload of this kind stands. */
function lineOf(
  path: (string | number)[],
  { kind = 'Deployment', file = 'a.yaml', text = TEXT } = {},
) {
  const document = { file, line: 10, text };
  const manifest = { file, line: 12, document, path: [0], wire: { apiVersion: '', kind } };
  const found = { value: workload({ kind } as object), manifest, hasNamespace: true };
  return findingAt(found, 'PL001', 'm', path).line;
}

describe('a finding stands', () => {
  test.each<[string, (string | number)[], Parameters<typeof lineOf>[1], number]>([
    ['where its object does, if nothing more is known', [], {}, 12],
    ['at a field', ['metadata', 'name'], {}, 12],
    ['at the nearest field that is there', ['metadata', 'labels', 'a'], {}, 11],
    ['at the template', ['spec', 'template', 'spec'], {}, 18],
    ['at that of a CronJob, which is deeper', ['spec', 'template', 'x'], { kind: 'CronJob' }, 16],
    ['at another field of a CronJob', ['spec', 'selector'], { kind: 'CronJob' }, 13],
    [
      'where the object of a cluster does, which is nowhere',
      ['spec', 'template'],
      { file: '' },
      12,
    ],
    [
      'where its object does in a document that is large',
      ['spec', 'template'],
      { text: `${TEXT}#${' '.repeat(1_000_000)}` },
      12,
    ],
    [
      'at the field in one that is just not',
      ['spec', 'template'],
      { text: TEXT + ' '.repeat(1_000_000 - TEXT.length) },
      17,
    ],
  ])('%s', (_where, path, given, line) => {
    expect(lineOf(path, given)).toBe(line);
  });
});

test('a finding is mended as its check says, unless more is known', () => {
  const document = { file: '', line: 0, text: '' };
  const manifest = { file: '', line: 0, document, path: [], wire: { apiVersion: '', kind: '' } };
  const found = { value: workload(), manifest, hasNamespace: true };
  expect(findingAt(found, 'PL010', 'm')).toMatchObject({
    about: 'Deployment shop/web',
    fix: CHECKS.PL010.fix,
    patch: undefined,
  });
  expect(findingAt(found, 'PL010', 'm', [], { fix: 'so' }).fix).toBe('so');
});

describe('a finding in one line', () => {
  const line = (fields: Partial<Finding>) =>
    findingLine({
      id: 'PL003',
      file: 'a.yaml',
      line: 7,
      about: 'Deployment shop/web',
      message: 'm',
      fix: '',
      patch: undefined,
      ...fields,
    });
  test('says its place, id and name', () => {
    expect(line({})).toBe('a.yaml:7: PL003 UndeclaredInUse: Deployment shop/web: m');
  });
  test('says no place of what a cluster has', () => {
    expect(line({ file: '', line: 0 })).toBe('PL003 UndeclaredInUse: Deployment shop/web: m');
  });
});

/** The contract: an id keeps its meaning, and what it does to an exit code. */
const SEVERITY_OF: Readonly<Record<(typeof SEVERITIES)[number], string>> = {
  high: 'PL002 PL008 PL019 PL020',
  medium: 'PL001 PL003 PL005 PL006 PL012 PL014 PL018 PL021 PL022 PL024',
  low: 'PL009 PL010 PL011',
  note: 'PL004 PL007 PL013 PL015 PL016 PL017 PL023',
};

describe('a check', () => {
  test.each(SEVERITIES)('of severity %s', (severity) => {
    const ids = (Object.keys(CHECKS) as CheckId[]).filter((id) => CHECKS[id].severity === severity);
    expect(ids.join(' ')).toBe(SEVERITY_OF[severity]);
    expect(ids.map(counts)).toEqual(ids.map(() => severity !== 'note'));
    expect(ids.map(rankOf)).toEqual(ids.map(() => Object.keys(SEVERITY_OF).indexOf(severity)));
  });

  test.each(Object.entries(CHECKS))('%s says what is wrong and what mends it', (_id, check) => {
    expect(check.name).toMatch(/^[A-Z][A-Za-z]+$/);
    for (const text of [check.why, check.fix]) expect(text).toMatch(/^[A-Z].*\.$/);
  });

  test('has a name of its own', () => {
    const names = Object.values(CHECKS).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
