import { describe, expect, it } from 'vitest';
import { isSecondSyn, RoundTripTime } from './round-trip-time.ts';

function having(...measured: number[]): RoundTripTime {
  const time = new RoundTripTime();
  for (const each of measured) time.add(each);
  return time;
}

describe('RoundTripTime', () => {
  it('waits as long as it may while nothing is known', () => {
    expect(having().timeout(500)).toBe(500);
  });

  it('leaves a near target a tenth of a second, for a machine under load', () => {
    expect(having(0.2, 0.3, 0.2).timeout(500)).toBe(125);
  });

  it('waits for a far target, however even its answers are', () => {
    expect(having(...new Array(50).fill(200)).timeout(500)).toBe(300);
  });

  it('waits longer where answers come unevenly', () => {
    const uneven = having(...new Array(50).fill([20, 120]).flat());
    expect(uneven.timeout(500)).toBeGreaterThan(200);
  });

  it('doubts a first answer by half of it', () => {
    expect(having(100).timeout(1_000)).toBe(300);
  });

  it('moves by an eighth and a quarter towards what it measures', () => {
    // Mean 80 + 80 / 8, deviation 40 + (80 - 40) / 4: 90 + 4 * 50.
    expect(having(80, 160).timeout(1_000)).toBe(300);
    // And on: mean 90 - 90 / 8 = 78.75, deviation 50 + (90 - 50) / 4 = 60.
    expect(having(80, 160, 0).timeout(1_000)).toBe(325);
  });

  it('never waits longer than it may', () => {
    expect(having(400).timeout(500)).toBe(500);
    expect(having(1).timeout(50)).toBe(50);
  });

  it('takes no time from an answer that may be that to a repeated SYN', () => {
    expect(having(1, 1_001).timeout(500)).toBe(125);
    expect([isSecondSyn(900), isSecondSyn(901)]).toEqual([false, true]);
    expect(having(901).timeout(5_000)).toBe(5_000);
  });
});
