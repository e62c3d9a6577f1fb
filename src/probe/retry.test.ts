import { describe, expect, it } from 'vitest';
import { type Round, timeoutOf, triesAgain } from './retry.ts';

const first: Round = { number: 1, priority: 'sweep', asked: 100, filtered: 10, answered: 90 };

describe('triesAgain', () => {
  it.each([
    ['a sweep that most ports answered', first, true],
    ['a sweep that half of the ports answered', { ...first, filtered: 50, answered: 50 }, true],
    ['a sweep of a mostly silent host', { ...first, filtered: 51, answered: 49 }, false],
    ['a check of a silent host', { ...first, priority: 'check', filtered: 100, answered: 0 }, true],
    ['a check without silence', { ...first, priority: 'check', filtered: 0 }, false],
    ['a second round with news', { ...first, number: 2, filtered: 9, answered: 1 }, true],
    ['a second round without news', { ...first, number: 2, answered: 0 }, false],
    [
      'a check’s second round without news',
      { ...first, priority: 'check', number: 2, answered: 0 },
      false,
    ],
    ['the eighth round', { ...first, number: 8, answered: 5 }, false],
  ] satisfies [string, Round, boolean][])('after %s: %s', (_, round, again) => {
    expect(triesAgain(round)).toBe(again);
  });
});

describe('timeoutOf', () => {
  it('gives a check’s second attempt twice the time, and time for the kernel’s second SYN', () => {
    expect(timeoutOf(1, 'check', 500)).toBe(500);
    expect(timeoutOf(2, 'check', 500)).toBe(1_500);
    expect(timeoutOf(2, 'check', 1_000)).toBe(2_000);
  });

  it('keeps a sweep’s timeout', () => {
    expect(timeoutOf(2, 'sweep', 500)).toBe(500);
  });
});
