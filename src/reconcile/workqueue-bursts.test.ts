import { afterEach, expect, test, vi } from 'vitest';
import { useFakeClock } from '../testing/fake-clock.ts';
import { Workqueue } from './workqueue.ts';

useFakeClock();

let stop = new AbortController();
let ended: Promise<void> = Promise.resolve();
afterEach(async () => {
  stop.abort();
  await vi.advanceTimersByTimeAsync(1);
  await ended;
});

/** A queue whose changes each write something urgent; its turns in their order, `!` where one yielded. */
function startWriting() {
  stop = new AbortController();
  const turns: string[] = [];
  const queue = new Workqueue({ groupOf: () => '' });
  ended = queue.run({
    workers: 2,
    drain: 5_000,
    signal: stop.signal,
    onError: () => {},
    reconcile: async (key, { mustYield, wroteUrgent }) => {
      const yields = mustYield();
      if (!turns.some((each) => each.startsWith(key))) wroteUrgent();
      turns.push(yields ? `${key}!` : key);
      return yields ? 'yielded' : 'done';
    },
  });
  /** Adds a key and gives the workers these milliseconds. */
  const change = async (key: string, milliseconds: number) => {
    queue.add(key);
    await vi.advanceTimersByTimeAsync(milliseconds);
  };
  return { turns, change };
}

test('one urgent write is no burst: its turn ends at once', async () => {
  const { turns, change } = startWriting();
  await change('a', 1);
  await change('a', 1);
  expect(turns).toEqual(['a', 'a!']);
});

test('what is left of writes that follow each other waits for a lull, and is done without another change', async () => {
  const { turns, change } = startWriting();
  await change('a', 99);
  await change('b', 99);
  await change('c', 99);
  expect(turns).toEqual(['a', 'b!', 'c!']);
  await vi.advanceTimersByTimeAsync(5);
  expect(turns).toEqual(['a', 'b!', 'c!', 'b', 'c']);
});

test('where they never end, what is left is done after half a minute', async () => {
  const { turns, change } = startWriting();
  for (let key = 0; key < 599; key += 1) await change(`key ${key}.`, 50);
  expect(turns.filter((each) => !each.endsWith('!'))).toEqual(['key 0.']);
  for (let key = 600; key < 620; key += 1) await change(`key ${key}.`, 50);
  expect(turns).toContain('key 1.');
});

test('a stop waits for no lull', async () => {
  const { turns, change } = startWriting();
  await change('a', 50);
  await change('b', 1);
  expect(turns).toEqual(['a', 'b!']);
  stop.abort();
  await vi.advanceTimersByTimeAsync(1);
  await ended;
  expect(turns).toEqual(['a', 'b!', 'b']);
});
