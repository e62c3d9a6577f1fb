import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { namespace, workload } from '../../testing/builders.ts';
import { excluding, hasOptedIn, MODE_PRECEDENCE, type ModeDefaults, modeLabel } from './mode.ts';

const ENFORCE: ModeDefaults = { mode: 'enforce', excludedNamespaces: [] };
const labelled = (mode?: string) =>
  namespace({ name: 'kube-system', labels: mode ? { 'portlock.dev/mode': mode } : {} });

describe('the mode that counts', () => {
  const defaults = { mode: 'enforce', excludedNamespaces: ['kube-*'] } as const;

  test.each<
    [string, string | undefined, string | undefined, ModeDefaults | undefined, string | undefined]
  >([
    ['its own, whatever else is said', 'audit', 'enforce', defaults, 'audit'],
    ["its namespace's, even of one that is excluded", undefined, 'audit', defaults, 'audit'],
    ['off, in a namespace that is excluded', undefined, undefined, defaults, 'off'],
    ['the default', undefined, undefined, ENFORCE, 'enforce'],
    [
      'a typo of its own, which is no reason to take another',
      'enforced',
      'audit',
      ENFORCE,
      'enforced',
    ],
    ['none, where nobody says anything', undefined, undefined, undefined, undefined],
    [
      'none, where the default is off',
      undefined,
      undefined,
      { mode: 'off', excludedNamespaces: [] },
      undefined,
    ],
  ])('is %s', (_name, own, ofNamespace, byDefault, expected) => {
    const parts = [workload({ mode: own }), labelled(ofNamespace), byDefault] as const;
    expect(modeLabel(...parts)).toBe(expected);
    expect(hasOptedIn(...parts)).toBe(expected !== undefined && expected !== 'off');
  });

  test('is in the order of the page', () => {
    const page = readFileSync(path.join(import.meta.dirname, '../../../docs/platform.md'), 'utf8');
    const rows = [...page.matchAll(/^\| \d \| (.*?) \|/gm)].map(([, who]) => who);
    expect(rows).toEqual(MODE_PRECEDENCE.map(({ who }) => who));
  });
});

describe('a namespace that is excluded', () => {
  test.each([
    ['kube-system', 'kube-system', true],
    ['kube-system', 'kube-system-2', false],
    ['kube-*', 'kube-system', true],
    ['kube-*', 'kube', false],
    ['*', 'shop', true],
    ['*-system', 'calico-system', true],
    ['a*a', 'a', false],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'a-c', false],
    ['a*b*b', 'ab', false],
  ])('by %s: %s is %s', (pattern, name, isExcluded) => {
    const defaults: ModeDefaults = { mode: 'audit', excludedNamespaces: [pattern] };
    expect(hasOptedIn(workload({ mode: undefined }), namespace({ name }), defaults)).toBe(
      !isExcluded,
    );
  });

  test('may be one more', () => {
    const defaults = excluding(ENFORCE, 'portlock-system');
    const own = namespace({ name: 'portlock-system' });
    expect(hasOptedIn(workload({ mode: undefined }), own, defaults)).toBe(false);
  });
});
