import { expect, test } from 'vitest';
import { RoundQueue, type RoundTurn } from './round-queue.ts';

function scene(limit: number) {
  const queue = new RoundQueue(limit);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const abort = new AbortController();
  const wait = (key: string, rank: RoundTurn['rank'] = 'again') =>
    queue.run({ key: key as RoundTurn['key'], rank }, abort.signal, () => {
      begun.push(key);
      const { promise, resolve } = Promise.withResolvers<void>();
      ends.set(key, resolve);
      return promise;
    });
  const end = async (key: string) => {
    ends.get(key)?.();
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  return { begun, wait, end, abort };
}

test('few are made at a time, and the next as one ends', async () => {
  const { begun, wait, end } = scene(2);
  for (const name of ['a', 'b', 'c']) void wait(`Deployment/ns/${name}`);
  await end('');
  expect(begun).toEqual(['Deployment/ns/a', 'Deployment/ns/b']);
  await end('Deployment/ns/b');
  expect(begun.at(-1)).toBe('Deployment/ns/c');
});

test('what is not known yet goes first, and namespaces take turns', async () => {
  const { begun, wait, end } = scene(1);
  const keys = ['Deployment/x/0', 'Deployment/x/1', 'Deployment/x/2', 'Deployment/y/3'];
  for (const key of keys) void wait(key);
  void wait('Deployment/x/new', 'first');
  for (let at = 0; at < 5; at++) await end(begun[at] ?? '');
  expect(begun.map((key) => key.slice('Deployment/'.length))).toEqual([
    'x/0',
    'x/new',
    'x/1',
    'y/3',
    'x/2',
  ]);
});

test('what a second node asks as well comes last, also of a workload that waits twice', async () => {
  const { begun, wait, end } = scene(1);
  void wait('Deployment/x/0');
  void wait('Deployment/x/1', 'second');
  void wait('Deployment/x/1', 'again');
  void wait('Deployment/x/2', 'again');
  void wait('Deployment/x/3', 'first');
  for (let at = 0; at < 5; at++) await end(begun[at] ?? '');
  expect(begun.map((key) => key.slice('Deployment/x/'.length))).toEqual(['0', '3', '1', '2', '1']);
});

test('whoever waits is told of a stop, and one that fails makes room', async () => {
  const { wait, abort } = scene(1);
  const queue = new RoundQueue(1);
  const signal = new AbortController().signal;
  const turn = { key: 'Deployment/ns/a', rank: 'first' } as RoundTurn;
  await expect(queue.run(turn, signal, () => Promise.reject(new Error('no')))).rejects.toThrow(
    'no',
  );
  expect(await queue.run(turn, signal, () => Promise.resolve('made'))).toBe('made');
  void wait('Deployment/ns/a');
  const waiting = wait('Deployment/ns/b');
  abort.abort(new Error('stop'));
  await expect(waiting).rejects.toThrow('stop');
});
