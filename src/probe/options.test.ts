import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, validateLimits } from './options.ts';

describe('validateLimits', () => {
  it('accepts the defaults', () => {
    expect(() => validateLimits(DEFAULT_LIMITS)).not.toThrow();
  });

  it.each([
    ['connectionsPerSecond', -1],
    ['connectionsPerSecond', 0.5],
    ['maximumInFlight', 0],
    ['maximumInFlight', 32_769],
    ['timeoutMilliseconds', 9],
    ['timeoutMilliseconds', Number.NaN],
    ['timeoutMilliseconds', Number.POSITIVE_INFINITY],
  ])('rejects %s = %d and names it', (name, value) => {
    expect(() => validateLimits({ ...DEFAULT_LIMITS, [name]: value })).toThrow(name);
  });
});
