import { describe, expect, test } from 'vitest';
import { SharedFixes } from './shared-fixes.ts';

const findings = (count: number, patchOf: (index: number) => string | null, id = 'PL003') =>
  Array.from({ length: count }, (_, index) => ({ id, patch: patchOf(index) }));

describe('of more than two hundred findings', () => {
  const ofTwo = new SharedFixes(findings(201, (index) => (index % 2 === 0 ? 'a: <b>\n' : 'c: d')));

  test('lines that mend several stand once for all of these', () => {
    expect(ofTwo.of('PL003')).toBe(
      '<details><summary>Fix</summary><pre>a: &lt;b&gt;</pre></details>' +
        '<details><summary>Fix</summary><pre id="PL003-1">c: d</pre></details>',
    );
  });

  test.each<[patch: string | null, id: string, place: string | undefined]>([
    ['a: <b>\n', 'PL003', 'PL003'],
    ['c: d', 'PL003', 'PL003-1'],
    ['e: f', 'PL003', undefined],
    [null, 'PL003', undefined],
    ['c: d', 'PL001', undefined],
  ])('%j of %s stands at %s', (patch, id, place) => {
    expect(ofTwo.placeOf({ id, patch })).toBe(place);
  });

  test.each<[what: string, patchOf: (index: number) => string | null]>([
    ['lines of one finding alone stand there', String],
    ['there may be none at all', () => null],
  ])('%s', (_what, patchOf) => {
    const fixes = new SharedFixes(findings(201, patchOf));
    expect(fixes.of('PL003')).toBe('');
    expect(fixes.placeOf({ id: 'PL003', patch: '7' })).toBeUndefined();
  });

  test('one that has an id of markup has none on the page', () => {
    const fixes = new SharedFixes(findings(201, (index) => `a: ${index % 2}`, '"><i>'));
    expect(fixes.of('"><i>')).toContain('<pre id="%22%3E%3Ci%3E-1">');
  });
});

test('of fewer each has its own', () => {
  const fixes = new SharedFixes(findings(200, () => 'a: b'));
  expect(fixes.placeOf({ id: 'PL003', patch: 'a: b' })).toBeUndefined();
  expect(fixes.of('PL003')).toBe('');
});
