import { WELL_KNOWN_PORTS } from './well-known-ports.ts';

/** From where programs mostly take the port that they listen on where nobody tells them another. */
const COMMON: readonly [first: number, last: number][] = [
  [1, 1023],
  [3000, 3999],
  [5000, 5999],
  [8000, 9999],
];

const RANKS = ['expected', 'wellKnown', 'besideExpected', 'common', 'other'] as const;

/**
 * All of these ports, the likeliest to be open first: those that are expected, the well-known ones, the numbers beside
 * those expected, the ranges that are common, and the others; those of a kind in the order in which they were.
 */
export function likeliestFirst(
  ports: ArrayLike<number> & Iterable<number>,
  expected: readonly number[],
): Uint16Array {
  const rankOf = ranking(expected);
  const ordered = new Uint16Array(ports.length);
  let at = 0;
  for (const rank of RANKS.keys())
    for (const port of ports) if (rankOf(port) === rank) ordered[at++] = port;
  return ordered;
}

function ranking(expected: readonly number[]): (port: number) => number {
  const ranks = new Map<number, number>();
  const put = (numbers: Iterable<number>, rank: (typeof RANKS)[number]) => {
    for (const port of numbers) if (!ranks.has(port)) ranks.set(port, RANKS.indexOf(rank));
  };
  put(expected, 'expected');
  put(WELL_KNOWN_PORTS, 'wellKnown');
  put(
    expected.flatMap((port) => [port - 1, port + 1]),
    'besideExpected',
  );
  const isCommon = (port: number) => COMMON.some(([first, last]) => port >= first && port <= last);
  return (port) => ranks.get(port) ?? RANKS.indexOf(isCommon(port) ? 'common' : 'other');
}
