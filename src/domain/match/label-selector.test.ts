import { describe, expect, test } from 'vitest';
import type { LabelSelector } from '../../api/kubernetes.ts';
import { isSelector, matchesEverything, selectorMatches } from './label-selector.ts';

type Labels = Readonly<Record<string, string>>;

/** A requirement on the label app, whose operator may be one that the API does not know. */
function requiring(operator: string, values?: string[]): LabelSelector {
  return { matchExpressions: [{ key: 'app', operator, ...(values && { values }) }] };
}

describe('a selector matches', () => {
  test.each<[string, LabelSelector, Labels, boolean]>([
    ['everything where it is empty', {}, {}, true],
    ['a label that is equal', { matchLabels: { app: 'web' } }, { app: 'web', tier: 'x' }, true],
    ['no other value', { matchLabels: { app: 'web' } }, { app: 'api' }, false],
    ['no lack of the label', { matchLabels: { app: 'web' } }, {}, false],
    ['all labels only', { matchLabels: { app: 'web', tier: 'x' } }, { app: 'web' }, false],
    [
      'expressions only together with labels',
      { ...requiring('Exists'), matchLabels: { tier: 'x' } },
      { app: 'web' },
      false,
    ],
    ['In: a listed value', requiring('In', ['api', 'web']), { app: 'web' }, true],
    ['In: no other value', requiring('In', ['api']), { app: 'web' }, false],
    ['In: no lack of the label', requiring('In', ['web']), {}, false],
    ['In: nothing without values', requiring('In'), { app: 'web' }, false],
    ['NotIn: another value', requiring('NotIn', ['api']), { app: 'web' }, true],
    ['NotIn: no listed value', requiring('NotIn', ['api', 'web']), { app: 'web' }, false],
    ['NotIn: the lack of the label', requiring('NotIn', ['web']), {}, true],
    ['NotIn: everything without values', requiring('NotIn'), { app: 'web' }, true],
    ['Exists: any value', requiring('Exists'), { app: '' }, true],
    ['Exists: no lack of the label', requiring('Exists'), { tier: 'x' }, false],
    ['DoesNotExist: the lack of the label', requiring('DoesNotExist'), { tier: 'x' }, true],
    ['DoesNotExist: no value', requiring('DoesNotExist'), { app: '' }, false],
    [
      'nothing by an operator that the API does not know',
      requiring('Gt', ['1']),
      { app: '2' },
      false,
    ],
    ['no name that every object has', requiring('Exists'), Object.create({ app: 'web' }), false],
  ])('%s', (_what, selector, labels, expected) => {
    expect(selectorMatches(selector, labels)).toBe(expected);
  });

  test('nothing where there is none', () => {
    expect(selectorMatches(undefined, { app: 'web' })).toBe(false);
  });

  test('nothing where an entry is empty, or one of two does not hold', () => {
    const empty = JSON.parse('{"matchExpressions":[null]}');
    expect(selectorMatches(empty, { app: 'web' })).toBeFalsy();
    const two = [
      { key: 'app', operator: 'Exists' },
      { key: 'tier', operator: 'Exists' },
    ];
    expect(selectorMatches({ matchExpressions: two }, { app: 'web' })).toBe(false);
  });
});

test.each<[string, unknown, boolean]>([
  ['an empty one', {}, true],
  ['one of labels', { matchLabels: { app: 'web' } }, true],
  ['one that is set to null', { matchLabels: null, matchExpressions: null }, true],
  [
    'one of each operator',
    { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] },
    true,
  ],
  ['NotIn', requiring('NotIn', []), true],
  ['Exists', requiring('Exists'), true],
  ['DoesNotExist', requiring('DoesNotExist'), true],
  ['an operator of tomorrow', requiring('Gt'), false],
  ['a label that is no text', { matchLabels: { app: 1 } }, false],
  [
    'a value that is no text',
    { matchExpressions: [{ key: 'a', operator: 'In', values: [1] }] },
    false,
  ],
  ['a key that is no text', { matchExpressions: [{ key: 1, operator: 'Exists' }] }, false],
  ['a field of tomorrow', { matchFields: {} }, false],
  [
    'a field of tomorrow in an entry',
    { matchExpressions: [{ key: 'a', operator: 'Exists', cel: '' }] },
    false,
  ],
])('a selector is all known, or not: %s', (_what, selector, expected) => {
  expect(isSelector(selector)).toBe(expected);
});

test.each<[LabelSelector, boolean]>([
  [{}, true],
  [{ matchLabels: {} }, true],
  [{ matchLabels: {}, matchExpressions: [] }, true],
  [{ matchLabels: { a: 'b' } }, false],
  [{ matchLabels: { a: 'b' }, matchExpressions: [] }, false],
  [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }, false],
])('%j matches everything: %s', (selector, expected) => {
  expect(matchesEverything(selector)).toBe(expected);
});
