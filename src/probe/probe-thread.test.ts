import { afterEach, describe, expect, it } from 'vitest';
import { ProbeError } from './probe-error.ts';
import { ProbeThread } from './probe-thread.ts';
import type { Work } from './task.ts';

const never = new AbortController().signal;
const quick: Work = { ip: '127.9.9.9', ports: [1], priority: 'check' };
/** At one connection a second these take longer than any test. */
const slow: Work = { ...quick, ports: Array.from({ length: 1_000 }, (_, i) => i + 1) };

const threads: ProbeThread[] = [];
afterEach(async () => {
  const reason = new ProbeError('Closed', 'the test is over');
  for (const thread of threads.splice(0)) await thread.end(reason);
});

function thread(connectionsPerSecond: number): ProbeThread {
  const limits = { connectionsPerSecond, maximumInFlight: 100, timeoutMilliseconds: 300 };
  const made = new ProbeThread(limits, 60_000);
  threads.push(made);
  return made;
}

describe('a probe thread', () => {
  it('counts what it works on, whatever becomes of it', async () => {
    const one = thread(1);
    expect(one.load).toBe(0);
    const abort = new AbortController();
    const aborted = one.probe(slow, abort.signal, undefined);
    const ended = one.probe(slow, never, undefined);
    expect(one.load).toBe(2);
    abort.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    expect(one.load).toBe(1);
    const reason = new ProbeError('Closed', 'done with it');
    await Promise.all([expect(ended).rejects.toBe(reason), one.end(reason)]);
    expect(one.load).toBe(0);
  });

  it('is not started for work that nobody waits for', async () => {
    let started = 0;
    const count = () => started++;
    process.on('worker', count);
    try {
      const one = thread(0);
      const aborted = one.probe(quick, AbortSignal.abort(new Error('enough')), undefined);
      await expect(aborted).rejects.toThrow('enough');
      await one.end(new ProbeError('Closed', 'done with it'));
      expect([started, one.load]).toEqual([0, 0]);
    } finally {
      process.off('worker', count);
    }
  });

  it('keeps to a rate that was set before it was started', async () => {
    const one = thread(1);
    one.setRates({ connectionsPerSecond: 1_000, connectionsPerSecondToNode: 0 });
    const work = { ...slow, ports: slow.ports.slice(0, 30) };
    expect((await one.probe(work as Work, never, undefined)).counts.refused).toBe(30);
  });

  it('tells of progress where somebody wants to know', async () => {
    const told: [number, number][] = [];
    await thread(0).probe(quick, never, (...progress) => told.push(progress));
    expect(told.at(-1)).toEqual([1, 1]);
  });

  it('says what its worker died of', async () => {
    const defective = { ...quick, ports: undefined as unknown as number[] };
    const failure = await thread(0)
      .probe(defective, never, undefined)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ProbeError);
    expect(failure).toMatchObject({
      reason: 'WorkerDied',
      message: expect.stringMatching(/^the probe worker died: (?!exit code)./),
      cause: expect.any(Error),
    });
  });
});
