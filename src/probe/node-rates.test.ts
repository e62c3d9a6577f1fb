import { expect, it } from 'vitest';
import { NodeRates } from './node-rates.ts';

/** Starts as many connections to the node as it may at that time. */
function fill(rates: NodeRates, node: string | undefined, now: number): number {
  for (let count = 0; ; count += 1) {
    if (count === 1_000 || !rates.allows(node, now)) return count;
    rates.take(node, now);
    rates.started(now);
  }
}

it('gives each node its rate, and what no node is known of as many as go', () => {
  const rates = new NodeRates(10);
  const to = (node: string | undefined) => {
    let starts = 0;
    for (let now = 0; now < 1_000; now += 10) starts += fill(rates, node, now);
    return starts;
  };
  expect(to('a')).toBe(10);
  expect(to('b')).toBe(10);
  expect(to(undefined)).toBe(100_000);
});

it('has none to give while a start is not confirmed', () => {
  const rates = new NodeRates(1);
  rates.take('a', 0);
  expect(rates.allows('a', 60_000)).toBe(false);
  rates.started(60_000);
  expect(rates.allows('a', 60_999)).toBe(false);
  expect(rates.allows('a', 61_000)).toBe(true);
});

it('starts nothing between two rates', () => {
  const rates = new NodeRates(10);
  fill(rates, 'a', 0);
  rates.set(20, 1_000);
  expect(rates.allows('a', 999)).toBe(false);
  expect(rates.allows('b', 999)).toBe(false);
  expect(rates.allows('a', 1_050)).toBe(true);
});

it('has no bounds where there is no rate', () => {
  expect(fill(new NodeRates(0), 'a', 0)).toBe(1_000);
});
