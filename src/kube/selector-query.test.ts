import { expect, test } from 'vitest';
import { selectorQuery } from './selector-query.ts';

test('a selector is written as the API server reads it', () => {
  expect(
    selectorQuery({
      matchLabels: { app: 'web', 'app.kubernetes.io/part-of': 'shop' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['front', 'back'] },
        { key: 'zone', operator: 'NotIn', values: ['a'] },
        { key: 'owner', operator: 'Exists' },
        { key: 'old', operator: 'DoesNotExist' },
      ],
    }),
  ).toBe('app=web,app.kubernetes.io/part-of=shop,tier in (front,back),zone notin (a),owner,!old');
});

test.each([
  [{}, ''],
  [{ matchLabels: { a: 'b', c: '' } }, 'a=b,c='],
  [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['x', 'y'] }] }, 'a in (x,y)'],
  [{ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['x', 'y'] }] }, 'a notin (x,y)'],
  [{ matchExpressions: [{ key: 'a', operator: 'In' }] }, 'a in ()'],
  [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }, 'a'],
  [{ matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] }, '!a'],
])('%j', (selector, query) => {
  expect(selectorQuery(selector)).toBe(query);
});
