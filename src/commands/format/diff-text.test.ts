import { describe, expect, test } from 'vitest';
import type { ReachChange } from '../../domain/evaluate/reach.ts';
import { workload } from '../../testing/builders.ts';
import type { Difference } from '../diff/differences.ts';
import { diffText } from './diff-text.ts';

const A = { podSelector: { matchLabels: { role: 'a' } } };
const B = { podSelector: { matchLabels: { role: 'b' } } };
const a = JSON.stringify(A);
const b = JSON.stringify(B);

const found = { value: workload(), manifest: { file: 'a.yaml', line: 7 } } as Difference['found'];
const SAME: Difference = {
  found,
  policy: 'same',
  why: undefined,
  changes: [],
  before: undefined,
  after: undefined,
};
const lines = (fields: Partial<Difference>) => diffText([{ ...SAME, ...fields }]).split('\n');

test.each<[Difference['policy'], string]>([
  ['new', 'would be new'],
  ['changed', 'would change'],
  ['removed', 'would go'],
  ['same', 'would stay as it is'],
])('what becomes of a policy that is %s is said with its place', (policy, what) => {
  expect(lines({ policy })).toEqual([
    `Deployment shop/web (a.yaml:7): web-portlock ${what}`,
    '  = the same may connect as before',
    '',
  ]);
});

test('what other kinds of policies decide is not claimed', () => {
  expect(lines({ changes: undefined })[1]).toBe(
    '  ? who may connect then cannot be told: policies of other kinds have a say',
  );
});

describe('a change of who may connect', () => {
  const change = (fields: Partial<ReachChange>): string[] => {
    const port = { protocol: 'TCP', first: 80, last: 80, before: [], after: [] } as const;
    return lines({ changes: [{ ...port, ...fields }] }).slice(1, -1);
  };

  test.each<[string, Partial<ReachChange>, string[]]>([
    ['opens', { after: 'everybody' }, ['  + 80/TCP: open to everybody']],
    [
      'opens to more',
      { before: [A], after: 'everybody' },
      [`  + 80/TCP: open to everybody, not only to ${a}`],
    ],
    ['closes', { before: 'everybody' }, ['  - 80/TCP: closed to everybody']],
    [
      'closes to most',
      { before: 'everybody', after: [A, B] },
      [`  - 80/TCP: closed to all but ${a}, ${b}`],
    ],
    [
      'is both',
      { before: [A], after: [B] },
      [`  + 80/TCP: open to ${b}`, `  - 80/TCP: closed to ${a}`],
    ],
    ['adds one', { before: [A], after: [A, B] }, [`  + 80/TCP: open to ${b}`]],
    ['takes one away', { before: [B, A], after: [A] }, [`  - 80/TCP: closed to ${b}`]],
  ])('%s', (_what, fields, expected) => {
    expect(change(fields)).toEqual(expected);
  });

  test.each<[Partial<ReachChange>, string]>([
    [{ first: 1, last: 65_535 }, 'all/TCP'],
    [{ first: 1, last: 65_534 }, '1-65534/TCP'],
    [{ first: 2, last: 65_535 }, '2-65535/TCP'],
    [{ protocol: 'UDP' }, '80/UDP'],
  ])('of %j is one of %s', (fields, port) => {
    expect(change({ ...fields, after: 'everybody' })).toEqual([`  + ${port}: open to everybody`]);
  });

  test('to a list of sources that is long is cut', () => {
    const after = Array.from({ length: 40 }, () => A);
    const [line = ''] = change({ before: 'everybody', after });
    expect(line.length).toBeLessThan(450);
    expect(line).toMatch(/…$/);
  });
});

test('nothing that a terminal acts on is shown', () => {
  const manifest = { file: '\u001b[31m.yaml', line: 1 };
  expect(
    diffText([{ ...SAME, found: { ...found, manifest } as Difference['found'], policy: 'new' }]),
  ).toContain('(\\x1b[31m.yaml:1)');
});
