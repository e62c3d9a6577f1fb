import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { until } from '../testing/until.ts';
import type { Request, Response } from './messages.ts';
import type { ProbeLimits } from './options.ts';

const UNLIMITED = { connectionsPerSecond: 0, maximumInFlight: 64, timeoutMilliseconds: 300 };
/** The first connection at once, and the second a quarter of an hour later. */
const STANDING = { ...UNLIMITED, connectionsPerSecond: 0.001 };
/** Nobody listens there. */
const CLOSED = { ip: '127.9.9.9', priority: 'check' } as const;

let worker: Worker;
afterEach(async () => {
  await worker.terminate();
});

/** A worker with what it has said so far, and what ends it. */
function start(limits: ProbeLimits) {
  worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: limits });
  const said: Response[] = [];
  worker.on('message', (response: Response) => said.push(response));
  const exited = once(worker, 'exit');
  const ask = (request: Request) => worker.postMessage(request);
  const probe = (id: number, ports: number[], wantsProgress = false) =>
    ask({ type: 'probe', id, work: { ...CLOSED, ports }, wantsProgress });
  const tallied = (id: number) =>
    until(`a tally of ${id}`, () => said.find((each) => each.type === 'tally' && each.id === id));
  return { said, exited, ask, probe, tallied };
}

test('each job is answered by one tally of its own', async () => {
  const { said, probe, tallied } = start(UNLIMITED);
  probe(1, [1, 2]);
  probe(2, [3]);
  const tallies = await Promise.all([1, 2].map(tallied));
  expect(tallies).toMatchObject([
    { tally: { ip: CLOSED.ip, counts: { refused: 2 } } },
    { tally: { ip: CLOSED.ip, counts: { refused: 1 } } },
  ]);
  expect(said.map(({ type, id }) => `${type} ${id}`).sort()).toEqual(['tally 1', 'tally 2']);
});

test('how far a job is is told to whom it matters, and to nobody else', async () => {
  const { said, probe, tallied } = start(UNLIMITED);
  probe(1, [1, 2]);
  probe(2, [1, 2], true);
  await Promise.all([1, 2].map(tallied));
  const progress = said.filter(({ type }) => type === 'progress');
  expect(progress.at(-1)).toEqual({ type: 'progress', id: 2, done: 2, total: 2 });
  expect(progress.filter(({ id }) => id !== 2)).toEqual([]);
});

test('an aborted job is answered by nothing, and the others go on', async () => {
  const { said, ask, probe, tallied } = start({ ...UNLIMITED, connectionsPerSecond: 50 });
  probe(1, [1, 2, 3]);
  ask({ type: 'abort', id: 1 });
  // Of a job that nobody knows: there is nothing to do.
  ask({ type: 'abort', id: 7 });
  // It has more to do, so that the other would be over first.
  probe(2, [1, 2, 3, 4, 5, 6, 7, 8]);
  await tallied(2);
  expect(said.map(({ type, id }) => `${type} ${id}`)).toEqual(['tally 2']);
});

test('at the end all work is dropped, nothing more is said, and the thread is gone', async () => {
  const { said, exited, ask, probe } = start(STANDING);
  probe(1, [1, 2]);
  ask({ type: 'end' });
  expect(await exited).toEqual([0]);
  expect(said).toEqual([]);
});
