import { getEventListeners } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { abortable, Deadline, DeadlineExceeded, delay } from './deadline.ts';

describe('Deadline', () => {
  it('aborts when the time is up', async () => {
    const deadline = new Deadline(10);
    await delay(1_000, deadline.signal);
    expect(deadline.signal.reason).toBeInstanceOf(DeadlineExceeded);
    expect(deadline.signal.reason).toMatchObject({
      name: 'DeadlineExceeded',
      message: 'no answer within 0.01 s',
    });
    deadline.end();
  });

  it('leaves no timer when it has ended', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    new Deadline(60_000).end();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('aborts with its parent, and leaves nothing on it when it has ended', () => {
    const parent = new AbortController();
    const first = new Deadline(60_000, parent.signal);
    const second = new Deadline(60_000, parent.signal);
    first.end();
    parent.abort('stop');
    expect(first.signal.aborted).toBe(false);
    expect(second.signal.reason).toBe('stop');
    second.end();
    expect(getEventListeners(parent.signal, 'abort')).toHaveLength(0);
    expect(new Deadline(60_000, parent.signal).signal.reason).toBe('stop');
  });

  it('follows its parent when it has been lifted', async () => {
    const parent = new AbortController();
    const deadline = new Deadline(1, parent.signal);
    deadline.lift();
    await delay(20, deadline.signal);
    expect(deadline.signal.aborted).toBe(false);
    parent.abort();
    expect(deadline.signal.aborted).toBe(true);
    deadline.end();
  });
});

describe('abortable', () => {
  it('settles as the promise does', async () => {
    const { signal } = new AbortController();
    await expect(abortable(Promise.resolve(1), signal)).resolves.toBe(1);
    await expect(abortable(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('rejects when the signal is aborted first', async () => {
    const controller = new AbortController();
    const waiting = abortable(new Promise(() => {}), controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('leaves no failure unhandled where the signal was aborted before', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const failing = delay(1, new AbortController().signal).then(() => {
      throw new Error('too late');
    });
    await expect(abortable(failing, AbortSignal.abort(new Error('enough')))).rejects.toThrow(
      'enough',
    );
    await delay(20, new AbortController().signal);
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe('delay', () => {
  it('ends early, without an error, when the signal is aborted', async () => {
    const controller = new AbortController();
    const waiting = delay(60_000, controller.signal);
    controller.abort();
    await waiting;
    await delay(60_000, controller.signal);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });
});
