import { expect, test } from 'vitest';
import { auditedWorkload } from '../../../testing/audit-results.ts';
import { Pictures } from './pictures.ts';

const declaring = (port: number, name: string) =>
  auditedWorkload({ name, declared: [{ port, protocol: 'TCP', containers: [] }] });
const WORKLOADS = [declaring(80, 'a'), declaring(81, 'b'), declaring(80, 'c')] as const;
const [A, B, C] = WORKLOADS;

test('of a large page what looks alike is drawn once, and has its words from there', () => {
  const pictures = new Pictures(WORKLOADS, { isLarge: true });
  const used = pictures.of(A);
  expect(used).toMatch(
    /^<svg viewBox="0 0 350 40" role="img" aria-labelledby="p0w"><use href="#p0"\/><\/svg>$/,
  );
  expect(pictures.of(C)).toBe(used);
  expect(pictures.of(B)).toContain('81/TCP</text>');
  const drawn = pictures.drawnOnce();
  expect(drawn).toMatch(/^<svg hidden><g id="p0"><desc id="p0w">80\/TCP declared, /);
  expect(drawn.match(/<g /g)).toHaveLength(1);
  expect(drawn).toContain('80/TCP</text>');
});

test('of a small page each picture is in its place, where a browser finds its texts', () => {
  const pictures = new Pictures(WORKLOADS, { isLarge: false });
  expect(pictures.of(A)).toContain('80/TCP</text>');
  expect(pictures.of(A)).toBe(pictures.of(C));
  expect(pictures.drawnOnce()).toBe('');
});
