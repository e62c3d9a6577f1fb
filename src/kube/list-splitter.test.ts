import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../testing/property-runs.ts';
import { type ListHead, ListSplitter } from './list-splitter.ts';

/** What comes of a text that is cut at these places, whatever is there. */
function split(text: string, places: readonly number[] = []) {
  const bytes = Buffer.from(text, 'utf8');
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  );
  const items: unknown[] = [];
  const heads: ListHead[] = [];
  const splitter = new ListSplitter((item, head) => {
    items.push(item);
    heads.push(head);
  });
  for (const [index, end] of cuts.slice(1).entries())
    splitter.push(bytes.subarray(cuts[index], end));
  return { head: splitter.end(), items, heads };
}

const nasty = fc.string({
  unit: fc.constantFrom(
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    ' ',
    '\n',
    'ü',
    '𝄞',
    'items',
    '"items":[',
  ),
});
const item = fc.oneof(
  fc.dictionary(nasty, fc.oneof(nasty, fc.array(nasty), fc.jsonValue())),
  fc.jsonValue(),
);
const rest = fc.dictionary(nasty, fc.jsonValue()).map(({ items: _, ...others }) => others);

describe('ListSplitter', () => {
  it('gives what JSON.parse gives, wherever the bytes are cut and the items stand', () => {
    fc.assert(
      fc.property(
        rest,
        rest,
        fc.array(item, { maxLength: 5 }),
        fc.array(fc.nat()),
        fc.constantFrom(undefined, 2),
        (before, after, items, places, indent) => {
          const text = JSON.stringify({ ...before, items, ...after }, undefined, indent);
          const whole = JSON.parse(text);
          const { head, items: found } = split(text, places);
          expect(found).toEqual(whole.items);
          expect(head).toEqual({ ...whole, items: [] });
        },
      ),
      runs(40),
    );
  });

  it('case 15: gives the same byte by byte', () => {
    const text = '{"kind":"L","items":[{"a":"\\"]}"},{"b":[{"items":[1]}]}],"metadata":{"x":"𝄞"}}';
    const all = Array.from({ length: Buffer.byteLength(text) }, (_, index) => index);
    const { head, items } = split(text, all);
    expect(items).toEqual([{ a: '"]}' }, { b: [{ items: [1] }] }]);
    expect(head).toEqual({ kind: 'L', items: [], metadata: { x: '𝄞' } });
  });

  it('gives the head with an item, as far as it has come', () => {
    const early = split('{"kind":"PodList","items":[{},{}],"metadata":{}}');
    expect(early.heads).toEqual([
      { kind: 'PodList', items: [] },
      { kind: 'PodList', items: [] },
    ]);
    expect(split('{"items":[{}],"kind":"PodList"}').heads).toEqual([{ items: [] }]);
  });

  it('finds items whose key is written with an escape', () => {
    expect(split('{"\\u0069tems":[{"a":1}]}').items).toEqual([{ a: 1 }]);
  });

  it.each([
    ['no items', '{"metadata":{"x":[1]}}'],
    ['none at all', '{"items":null}'],
    ['an empty list', '{"items":[ ]}'],
  ])('gives nothing for %s', (_, text) => {
    expect(split(text).items).toEqual([]);
  });

  it.each([
    ['is cut off inside an item', '{"items":[{"a":1'],
    ['is cut off between items', '{"items":[{"a":1},'],
    ['is cut off after the items', '{"items":[]'],
    ['holds an item that is none', '{"items":[{"a":}]}'],
    ['closes with the wrong bracket', '{"items":[{"a":[}]]}'],
    ['goes on after its end', '{"items":[]}{}'],
    ['is empty', ''],
    ['is no object', 'null'],
    ['is a number', '7'],
    ['is text', '404 page not found'],
  ])('refuses what %s', (_, text) => {
    expect(() => split(text)).toThrow(SyntaxError);
  });

  it('refuses an item that is longer than an object can be', () => {
    const splitter = new ListSplitter(() => {});
    splitter.push(Buffer.from('{"items":["'));
    splitter.push(Buffer.alloc(16 * 1024 * 1024 - 1, 'a'));
    expect(() => splitter.push(Buffer.from('a'))).toThrow(
      new SyntaxError('an object is longer than 16777216 bytes'),
    );
  });
});
