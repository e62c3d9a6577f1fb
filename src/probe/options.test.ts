import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, validateLimits } from './options.ts';

describe('validateLimits', () => {
  it('accepts the defaults', () => {
    expect(() => validateLimits(DEFAULT_LIMITS)).not.toThrow();
    expect(DEFAULT_LIMITS).toEqual({
      connectionsPerSecond: 300,
      maximumInFlight: 8_192,
      timeoutMilliseconds: 500,
    });
  });

  it.each([
    { connectionsPerSecond: 0, maximumInFlight: 1, timeoutMilliseconds: 10 },
    { connectionsPerSecond: 1_000_000, maximumInFlight: 32_768, timeoutMilliseconds: 60_000 },
  ])('accepts the outermost, $connectionsPerSecond/s', (limits) => {
    expect(() => validateLimits(limits)).not.toThrow();
  });

  it.each([
    ['connectionsPerSecond', -1],
    ['connectionsPerSecond', 0.5],
    ['connectionsPerSecond', 1_000_001],
    ['connectionsPerSecondToNode', -1],
    ['connectionsPerSecondToNode', 1_000_001],
    ['maximumInFlight', 0],
    ['maximumInFlight', 32_769],
    ['timeoutMilliseconds', 9],
    ['timeoutMilliseconds', 60_001],
    ['timeoutMilliseconds', Number.NaN],
    ['timeoutMilliseconds', Number.POSITIVE_INFINITY],
  ])('rejects %s = %d and names it', (name, value) => {
    const validate = () => validateLimits({ ...DEFAULT_LIMITS, [name]: value });
    expect(validate).toThrow(expect.objectContaining({ reason: 'InvalidJob' }));
    expect(validate).toThrow(new RegExp(`^${name} must be an integer from \\d+ to .*${value}$`));
  });
});
