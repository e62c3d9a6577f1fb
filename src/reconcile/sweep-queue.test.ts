import { expect, test } from 'vitest';
import { SweepQueue } from './sweep-queue.ts';

const signal = new AbortController().signal;

function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { wait: () => promise, open: resolve };
}

test('runs no more at a time than it may, first sweeps before repeated ones', async () => {
  const queue = new SweepQueue(1);
  const order: string[] = [];
  const first = gate();
  const running = queue.run('again', signal, async () => {
    order.push('running');
    await first.wait();
  });
  const again = queue.run('again', signal, async () => void order.push('again'));
  const fresh = queue.run('first', signal, async () => void order.push('first'));
  await Promise.resolve();
  expect(order).toEqual(['running']);
  first.open();
  await Promise.all([running, again, fresh]);
  expect(order).toEqual(['running', 'first', 'again']);
});

test('lets the next one in after a failure', async () => {
  const queue = new SweepQueue(1);
  const failing = queue.run('first', signal, () => Promise.reject(new Error('no')));
  const next = queue.run('first', signal, async () => 'yes');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('yes');
});

test('one that is aborted while it waits gives up its place', async () => {
  const queue = new SweepQueue(1);
  const first = gate();
  const running = queue.run('first', signal, first.wait);
  const abort = new AbortController();
  const waiting = queue.run('first', abort.signal, async () => 'never');
  abort.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  const next = queue.run('first', signal, async () => 'next');
  first.open();
  await running;
  expect(await next).toBe('next');
});
