import { describe, expect, test } from 'vitest';
import { DocumentError, parseDocument } from './parse-document.ts';

const parse = (text: string) => parseDocument({ file: 'a.yaml', line: 10, text });

/** Why a text is refused, and where. */
function problem(text: string) {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof DocumentError) return error.problem;
    throw error;
  }
  throw new Error('it was understood');
}

describe('values are those that kubectl reads', () => {
  test.each<[string, unknown]>([
    ['yes', true],
    ['Off', false],
    ['"yes"', 'yes'],
    ['010', 8],
    ['0o10', '0o10'],
    ['0x1F', 31],
    ['1_000', 1000],
    ['1e3', 1000],
    ['~', null],
    ['2001-01-01', '2001-01-01'],
    ['{"a": [1, "b"]}', { a: [1, 'b'] }],
    ['a: &x 1\nb: *x', { a: 1, b: 1 }],
    ['a: &x {b: 1}\nc:\n  <<: *x\n  d: 2', { a: { b: 1 }, c: { b: 1, d: 2 } }],
  ])('%j', (text, value) => {
    expect(parse(text)).toEqual([value]);
  });

  test('JSON may have tabs between its values', () => {
    expect(parse('{\n\t"a": 1\n}')).toEqual([{ a: 1 }]);
  });

  test('a bracket that closes may stand under its key, and what looks like one in a text stays', () => {
    const text =
      'a:\n  b: [\n    1,\n    {c: {\n      d: 2\n  }}\n  ]\n  e: {\n  }\n  f: |\n    [\n    ]\n';
    expect(parse(text)).toEqual([{ a: { b: [1, { c: { d: 2 } }], e: {}, f: '[\n]\n' } }]);
  });

  test('a key that every object has is a field', () => {
    expect(Object.entries(parse('__proto__: 1')[0] as object)).toEqual([['__proto__', 1]]);
  });
});

describe('what cannot be understood is told with its place', () => {
  test('in the file, with the line itself', () => {
    const { message, ...place } = problem('a: 1\nb: [1,\nc: 2\n');
    expect(place).toMatchObject({ file: 'a.yaml', excerpt: expect.any(String) });
    expect(place.line).toBeGreaterThanOrEqual(11);
    expect(place.column).toBeGreaterThanOrEqual(1);
    expect(message).not.toBe('');
  });

  test('where a bracket is the trouble, too', () => {
    expect(problem('a:\n  b: [\n  1\n  ]\n')).toMatchObject({
      line: 12,
      column: 3,
      excerpt: '  1',
    });
    expect(problem('a:\n  b: [\n  ]\n c: 1\n')).toMatchObject({ line: 13, excerpt: ' c: 1' });
  });

  test('a tag of a language is none of the API', () => {
    expect(() => parse('a: !!js/function "x"')).toThrow(DocumentError);
  });

  test('tabs in what is not JSON', () => {
    expect(() => parse('a:\n\t- 1')).toThrow(DocumentError);
  });

  test('a template says how to render it, where it begins', () => {
    expect(problem('a: 1\nb: {{ .Values.b }}\n{{- if x }}')).toEqual({
      file: 'a.yaml',
      line: 11,
      column: 4,
      message: 'this is a template: render the chart first (helm template CHART | portlock …)',
      excerpt: 'b: {{ .Values.b }}',
    });
  });

  test('braces in a text are no template', () => {
    expect(parse('a: "{{ x }}"')).toEqual([{ a: '{{ x }}' }]);
  });

  test('aliases that make ever more of a document', () => {
    const lines = Array.from({ length: 8 }, (_, index) => {
      const item = index === 0 ? '1' : `*a${index - 1}`;
      return `a${index}: &a${index} [${Array(10).fill(item).join(', ')}]`;
    });
    expect(problem(lines.join('\n'))).toEqual({
      file: 'a.yaml',
      line: 10,
      message: 'aliases (*name) would make more of it than can be read; write out what is meant',
    });
  });
});
