import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runs } from '../testing/property-runs.ts';
import { until } from '../testing/until.ts';
import { Workqueue, type WorkqueueOptions, type WorkqueueRun } from './workqueue.ts';

/** A queue that runs `reconcile`, with what it did; `taken` are the keys that workers took, in order. */
function start(
  reconcile: (key: string, signal: AbortSignal) => Promise<unknown>,
  options: Partial<Pick<WorkqueueRun, 'workers' | 'drain' | 'longestRetry'>> & {
    hooks?: Partial<WorkqueueOptions>;
  } = {},
) {
  const { workers = 2, drain = 5_000, hooks, ...rest } = options;
  const queue = new Workqueue({ groupOf: () => '', ...hooks });
  const stop = new AbortController();
  const taken: string[] = [];
  const errors: [key: string, message: string, retries: number][] = [];
  const run = () =>
    queue.run({
      ...rest,
      workers,
      drain,
      signal: stop.signal,
      reconcile: async (key, { signal }) => {
        taken.push(key);
        return (await reconcile(key, signal)) === 'yielded' ? 'yielded' : 'done';
      },
      onError: (key, error, retries) => errors.push([key, (error as Error).message, retries]),
    });
  return { queue, stop, taken, errors, run };
}

/** A promise that is resolved from outside. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('Workqueue', () => {
  it('works on a key once however often it was added while it waited', async () => {
    const done: string[] = [];
    const { queue, stop, run } = start(async (key) => void done.push(key));
    for (const key of ['a', 'b', 'a', 'b', 'a']) queue.add(key);
    expect(queue.depth).toBe(2);
    stop.abort();
    await run();
    expect(done).toEqual(['a', 'b']);
  });

  it('takes all changes before all resyncs, and a resync that becomes a change with them', async () => {
    const done: string[] = [];
    const { queue, stop, run } = start(async (key) => void done.push(key), { workers: 1 });
    for (const key of ['r1', 'r2', 'r3']) queue.add(key, 'resync');
    for (const key of ['c1', 'c2']) queue.add(key, 'change');
    queue.add('r2', 'change');
    queue.add('c1', 'resync');
    stop.abort();
    await run();
    expect(done).toEqual(['c1', 'c2', 'r2', 'r1', 'r3']);
  });

  it('works on a key again that was added while it was worked on, and never twice at a time', async () => {
    const first = gate();
    let calls = 0;
    let active = 0;
    const { queue, stop, run } = start(async () => {
      active += 1;
      expect(active).toBe(1);
      calls += 1;
      if (calls === 1) await first.opened;
      active -= 1;
    });
    const ended = run();
    queue.add('a');
    await until('the key is worked on', () => active === 1);
    queue.add('a');
    queue.add('a', 'resync');
    await turn();
    expect(calls).toBe(1);
    first.open();
    stop.abort();
    await ended;
    expect(calls).toBe(2);
  });

  it('works on as many keys at a time as it has workers', async () => {
    const hold = gate();
    const { queue, stop, taken, run } = start(() => hold.opened, { workers: 3 });
    const ended = run();
    for (let index = 0; index < 10; index += 1) queue.add(String(index));
    await until('the workers are busy', () => taken.length === 3);
    await turn();
    expect([taken.length, queue.depth]).toEqual([3, 7]);
    hold.open();
    stop.abort();
    await ended;
    expect([taken.length, queue.depth]).toEqual([10, 0]);
  });

  it('loses no key and works on none twice at a time, whatever happens', async () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      priority: fc.constantFrom('change' as const, 'resync' as const),
      after: fc.option(fc.integer({ min: 0, max: 3 })),
      turns: fc.integer({ min: 0, max: 2 }),
      fails: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30 }),
        fc.integer({ min: 1, max: 3 }),
        async (steps, workers) => {
          const active = new Set<string>();
          // What each key was last added for, and what of that a successful work has seen.
          const wanted = new Map<string, number>();
          const reached = new Map<string, number>();
          let failures = steps.filter(({ fails }) => fails).length;
          const { queue, stop, run } = start(
            async (key) => {
              expect(active.has(key)).toBe(false);
              active.add(key);
              const seen = wanted.get(key) ?? 0;
              for (let turns = 0; turns < 2; turns += 1) await turn();
              active.delete(key);
              failures -= 1;
              if (failures >= 0) throw new Error('not this time');
              reached.set(key, seen);
            },
            { workers },
          );
          const ended = run();
          for (const [index, { key, priority, after, turns }] of steps.entries()) {
            wanted.set(key, index);
            if (after === null) queue.add(key, priority);
            else queue.addAfter(key, after, { priority });
            for (let count = 0; count < turns; count += 1) await turn();
          }
          await until('every key is up to date', () =>
            [...wanted].every(([key, value]) => (reached.get(key) ?? -1) >= value),
          );
          stop.abort();
          await ended;
          expect([queue.depth, active.size]).toEqual([0, 0]);
        },
      ),
      runs(16),
    );
  }, 20_000);
});

describe('errors', () => {
  it('tries again after a delay that doubles from 5 ms, and starts anew after a success', async () => {
    const times: number[] = [];
    const { queue, stop, run, errors } = start(async () => {
      times.push(performance.now());
      if (times.length <= 4 || times.length === 6) throw new Error(`failure ${times.length}`);
    });
    const ended = run();
    queue.add('a');
    await until('it has succeeded', () => times.length === 5);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    for (const [index, gap] of gaps.entries()) expect(gap).toBeGreaterThan(5 * 2 ** index - 2);
    queue.add('a');
    await until('it has succeeded again', () => times.length === 7);
    stop.abort();
    await ended;
    expect(errors.map(([, , retries]) => retries)).toEqual([0, 1, 2, 3, 0]);
  });

  it('waits no longer than the error is worth', async () => {
    const { queue, stop, run, errors } = start(
      async () => {
        throw new Error('conflict');
      },
      { longestRetry: () => 10 },
    );
    const ended = run();
    queue.add('a');
    // The last of them would be 40 s after the one before.
    await until('it was tried often', () => errors.length === 15, 30_000);
    stop.abort();
    await ended;
  }, 30_000);

  describe('by a clock that stands still', () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    });
    afterEach(() => {
      vi.useRealTimers();
    });
    const LONGEST = 300_000;

    /** Fails until it is told not to; the keys have failed seven times when this returns. */
    async function failing(keys: readonly string[]) {
      const tries = new Map<string, number>();
      const mended = new Set<string>();
      const yielding = new Set<string>();
      const { queue, stop, run } = start(async (key) => {
        tries.set(key, (tries.get(key) ?? 0) + 1);
        if (yielding.delete(key)) return 'yielded';
        if (!mended.has(key)) throw new Error('no rights');
        return 'done';
      });
      const ended = run();
      for (const key of keys) queue.add(key);
      for (let count = 1; count <= 7; count += 1) {
        await until(`try ${count}`, () => keys.every((key) => tries.get(key) === count));
        if (count < 7) vi.advanceTimersByTime(LONGEST);
      }
      const end = async () => {
        stop.abort();
        await ended;
      };
      return { queue, tries, mended, yielding, end };
    }

    it('tries all that wait again, when one succeeds that had failed for a while', async () => {
      const { queue, tries, mended, end } = await failing(['a', 'b', 'c']);
      mended.add('a').add('b').add('c');
      queue.add('a');
      await until('all were tried again', () => [...tries.values()].every((count) => count === 8));
      await end();
    });

    it('tries all that wait again when it is told so', async () => {
      const { queue, tries, mended, end } = await failing(['a', 'b']);
      mended.add('a');
      queue.retryNow();
      await until('both were tried again', () => [...tries.values()].every((count) => count === 8));
      await end();
    });

    it('starts with the shortest delay again when it is told so', async () => {
      const { queue, tries, end } = await failing(['a']);
      queue.retryNow();
      await until('it was tried again', () => tries.get('a') === 8);
      await turn();
      vi.advanceTimersByTime(5);
      await turn();
      await turn();
      expect(tries.get('a')).toBe(9);
      await end();
    });

    it('does not wait for the retry of a key that changes, and drops that retry', async () => {
      const { queue, tries, mended, end } = await failing(['a']);
      mended.add('a');
      queue.add('a');
      await until('it has succeeded', () => tries.get('a') === 8);
      vi.advanceTimersByTime(LONGEST);
      await turn();
      await turn();
      expect(tries.get('a')).toBe(8);
      await end();
    });

    it('lets others wait where one yields that had failed for a while', async () => {
      const { queue, tries, yielding, end } = await failing(['a', 'b']);
      yielding.add('a');
      queue.add('a');
      await until('it yielded, and failed again', () => tries.get('a') === 9);
      await turn();
      expect(tries.get('b')).toBe(7);
      await end();
    });

    it('lets others wait where one succeeds that had failed a moment only', async () => {
      const { queue, tries, mended, end } = await failing(['lasting']);
      queue.add('momentary');
      await until('it has failed', () => tries.get('momentary') === 1);
      mended.add('momentary');
      // The retry of the other one is 320 ms away.
      vi.advanceTimersByTime(5);
      await until('it has succeeded', () => tries.get('momentary') === 2);
      await turn();
      expect(tries.get('lasting')).toBe(7);
      await end();
    });
  });

  it('tries a resync again as a resync', async () => {
    const hold = gate();
    const done: string[] = [];
    const { queue, stop, taken, run, errors } = start(
      async (key) => {
        if (key === 'holds') await hold.opened;
        if (key === 'fails' && errors.length === 0) throw new Error('once');
        done.push(key);
      },
      { workers: 1 },
    );
    const ended = run();
    queue.add('fails', 'resync');
    await until('it has failed', () => errors.length === 1);
    queue.add('holds');
    queue.add('waits', 'resync');
    await until(
      'the worker is busy, and the retry waits',
      () => taken.at(-1) === 'holds' && queue.depth === 2,
    );
    hold.open();
    stop.abort();
    await ended;
    expect(done).toEqual(['holds', 'waits', 'fails']);
  });

  it('case 9: goes on with other keys, and survives a reconcile that throws at once', async () => {
    const done: string[] = [];
    const { queue, stop, run, errors } = start((key) => {
      if (key === 'bad') throw new Error('at once');
      done.push(key);
      return Promise.resolve();
    });
    const ended = run();
    queue.add('bad');
    queue.add('good');
    await until('the good key is done', () => done.includes('good'));
    stop.abort();
    await ended;
    expect(errors[0]).toEqual(['bad', 'at once', 0]);
  });

  it('case 9: waits as long as the server asks, even when the key changes meanwhile', async () => {
    const times: number[] = [];
    const { queue, stop, run } = start(async () => {
      times.push(performance.now());
      if (times.length === 1) throw Object.assign(new Error('429'), { retryAfterSeconds: 0.1 });
    });
    const ended = run();
    queue.add('a', 'resync');
    await until('it has failed', () => times.length === 1);
    for (let count = 0; count < 5; count += 1) {
      queue.add('a');
      await turn();
    }
    await until('it was tried again', () => times.length === 2);
    stop.abort();
    await ended;
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(97);
    expect(times).toHaveLength(2);
  });

  it('a key whose wait for the server is over, and that waits behind others, is a change once it changes', async () => {
    const others = gate();
    const begun = gate();
    let failures = 0;
    const { queue, stop, taken, run } = start(
      async (key) => {
        if (key === 'a' && failures++ === 0)
          throw Object.assign(new Error('429'), { retryAfterSeconds: 0.01 });
        if (key === 'busy') {
          begun.open();
          await others.opened;
        }
      },
      { workers: 1 },
    );
    const ended = run();
    queue.add('a', 'resync');
    await until('it has failed', () => failures === 1);
    queue.add('busy');
    await begun.opened;
    for (const key of ['x', 'y']) queue.add(key, 'resync');
    await until('its wait is over', () => queue.depth === 3);
    queue.add('a');
    others.open();
    await until('all are done', () => taken.length === 5);
    stop.abort();
    await ended;
    expect(taken).toEqual(['a', 'busy', 'a', 'x', 'y']);
  });
});

