import { describe, expect, it } from 'vitest';
import { InFlightLimit } from './in-flight-limit.ts';

describe('InFlightLimit', () => {
  it('halves what was under way, after a pause that doubles', () => {
    const limit = new InFlightLimit(1_000);
    limit.shortage(200, 0);
    expect([limit.at(24), limit.at(25)]).toEqual([0, 100]);
    limit.shortage(100, 25);
    expect([limit.at(74), limit.at(75)]).toEqual([0, 50]);
  });

  it('pauses for a second at most, and for a moment again after a success', () => {
    const limit = new InFlightLimit(1_000);
    for (let i = 0; i < 10; i++) limit.shortage(1_000, i * 10_000);
    expect([limit.at(90_999), limit.at(91_000)]).toEqual([0, 1]);
    limit.success();
    limit.shortage(1_000, 100_000);
    expect([limit.at(100_024), limit.at(100_025)]).toEqual([0, 1]);
  });

  it('counts a burst of shortages once', () => {
    const limit = new InFlightLimit(1_000);
    for (let i = 0; i < 100; i++) limit.shortage(200, i / 10);
    expect(limit.at(25)).toBe(100);
  });

  it('never falls below one', () => {
    const limit = new InFlightLimit(4);
    for (let i = 0; i < 10; i++) limit.shortage(0, i * 10_000);
    expect(limit.at(200_000)).toBe(1);
  });

  it('comes back slowly, and never above its maximum', () => {
    const limit = new InFlightLimit(100);
    limit.shortage(100, 0);
    for (let i = 0; i < 8; i++) limit.success();
    expect(limit.at(1_000)).toBe(51);
    for (let i = 0; i < 1_000; i++) limit.success();
    expect(limit.at(1_000)).toBe(100);
  });
});
