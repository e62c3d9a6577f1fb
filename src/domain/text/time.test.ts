import { expect, test } from 'vitest';
import { parsed, timestamp } from './time.ts';

test('times are written in whole seconds, as the API server does', () => {
  expect(timestamp(Date.UTC(2026, 0, 2, 3, 4, 5, 999))).toBe('2026-01-02T03:04:05Z');
});

test.each<[string | undefined, number | undefined]>([
  ['2026-01-02T03:04:05Z', Date.UTC(2026, 0, 2, 3, 4, 5)],
  ['1970-01-01T00:00:00Z', 0],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
])('%s is read as %s', (time, milliseconds) => {
  expect(parsed(time)).toBe(milliseconds);
});