describe('addAfter', () => {
  it('adds the key when it is due; the earlier of two appointments is kept', async () => {
    const done: number[] = [];
    const { queue, stop, run } = start(async () => void done.push(performance.now()));
    const ended = run();
    const startedAt = performance.now();
    queue.addAfter('a', 60_000);
    queue.addAfter('a', 30);
    queue.addAfter('a', 90_000);
    await until('it was worked on', () => done.length === 1);
    expect((done[0] ?? 0) - startedAt).toBeGreaterThan(28);
    stop.abort();
    await ended;
  });

  it('keeps the newer of two appointments if so asked', async () => {
    const done: string[] = [];
    const { queue, stop, run } = start(async (key) => void done.push(key));
    const ended = run();
    queue.addAfter('later', 10);
    queue.addAfter('later', 60_000, { keep: 'newer' });
    queue.addAfter('far', Number.POSITIVE_INFINITY);
    queue.addAfter('sentinel', 40);
    await until('the sentinel has come', () => done.length > 0);
    expect(done).toEqual(['sentinel']);
    stop.abort();
    await ended;
  });
});

describe('stop', () => {
  it('finishes what waits and what is worked on, and takes nothing more', async () => {
    const hold = gate();
    const done: string[] = [];
    const { queue, stop, taken, run, errors } = start(
      async (key) => {
        await hold.opened;
        if (key === 'fails') throw new Error('not again');
        done.push(key);
      },
      { workers: 1 },
    );
    const ended = run();
    for (const key of ['a', 'b', 'fails']) queue.add(key);
    queue.addAfter('appointment', 60_000);
    await until('a worker is busy', () => taken.length === 1);
    stop.abort();
    queue.add('too-late');
    queue.addAfter('too-late', 0);
    hold.open();
    await ended;
    expect(done).toEqual(['a', 'b']);
    expect(errors).toEqual([['fails', 'not again', 0]]);
  });

  it('gives up after the drain time, and tells the reconcile so', async () => {
    const { promise: aborted, resolve } = Promise.withResolvers<string>();
    const { queue, stop, taken, run } = start(
      (key, signal) =>
        new Promise<void>((end) => {
          signal.addEventListener('abort', () => {
            resolve(key);
            end();
          });
        }),
      { workers: 1, drain: 20 },
    );
    const ended = run();
    queue.add('hangs');
    queue.add('waits');
    await until('a worker is busy', () => taken.length === 1);
    stop.abort();
    await ended;
    expect(await aborted).toBe('hangs');
    expect(queue.depth).toBe(0);
  });

  it('returns at once when it is stopped before it runs', async () => {
    const { stop, run } = start(async () => {});
    stop.abort();
    await run();
  });
});

