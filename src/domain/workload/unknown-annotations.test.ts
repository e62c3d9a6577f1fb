import { describe, expect, test, vi } from 'vitest';
import { template, workload } from '../../testing/builders.ts';
import { unknownAnnotationsInWords } from './unknown-annotations.ts';
import type { Workload } from './workload.ts';

const words = (...keys: string[]) =>
  unknownAnnotationsInWords(
    workload({ annotations: Object.fromEntries(keys.map((key) => [key, 'x'])) }),
  );
const nearest = (key: string, known: string) =>
  `portlock knows no annotation portlock.dev/${key}; the nearest that it knows is portlock.dev/${known}`;

test.each([
  'portlock.dev/extra-ports',
  'portlock.dev/closed-ports',
  'portlock.dev/allow-from',
  'portlock.dev/accept-cuts',
  'portlock.dev/probe',
  'example.com/portlock.dev',
  'portlock.devel/x',
])('%s is nothing to be told of', (key) => {
  expect(words(key)).toBe('');
});

test.each([
  ['extra-port', 'extra-ports'],
  ['extraports', 'extra-ports'],
  ['Extra-Ports', 'extra-ports'],
  ['close-ports', 'closed-ports'],
  ['allowfrom', 'allow-from'],
  ['alow-form', 'allow-from'],
  ['accept-cut', 'accept-cuts'],
  ['accepted-cuts', 'accept-cuts'],
  ['probes', 'probe'],
  ['prob', 'probe'],
  ['', 'probe'],
])('portlock.dev/%s may be meant as %s', (key, known) => {
  expect(words(`portlock.dev/${key}`)).toBe(nearest(key, known));
});

test('a label is not an annotation', () => {
  expect(words('portlock.dev/mode')).toBe(
    'portlock.dev/mode is a label, and does nothing as an annotation',
  );
});

test('several are told by name, five at most', () => {
  expect(words('portlock.dev/prob', 'portlock.dev/allowfrom')).toBe(
    `${nearest('allowfrom', 'allow-from')}. ${nearest('prob', 'probe')}`,
  );
  const seven = Array.from({ length: 7 }, (_, index) => `portlock.dev/probe${index}`);
  expect(words(...seven)).toContain('probe4');
  expect(words(...seven)).not.toContain('probe5');
});

test('of thousands, the nearest is looked for to those alone that are told', () => {
  const sorting = vi.spyOn(Array.prototype, 'toSorted');
  const keys = Array.from({ length: 1000 }, (_, index) => `portlock.dev/probe${index}`);
  expect(words(...keys)).toContain('portlock.dev/probe1;');
  const { length } = sorting.mock.calls;
  sorting.mockRestore();
  expect(length).toBe(5);
});

describe('of the pod template', () => {
  const EXTRA = { 'portlock.dev/extra-ports': '9090/TCP' };
  const misplaced =
    'the annotation portlock.dev/extra-ports of the pod template does nothing: set it on the Deployment itself';
  const told = (fields: Partial<Workload>, annotations: Record<string, string> = EXTRA) =>
    unknownAnnotationsInWords(workload({ template: template({ annotations }), ...fields }));

  test('each is told, also one that portlock knows', () => {
    expect(told({})).toBe(misplaced);
    expect(told({ annotations: { 'portlock.dev/extra-ports': '9091/TCP' } })).toBe(misplaced);
  });

  test('none is told that is not ours, or that the workload has as well', () => {
    expect(told({}, { 'linkerd.io/inject': 'enabled' })).toBe('');
    expect(told({ annotations: EXTRA })).toBe('');
  });

  test('none is told where another workload lends the template', () => {
    const templateOf = { kind: 'Deployment', name: 'lender', isFound: true } as const;
    expect(told({ kind: 'Rollout', templateOf })).toBe('');
  });
});
