import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { wantsColor } from './wants-color.ts';

const { isTTY } = process.stdout;
beforeEach(() => {
  vi.stubEnv('NO_COLOR', undefined);
  vi.stubEnv('TERM', 'xterm');
  process.stdout.isTTY = true;
});
afterEach(() => {
  vi.unstubAllEnvs();
  process.stdout.isTTY = isTTY;
});

test('a terminal gets colours', () => {
  expect(wantsColor()).toBe(true);
});

test.each<[what: string, variable: string, value: string, wanted: boolean]>([
  ['says no', 'NO_COLOR', '1', false],
  ['says no by any text', 'NO_COLOR', 'false', false],
  ['says nothing', 'NO_COLOR', '', true],
  ['is told of a terminal that has none', 'TERM', 'dumb', false],
])('one whose user %s: %s=%s', (_what, variable, value, wanted) => {
  vi.stubEnv(variable, value);
  expect(wantsColor()).toBe(wanted);
});

test('a file gets none', () => {
  process.stdout.isTTY = false;
  expect(wantsColor()).toBeFalsy();
});
