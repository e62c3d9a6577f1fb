import { describe, expect, test } from 'vitest';
import { type CheckedPath, exitCodeOf, resultOf } from './check-result.ts';
import type { CheckVerdict } from './path-progress.ts';

const path = (verdict: CheckVerdict, fields: Partial<CheckedPath> = {}): CheckedPath => ({
  fromNode: 'a',
  toNode: 'b',
  verdict,
  after: verdict === 'Dropped' || verdict === 'Rejected' ? 100 : undefined,
  why: '',
  ...fields,
});
const result = (...paths: CheckedPath[]) => resultOf(paths, { image: 'i', warnings: [] });

describe('of several ways, the one that allows the least to be claimed decides', () => {
  test.each<[ways: CheckVerdict[], verdict: CheckVerdict, exitCode: number]>([
    [['Dropped', 'Dropped'], 'Dropped', 0],
    [['Dropped', 'Rejected'], 'Rejected', 0],
    [['Rejected', 'Inconclusive', 'Dropped'], 'Inconclusive', 2],
    [['Inconclusive', 'NotEnforced'], 'NotEnforced', 1],
    [['NotEnforced', 'Dropped'], 'NotEnforced', 1],
    [[], 'Inconclusive', 2],
  ])('%j is %s, exit code %d', (ways, verdict, exitCode) => {
    const found = result(...ways.map((each) => path(each)));
    expect(found.verdict).toBe(verdict);
    expect(exitCodeOf(found)).toBe(exitCode);
  });
});

test('the slowest way says how soon', () => {
  expect(result(path('Dropped', { after: 900 }), path('Dropped')).after).toBe(900);
  expect(result(path('Rejected', { after: 0 })).after).toBe(0);
});

test.each<CheckVerdict>(['NotEnforced', 'Inconclusive'])('%s is after no time', (verdict) => {
  expect(result(path(verdict), path('Dropped')).after).toBeUndefined();
});

test.each<[CheckVerdict, string]>([
  [
    'Dropped',
    'This network enforces NetworkPolicies: a connection that none allows gets no answer',
  ],
  ['Rejected', 'This network enforces NetworkPolicies: a connection that none allows is refused'],
  [
    'NotEnforced',
    'This network does not enforce NetworkPolicies: a connection that none allows was made',
  ],
  ['Inconclusive', 'It cannot be told whether this network enforces NetworkPolicies'],
])('%s is said in a sentence', (verdict, sentence) => {
  expect(result(path(verdict)).why).toBe(sentence);
});

test('the trouble of the way that decides is told, and of no other', () => {
  const paths = [
    path('Dropped', { why: 'x' }),
    path('Inconclusive', { why: 'the pod was deleted' }),
  ];
  expect(result(...paths).why).toBe(
    'It cannot be told whether this network enforces NetworkPolicies: the pod was deleted',
  );
});
