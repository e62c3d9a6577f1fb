/** The engine on a network and a clock of the test's own: what cannot be started, and what is aborted. */
import { describe, expect, it, vi } from 'vitest';
import { check, LIMITS, never, range, refused } from '../testing/engine-jobs.ts';
import { known, useFakeClock } from '../testing/fake-clock.ts';
import { scriptedNetwork } from '../testing/scripted-network.ts';
import { Engine } from './engine.ts';

useFakeClock();

describe('what the engine does where a connection cannot be started', () => {
  it.each(['self-connection', 'no-peer'])('tries again at once after %s', async (result) => {
    const network = scriptedNetwork((_, __, attempt) =>
      attempt === 1 ? { result, after: 3 } : refused(),
    );
    const probing = new Engine(LIMITS, network.connect).probe(check('10.0.0.1', [80]), never);
    const [tally] = await known(probing);
    expect(tally?.ports).toEqual(new Map([[80, 'refused']]));
    expect(network.started.map(({ at }) => at)).toEqual([0, 4]);
  });

  it('holds all targets back for a moment where the process is short of something', async () => {
    const network = scriptedNetwork((ip, _, attempt) =>
      ip === '10.0.0.1' && attempt === 1 ? { result: 'EMFILE', after: 'at once' } : refused(),
    );
    const engine = new Engine({ ...LIMITS, maximumInFlight: 8 }, network.connect);
    const [short] = await known(
      engine.probe(check('10.0.0.1', range(4)), never),
      engine.probe(check('10.0.0.2', range(20)), never),
    );
    expect(short?.counts.refused).toBe(4);
    expect(network.started.filter(({ at }) => at > 0 && at < 25)).toEqual([]);
    // Of the eight that were under way half may be afterwards.
    const afterPause = network.started.filter(({ at }) => at >= 25);
    expect(afterPause.filter(({ at }) => at === afterPause[0]?.at).length).toBeLessThanOrEqual(4);
  });

  it('holds one target back where the way to that one is short of something', async () => {
    const network = scriptedNetwork((ip, _, attempt) =>
      ip === '10.0.0.1' && attempt === 1
        ? { result: 'EADDRNOTAVAIL', after: 'at once' }
        : refused(),
    );
    const engine = new Engine({ ...LIMITS, maximumInFlight: 8 }, network.connect);
    const [short] = await known(
      engine.probe(check('10.0.0.1', range(4)), never),
      engine.probe(check('10.0.0.2', range(20)), never),
    );
    expect(short?.counts.refused).toBe(4);
    const early = network.started.filter(({ at }) => at > 0 && at < 25).map(({ ip }) => ip);
    expect(early).toEqual(new Array(16).fill('10.0.0.2'));
  });

  it('gives up what could not be started for five seconds', async () => {
    const network = scriptedNetwork(() => ({ result: 'EMFILE', after: 'at once' }));
    const engine = new Engine(LIMITS, network.connect);
    const [tally] = await known(engine.probe(check('10.0.0.1', [80, 81]), never));
    expect(tally?.untried).toEqual({ reason: 'EMFILE', ports: 2 });
    expect(tally?.counts.error).toBe(2);
  });
});

describe('an aborted probe', () => {
  it('rejects with the reason and ends its own connections alone', async () => {
    const network = scriptedNetwork((ip) => (ip === '10.0.0.2' ? refused(50) : undefined));
    const engine = new Engine(LIMITS, network.connect);
    const abort = new AbortController();
    const aborted = engine.probe(check('10.0.0.1', range(3)), abort.signal);
    const other = engine.probe(check('10.0.0.2', range(3)), never);
    await vi.advanceTimersByTimeAsync(10);
    abort.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    const endedAt = (ip: string) =>
      network.started.filter((each) => each.ip === ip).map((each) => each.endedAt);
    expect(endedAt('10.0.0.1')).toEqual([10, 10, 10]);
    expect(endedAt('10.0.0.2')).toEqual([undefined, undefined, undefined]);
    const [tally] = await known(other);
    expect(tally?.counts.refused).toBe(3);
    expect(network.started).toHaveLength(6);
  });

  it('makes room for others at once', async () => {
    const network = scriptedNetwork((ip) => (ip === '10.0.0.2' ? refused() : undefined));
    const engine = new Engine({ ...LIMITS, maximumInFlight: 2 }, network.connect);
    const abort = new AbortController();
    const aborted = engine.probe(check('10.0.0.1', range(2)), abort.signal);
    await vi.advanceTimersByTimeAsync(5);
    const other = engine.probe(check('10.0.0.2', range(2)), never);
    await vi.advanceTimersByTimeAsync(1);
    abort.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    await known(other);
    expect(performance.now()).toBeLessThan(20);
  });

  it('ends what is being started, and never hears of it', async () => {
    const abort = new AbortController();
    const network = scriptedNetwork((_, port) => {
      if (port === 2) process.nextTick(() => abort.abort(new Error('enough')));
      return refused('at once');
    });
    const engine = new Engine(LIMITS, network.connect);
    const aborted = engine.probe(check('10.0.0.1', range(3)), abort.signal);
    const rejected = expect(aborted).rejects.toThrow('enough');
    await vi.advanceTimersByTimeAsync(1);
    await rejected;
    expect(network.started.map(({ endedAt }) => endedAt)).toEqual([0, 0, 0]);
    expect(vi.getTimerCount()).toBeLessThanOrEqual(1);
  });

  it('starts nothing where the signal was aborted before', async () => {
    const network = scriptedNetwork(() => refused());
    const engine = new Engine(LIMITS, network.connect);
    const aborted = engine.probe(check('10.0.0.1', [80]), AbortSignal.abort(new Error('enough')));
    await expect(aborted).rejects.toThrow('enough');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('an engine at rest', () => {
  it('has no timer, and takes work again', async () => {
    const network = scriptedNetwork(() => refused());
    const engine = new Engine({ ...LIMITS, connectionsPerSecond: 10 }, network.connect);
    for (const port of [80, 81]) {
      await known(engine.probe(check('10.0.0.1', [port]), never));
      await vi.advanceTimersByTimeAsync(0);
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  it('has no timer after its last probe was aborted while it waited for its rate', async () => {
    const network = scriptedNetwork(() => refused());
    const engine = new Engine({ ...LIMITS, connectionsPerSecond: 1 }, network.connect);
    const abort = new AbortController();
    const aborted = engine.probe(check('10.0.0.1', [80, 81]), abort.signal);
    await vi.advanceTimersByTimeAsync(100);
    abort.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    await vi.advanceTimersByTimeAsync(1);
    expect(vi.getTimerCount()).toBe(0);
    expect(network.started).toHaveLength(1);
  });

  it('hears nothing of a signal that is aborted after the end', async () => {
    const network = scriptedNetwork(() => refused());
    const engine = new Engine(LIMITS, network.connect);
    const abort = new AbortController();
    const removed = vi.spyOn(abort.signal, 'removeEventListener');
    await known(engine.probe(check('10.0.0.1', [80]), abort.signal));
    expect(removed).toHaveBeenCalledOnce();
    abort.abort();
    expect(vi.getTimerCount()).toBe(0);
  });
});