describe('for metrics', () => {
  it('tells additions, beginnings and working times', async () => {
    const told: string[] = [];
    const hold = gate();
    const { queue, stop, taken, run } = start(() => hold.opened, {
      hooks: {
        onAdd: (key) => told.push(`add ${key}`),
        onStart: (key) => told.push(`start ${key}`),
        onEnd: (key, seconds) => told.push(`end ${key} ${seconds >= 0 && seconds < 1}`),
      },
    });
    queue.add('a', 'resync');
    queue.add('a', 'change');
    const ended = run();
    await until('it is worked on', () => taken.length === 1);
    hold.open();
    stop.abort();
    await ended;
    expect(told).toEqual(['add a', 'start a', 'end a true']);
  });

  it('case 49: does not starve the event loop, however long the queue', async () => {
    let done = 0;
    let turns = 0;
    const { queue, stop, run } = start(
      async () => {
        done += 1;
      },
      { workers: 16 },
    );
    for (let index = 0; index < 20_000; index += 1) queue.add(String(index));
    stop.abort();
    const ended = run();
    while (done < 20_000) {
      await turn();
      turns += 1;
    }
    await ended;
    expect(turns).toBeGreaterThan(100);
  });
});

describe('what is left of a turn', () => {
  /**
   * A queue in which a key yields where it must, with the turns in their order; `!` where one yielded.
   * `hold` lets the nth turn of a key wait; those of `always` change again in each turn.
   */
  function startYielding(options: {
    workers: number;
    groupOf?: (key: string) => string;
    always?: readonly string[];
  }) {
    const turns: string[] = [];
    const begun = new Map<string, number>();
    const held = new Map<string, Promise<void>>();
    const stop = new AbortController();
    const queue = new Workqueue({ groupOf: options.groupOf ?? (() => '') });
    const run = queue.run({
      workers: options.workers,
      drain: 5_000,
      signal: stop.signal,
      onError: () => {},
      reconcile: async (key, { mustYield }) => {
        const nth = (begun.get(key) ?? 0) + 1;
        begun.set(key, nth);
        await held.get(`${key} ${nth}`);
        for (const each of options.always ?? []) if (each !== key) queue.add(each);
        const yields = mustYield();
        turns.push(yields ? `${key}!` : key);
        return yields ? 'yielded' : 'done';
      },
    });
    for (const each of options.always ?? []) queue.add(each);
    const hold = (key: string, nth: number) => {
      const { opened, open } = gate();
      held.set(`${key} ${nth}`, opened);
      return open;
    };
    const end = async () => {
      stop.abort();
      await run;
      return turns;
    };
    return { queue, turns, hold, end };
  }

  it('comes after all changes, and is done where nothing waits', async () => {
    const { queue, end } = startYielding({ workers: 1 });
    for (const key of ['a', 'b', 'c']) queue.add(key);
    expect(await end()).toEqual(['a!', 'b!', 'c', 'a', 'b']);
  });

  it('is one with a change that comes meanwhile', async () => {
    const { queue, turns, hold, end } = startYielding({ workers: 1 });
    const open = hold('b', 1);
    for (const key of ['a', 'b']) queue.add(key);
    await until('a to yield', () => turns.length === 1);
    queue.add('a');
    open();
    expect(await end()).toEqual(['a!', 'b!', 'a', 'b']);
  });

  it('leaves half of the workers to changes', async () => {
    const { queue, turns, hold, end } = startYielding({ workers: 2 });
    const open = [hold('a', 2), hold('b', 2)];
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await until('all to have had a turn', () => turns.length === 3);
    queue.add('d');
    await until('a change to be worked on', () => turns.includes('d'));
    for (const each of open) each();
    expect((await end()).slice(3)).toEqual(['d', 'a', 'b']);
  });

  it('has its turn now and then where changes never end', async () => {
    const { queue, turns, end } = startYielding({ workers: 1 });
    for (let key = 0; key < 100; key++) queue.add(`${key}`);
    const all = await end();
    const firstRest = all.findIndex((each) => !each.endsWith('!'));
    expect(firstRest).toBeGreaterThan(0);
    expect(firstRest).toBeLessThan(10);
    expect(new Set(turns.filter((each) => !each.endsWith('!'))).size).toBe(100);
  });

  it('leaves turns to resyncs where changes and what is left of them never end', async () => {
    const { queue, turns, end } = startYielding({ workers: 1, always: ['a', 'b', 'c'] });
    queue.add('resync', 'resync');
    await until('many turns', () => turns.length > 100);
    expect((await end()).findIndex((each) => each.startsWith('resync'))).toBeLessThan(50);
    expect(turns).toContain('a');
  });

  it('lets groups take turns', async () => {
    const { queue, end } = startYielding({ workers: 1, groupOf: (key) => key[0] ?? '' });
    for (const key of ['a1', 'a2', 'a3', 'b1']) queue.add(key);
    expect((await end()).slice(0, 2)).toEqual(['a1!', 'b1!']);
  });
});
