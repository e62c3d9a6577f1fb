import { expect, test } from 'vitest';
import { readRule, selectorRule } from './rule.ts';

test('the rule by a selector asks for the label there alone', () => {
  const { spec } = selectorRule(readRule());
  expect(spec.matchConstraints).toMatchObject({
    objectSelector: { matchLabels: { 'portlock.dev/mode': 'enforce' } },
    resourceRules: [{ resources: ['deployments'] }],
  });
  expect(spec.matchConditions.map(({ name }) => name)).toEqual(['declares-a-port']);
});
