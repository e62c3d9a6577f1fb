/** Objects in the first page: of the largest that there are it is 75 MB, of usual ones some 200 KB. */
export const FIRST_LIMIT = 50;

/** Objects in a page, at most: what client-go asks for. */
const MOST = 500;

/** By how much a page may be larger than the one before: the first objects may be small, and others not. */
const GROWTH = 4;

/** How many bytes a page should have; one is read within a moment, and there are few of them. */
const PAGE_BYTES = 8 * 1024 * 1024;

/** How many objects the next page is asked to have, by what came in the one that was asked to have `limit`. */
export function nextLimit(limit: number, page: { items: number; bytes: number }): number {
  if (page.items === 0) return limit;
  const fitting = Math.floor((PAGE_BYTES * page.items) / page.bytes);
  return Math.max(1, Math.min(fitting, limit * GROWTH, MOST));
}
