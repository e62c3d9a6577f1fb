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
