import { expect, test } from 'vitest';
import { policy, workload } from '../../testing/builders.ts';
import type { Difference } from '../diff/differences.ts';
import { diffUnified } from './diff-unified.ts';

const found = { value: workload(), manifest: { file: 'a.yaml', line: 7 } } as Difference['found'];
const difference = (fields: Partial<Difference>): Difference => ({
  found,
  policy: 'changed',
  why: undefined,
  changes: [],
  before: undefined,
  after: undefined,
  ...fields,
});
const allowing = (port: number) =>
  policy('web-portlock', { ingress: [{ ports: [{ port, protocol: 'TCP' }] }] });
const at = (file: string, value = allowing(80)) =>
  ({ value, manifest: { file, line: 1 } }) as Difference['before'];
const changed = (text: string) => text.split('\n').filter((line) => /^[-+]/.test(line));

test('a policy that changes is compared with its file', () => {
  expect(changed(diffUnified([difference({ before: at('p.yaml'), after: allowing(81) })]))).toEqual(
    ['--- a/p.yaml', '+++ b/p.yaml', '-        - port: 80', '+        - port: 81'],
  );
});

test('a new one is all new, under the name that render gives its file', () => {
  const [from, to, ...lines] = changed(diffUnified([difference({ after: allowing(80) })]));
  expect(from).toBe('--- /dev/null');
  expect(to).toBe('+++ b/web-portlock.yaml');
  expect(lines[0]).toBe('+apiVersion: networking.k8s.io/v1');
  expect(lines.every((line) => line.startsWith('+'))).toBe(true);
});

test('one that goes is all gone', () => {
  const [, to, ...lines] = changed(diffUnified([difference({ before: at('p.yaml') })]));
  expect(to).toBe('+++ /dev/null');
  expect(lines.length).toBeGreaterThan(5);
  expect(lines.every((line) => line.startsWith('-'))).toBe(true);
});

test('one that stays is not told, whatever its labels are', () => {
  const same = allowing(80);
  const labelled = { ...same, metadata: { ...same.metadata, labels: { by: 'hand' } } };
  expect(diffUnified([difference({ before: at('p.yaml', labelled), after: same })])).toBe('');
  expect(diffUnified([])).toBe('');
});

test('several follow each other', () => {
  const each = [difference({ before: at('a.yaml') }), difference({ before: at('b.yaml') })];
  expect(diffUnified(each).match(/^--- .*/gm)).toEqual(['--- a/a.yaml', '--- a/b.yaml']);
});

test('nothing that a terminal acts on is shown', () => {
  expect(diffUnified([difference({ before: at('\u001b[2J.yaml') })])).toContain(
    '--- a/\\x1b[2J.yaml\n',
  );
});
