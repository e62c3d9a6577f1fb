import { describe, expect, test } from 'vitest';
import { allOf, anyOf, type Match, matchOf, not, selectorMatch } from './match.ts';

describe('of several matches, what can be told', () => {
  test.each<[Match[], Match, Match]>([
    [[], 'No', 'Yes'],
    [['Yes'], 'Yes', 'Yes'],
    [['No'], 'No', 'No'],
    [['Unknown'], 'Unknown', 'Unknown'],
    [['No', 'Yes'], 'Yes', 'No'],
    [['Unknown', 'Yes'], 'Yes', 'Unknown'],
    [['Unknown', 'No'], 'Unknown', 'No'],
    [['No', 'Unknown', 'Yes'], 'Yes', 'No'],
  ])('%j: any %s, all %s', (matches, any, all) => {
    expect(anyOf(matches)).toBe(any);
    expect(allOf(matches)).toBe(all);
  });
});

test('the opposite of what is not known is not known', () => {
  expect((['Yes', 'No', 'Unknown'] as const).map(not)).toEqual(['No', 'Yes', 'Unknown']);
});

test('a condition matches or not', () => {
  expect([true, false].map(matchOf)).toEqual(['Yes', 'No']);
});

test('a selector with something that is not known here is never guessed', () => {
  const app = (operator: string) => ({ matchExpressions: [{ key: 'app', operator }] });
  expect(selectorMatch(app('Exists'), { app: 'web' })).toBe('Yes');
  expect(selectorMatch(app('Exists'), {})).toBe('No');
  expect(selectorMatch(app('Gt'), { app: 'web' })).toBe('Unknown');
});
