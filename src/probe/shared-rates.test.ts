import { expect, test } from 'vitest';
import { ratesOf, sharedRatesOf } from './shared-rates.ts';

test.each([
  ['one keeps to its own rate', { own: 300, ofAll: 0, toNode: 300 }, 1, 300, 300],
  ['more of them probe more, and share a node', { own: 300, ofAll: 0, toNode: 300 }, 3, 300, 100],
  ['under a cap they share that', { own: 300, ofAll: 600, toNode: 0 }, 3, 200, 0],
  ['a cap that is out of reach bounds nobody', { own: 300, ofAll: 6_000, toNode: 0 }, 3, 300, 0],
  ['a cap alone', { own: 0, ofAll: 601, toNode: 0 }, 2, 300, 0],
  ['no bound', { own: 0, ofAll: 0, toNode: 0 }, 5, 0, 0],
  ['never nothing at all', { own: 300, ofAll: 2, toNode: 2 }, 5, 1, 1],
])('%s', (_what, rates, probers, connectionsPerSecond, connectionsPerSecondToNode) => {
  expect(ratesOf(rates, probers)).toEqual({ connectionsPerSecond, connectionsPerSecondToNode });
});

test.each([
  [{ connectionsPerSecond: 300 }, [300, 0, 0]],
  [{ connectionsPerSecond: 0, connectionsPerSecondOfAll: 1500 }, [0, 1500, 0]],
  [{ connectionsPerSecond: 300, connectionsPerSecondToNode: 100 }, [300, 0, 100]],
  [
    { connectionsPerSecond: 1, connectionsPerSecondOfAll: 2, connectionsPerSecondToNode: 3 },
    [1, 2, 3],
  ],
])('of %j the own rate, that of all and that to a node are %j', (given, expected) => {
  const { own, ofAll, toNode } = sharedRatesOf(given);
  expect([own, ofAll, toNode]).toEqual(expected);
});
