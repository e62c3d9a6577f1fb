import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../testing/property-runs.ts';
import { visible, visibleJson, visibleWithin } from './visible-text.ts';

/** Written as a list of code points, so that it is not the expression under test once more. */
function isUnsafe(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code <= 0x9f) ||
    [0x061c, 0x200e, 0x200f, 0x2028, 0x2029].includes(code) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    (code >= 0xd800 && code <= 0xdfff)
  );
}
const unsafeIn = (text: string) => [...text].filter((each) => isUnsafe(each.codePointAt(0) ?? 0));

const anyText = fc.string({
  unit: fc.oneof(
    fc.nat({ max: 0x2070 }).map((code) => String.fromCharCode(code)),
    fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)),
    fc.constantFrom('😀', '\\x1b', 'a'),
  ),
});

describe('text that is shown', () => {
  test.each([
    ['a title for the window', '\u001b]0;owned\u0007', '\\x1b]0;owned\\x07'],
    ['a C1 control', '\u009b31m', '\\x9b31m'],
    ['an order turned around', 'web\u202egpj', 'web\\u202egpj'],
    ['lines, tabs and returns', 'a\nb\tc\rd', 'a\\nb\\tc\\rd'],
    ['half a character', '\ud83d!', '\\ud83d!'],
    ['what is safe', 'größer 😀 \\x1b', 'größer 😀 \\x1b'],
  ])('%s', (_what, text, expected) => {
    expect(visible(text)).toBe(expected);
  });

  test('holds nothing that is unsafe, and is shown as it is when it is shown again', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = visible(text);
        expect(unsafeIn(shown)).toEqual([]);
        expect(visible(shown)).toBe(shown);
        if (unsafeIn(text).length === 0) expect(shown).toBe(text);
      }),
      runs(200),
    );
  });

  test('is cut to its length, and to whole characters', () => {
    expect(visibleWithin('\u001b'.repeat(4), 10)).toBe('\\x1b\\x1b\\x');
    expect(visibleWithin('ab😀', 3)).toBe('ab');
    fc.assert(
      fc.property(anyText, fc.nat({ max: 40 }), (text, maximum) => {
        const shown = visibleWithin(text, maximum);
        expect(shown.length).toBeLessThanOrEqual(maximum);
        expect(unsafeIn(shown)).toEqual([]);
      }),
    );
  });
});

test('JSON shows what it holds, and is read back as it was', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const json = visibleJson(JSON.stringify({ text }));
      expect(unsafeIn(json)).toEqual([]);
      expect(JSON.parse(json)).toEqual({ text });
    }),
    runs(200),
  );
});
