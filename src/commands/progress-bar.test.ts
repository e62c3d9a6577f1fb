import { expect, test } from 'vitest';
import { durationText, ProgressBar, progressLine } from './progress-bar.ts';

test.each([
  [0, 100, 0, '[........................] 0%  0 of 100 ports'],
  [50, 100, 1_000, '[############............] 50%  50 of 100 ports'],
  [25, 100, 10_000, '[######..................] 25%  25 of 100 ports, 30 s left'],
  [65_535, 65_535, 218_000, '[########################] 100%  65,535 of 65,535 ports, 0 s left'],
])('%i of %i after %i ms', (done, total, elapsed, line) => {
  expect(progressLine(done, total, 'ports', elapsed)).toBe(line);
});

test.each([
  [1, '1 s'],
  [59_000, '59 s'],
  [218_450, '3 min 39 s'],
  [7_500_000, '2 h 5 min'],
])('%i ms are %s', (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});

test('is one line of a terminal, taken away in the end', () => {
  const written: string[] = [];
  const stream = { isTTY: true, columns: 20, write: (text: string) => written.push(text) };
  const bar = new ProgressBar(stream, 100, 'ports', 0);
  bar.show(50, 1_000);
  bar.clear();
  bar.clear();
  expect(written).toEqual(['\r\u001b[K[############......', '\r\u001b[K']);
});

test('is nothing where there is no terminal', () => {
  const written: string[] = [];
  const bar = new ProgressBar({ write: (text: string) => written.push(text) }, 100, 'ports', 0);
  bar.show(50, 1_000);
  bar.clear();
  expect(written).toEqual([]);
});
