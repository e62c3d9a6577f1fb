import { expect, test } from 'vitest';
import type { CheckedPath } from '../check/check-result.ts';
import { resultOf } from '../check/check-result.ts';
import { checkDocument } from './check-document.ts';
import { checkTable } from './check-table.ts';

const path = (fields: Partial<CheckedPath> = {}): CheckedPath => ({
  fromNode: 'a',
  toNode: 'b',
  verdict: 'Dropped',
  after: 1_249,
  why: '',
  ...fields,
});
const about = { image: 'portlock:1', warnings: ['slow'] };
const UNKNOWN = path({ verdict: 'Inconclusive', after: undefined, why: 'nothing was\nseen' });

test('the table has a line for each way, and how soon in seconds', () => {
  expect(checkTable(resultOf([path(), UNKNOWN, path({ after: 0 })], about)).split('\n')).toEqual([
    'FROM NODE   TO NODE   RESULT         AFTER   NOTE',
    'a           b         Dropped        1.2 s',
    'a           b         Inconclusive   -       nothing was\\nseen',
    'a           b         Dropped        0.0 s',
    '',
  ]);
});

test('the document has every field, whatever is known', () => {
  expect(checkDocument(resultOf([path()], about))).toEqual({
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'CheckResult',
    verdict: 'Dropped',
    message: 'This network enforces NetworkPolicies: a connection that none allows gets no answer',
    enforcedAfterMilliseconds: 1_249,
    image: 'portlock:1',
    warnings: ['slow'],
    paths: [
      {
        fromNode: 'a',
        toNode: 'b',
        verdict: 'Dropped',
        enforcedAfterMilliseconds: 1_249,
        message: '',
      },
    ],
  });
  expect(checkDocument(resultOf([UNKNOWN], about))).toMatchObject({
    enforcedAfterMilliseconds: null,
    paths: [{ enforcedAfterMilliseconds: null, message: 'nothing was\nseen' }],
  });
});

test('what took no time was no less enforced', () => {
  expect(checkDocument(resultOf([path({ after: 0 })], about))).toMatchObject({
    enforcedAfterMilliseconds: 0,
    paths: [{ enforcedAfterMilliseconds: 0 }],
  });
});
