import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { visible } from '../../domain/text/visible-text.ts';
import { runs } from '../../testing/property-runs.ts';
import { jsonText, yamlText } from './structured.ts';

const anyText = fc.string({
  unit: fc.oneof(
    fc.nat({ max: 0x206f }).map((code) => String.fromCharCode(code)),
    fc.constantFrom('a', ' ', ':', '-', '"', '\\', '\n', '\u009b', '\u202e', '\u2028'),
  ),
  maxLength: 200,
});
const anyResult = fc.record({ note: anyText, list: fc.array(anyText), none: fc.constant(null) });

test.each([
  ['JSON', jsonText, (text: string) => JSON.parse(text)],
  ['YAML', yamlText, (text: string) => parse(text)],
])('%s is read back as it was, and shows nothing that a terminal acts on', (_what, write, read) => {
  fc.assert(
    fc.property(anyResult, (result) => {
      const text = write(result);
      expect(read(text)).toEqual(result);
      for (const line of text.split('\n')) expect(visible(line)).toBe(line);
    }),
    runs(60),
  );
});

test('what is safe is written as ever', () => {
  const result = { target: 'deployment/web', warnings: ['a: b', 'größer'], reason: '', pod: null };
  expect(jsonText(result)).toBe(`${JSON.stringify(result, undefined, 2)}\n`);
  expect(yamlText(result)).toBe(stringify(result));
});

test('no line ends within a character', () => {
  for (let before = 0; before < 100; before += 1) {
    const note = `${'a'.repeat(before)}\u202e𐀀${'a'.repeat(100)}`;
    expect(yamlText({ note })).not.toMatch(/\p{Surrogate}/u);
    expect(parse(yamlText({ note }))).toEqual({ note });
  }
});
