import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../testing/property-runs.ts';
import { RateLimit } from './rate-limit.ts';

/** The most starts in any half-open second. */
function busiestSecond(starts: readonly number[]): number {
  let most = 0;
  for (let first = 0, last = 0; last < starts.length; last++) {
    while ((starts[last] ?? 0) - (starts[first] ?? 0) >= 1_000) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

/** Starts all it may, whenever the loop comes round; each start takes a little time. */
function run(rate: number, turns: readonly number[], startTakes: number): number[] {
  const limit = new RateLimit(rate);
  const starts: number[] = [];
  let now = 0;
  for (const turn of turns) {
    now += turn;
    const turnBegan = now;
    while (limit.take(turnBegan)) {
      now += startTakes;
      starts.push(now);
    }
    limit.started(now);
  }
  return starts;
}

describe('RateLimit', () => {
  it('is never exceeded in any second, however late the loop is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_000 }),
        fc.array(fc.double({ min: 0.01, max: 400, noNaN: true }), {
          minLength: 20,
          maxLength: 200,
        }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        (rate, turns, startTakes) => busiestSecond(run(rate, turns, startTakes)) <= rate,
      ),
      runs(100),
    );
  });

  it.each([1, 7, 39, 59, 300, 307, 5_000])('is used to at least nine tenths at %i/s', (rate) => {
    const starts = run(rate, new Array(10_000).fill(1), 0);
    expect(starts.length).toBeGreaterThanOrEqual(0.9 * rate * 10);
  });

  it('spends a token when its connection starts, not when it is handed out', () => {
    const limit = new RateLimit(1);
    expect(limit.take(0)).toBe(true);
    expect(limit.take(10_000)).toBe(false);
    limit.started(10_000);
    expect(limit.availableAt()).toBe(11_000);
    expect(limit.take(10_999)).toBe(false);
    expect(limit.take(11_000)).toBe(true);
  });

  it('counts each token from the start of its own connection', () => {
    const limit = new RateLimit(60); // three tokens in each twentieth of a second
    for (const now of [0, 10]) {
      expect(limit.take(now)).toBe(true);
      limit.started(now);
    }
    limit.take(20);
    expect(limit.availableAt()).toBe(50);
    limit.started(30);
    for (const now of [50, 60]) expect(limit.take(now)).toBe(true);
    limit.started(60);
    expect(limit.availableAt()).toBe(80);
  });

  it('has no token before its start', () => {
    const limit = new RateLimit(100, 5_000);
    expect(limit.take(5_000)).toBe(false);
    expect(limit.availableAt()).toBe(5_050);
    expect(limit.take(5_050)).toBe(true);
  });
});
