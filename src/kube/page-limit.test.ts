import { expect, it } from 'vitest';
import { FIRST_LIMIT, nextLimit } from './page-limit.ts';

/** The limits of the pages of a list of objects of these sizes. */
function limits(sizes: (index: number) => number, pages: number): number[] {
  const result = [FIRST_LIMIT];
  let index = 0;
  for (let page = 1; page < pages; page += 1) {
    const items = result.at(-1) as number;
    let bytes = 0;
    for (const end = index + items; index < end; index += 1) bytes += sizes(index);
    result.push(nextLimit(items, { items, bytes }));
  }
  return result;
}

it.each([
  ['small objects come in pages that grow', () => 4_000, [50, 200, 500, 500]],
  ['objects of a megabyte come few at a time', () => 1_000_000, [50, 8, 8, 8]],
  ['objects that no page can hold come one by one', () => 20_000_000, [50, 1, 1, 1]],
  [
    'small ones after large ones come in pages that grow again',
    (at: number) => (at < 50 ? 1_000_000 : 4_000),
    [50, 8, 32, 128],
  ],
])('%s', (_, sizes, expected) => {
  expect(limits(sizes, 4)).toEqual(expected);
});

it('stays as it was after a page without objects', () => {
  expect(nextLimit(50, { items: 0, bytes: 100 })).toBe(50);
});
