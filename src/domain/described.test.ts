import { expect, test } from 'vitest';
import { pod, settled, snapshot } from '../testing/builders.ts';
import { described } from '../testing/described.ts';
import { LOCKED } from '../testing/plans.ts';

/** Two pods under a policy that holds, after a sweep, when the brake watches no more. */
function healthy(): object {
  const pods = [pod(), pod({ name: 'web-2', uid: 'uid-pod-2', ips: ['10.0.0.2'] })];
  const { report } = settled(snapshot({ pods }), LOCKED);
  const { brake: _watching, ...status } = report?.status ?? {};
  return { ...report, status };
}

const lines = described(healthy());

test('a healthy report is described in a hundred lines or so', () => {
  expect(lines.length).toBeLessThanOrEqual(104);
});

test('Ready is its first condition, and nothing says that somebody does not have to act', () => {
  const types = lines.filter((line) => line.startsWith('    type: '));
  expect(types[0]).toBe('    type: Ready');
  expect(types).not.toContain('    type: Stalled');
});

test('nothing of it is empty, and no sentence is there twice', () => {
  const isEmpty = (line: string, index: number) =>
    line.endsWith(':') && !lines[index + 1]?.startsWith(`${/^ */.exec(line)?.[0]}  `);
  expect(lines.filter((line, index) => line.endsWith(': ') || isEmpty(line, index))).toEqual([]);
  const sentences = lines.filter((line) => line.trim().startsWith('message: '));
  expect(sentences.length).toBe(new Set(sentences).size);
});
