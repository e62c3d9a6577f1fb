import { expect, test } from 'vitest';
import { SweepQueue, type SweepTurn } from './sweep-queue.ts';

const signal = new AbortController().signal;

let nodes = 0;
/** On a node of its own where none is given. */
function turn(rank: SweepTurn['rank'], owner = 'web', node?: string): SweepTurn {
  nodes += 1;
  return { rank, owner, node: node ?? `node-${nodes}` };
}

function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { wait: () => promise, open: resolve };
}

test('runs no more at a time than it may, awaited sweeps first and repeated ones last', async () => {
  const queue = new SweepQueue(1);
  const order: string[] = [];
  const first = gate();
  const running = queue.run(turn('again'), signal, async () => {
    order.push('running');
    await first.wait();
  });
  const again = queue.run(turn('again'), signal, async () => void order.push('again'));
  const fresh = queue.run(turn('first'), signal, async () => void order.push('first'));
  const awaited = queue.run(turn('awaited'), signal, async () => void order.push('awaited'));
  await Promise.resolve();
  expect(order).toEqual(['running']);
  first.open();
  await Promise.all([running, again, fresh, awaited]);
  expect(order).toEqual(['running', 'awaited', 'first', 'again']);
});

test('lets the next one in after a failure', async () => {
  const queue = new SweepQueue(1);
  const failing = queue.run(turn('first'), signal, () => Promise.reject(new Error('no')));
  const next = queue.run(turn('first'), signal, async () => 'yes');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('yes');
});

test('one that is aborted while it waits gives up its place', async () => {
  const queue = new SweepQueue(1);
  const first = gate();
  const running = queue.run(turn('first'), signal, first.wait);
  const abort = new AbortController();
  const waiting = queue.run(turn('first'), abort.signal, async () => 'never');
  abort.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  const next = queue.run(turn('first'), signal, async () => 'next');
  first.open();
  await running;
  expect(await next).toBe('next');
});

test('workloads take turns, however many templates one has', async () => {
  const queue = new SweepQueue(1);
  const order: string[] = [];
  const sweep = (owner: string, template: number) =>
    queue.run(turn('first', owner), signal, async () => void order.push(`${owner}-${template}`));
  await Promise.all([sweep('a', 1), sweep('a', 2), sweep('a', 3), sweep('b', 1), sweep('c', 1)]);
  expect(order).toEqual(['a-1', 'b-1', 'c-1', 'a-2', 'a-3']);
});

test('no more than one sweep goes to a node at a time, and others pass it', async () => {
  const queue = new SweepQueue(3);
  const order: string[] = [];
  const first = gate();
  const slow = queue.run(turn('first', 'a', 'node-a'), signal, first.wait);
  const sameNode = queue.run(turn('first', 'b', 'node-a'), signal, async () => {
    order.push('same node');
  });
  await queue.run(turn('again', 'c', 'node-b'), signal, async () => void order.push('other node'));
  first.open();
  await Promise.all([slow, sameNode]);
  expect(order).toEqual(['other node', 'same node']);
});
