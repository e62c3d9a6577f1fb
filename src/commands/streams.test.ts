import { afterEach, expect, test, vi } from 'vitest';
import { processStreams } from './streams.ts';

afterEach(() => vi.restoreAllMocks());

test('results go to stdout, and are done once these are written', async () => {
  const written: string[] = [];
  let finish = () => {};
  vi.spyOn(process.stdout, 'write').mockImplementation(((text: string, done: () => void) => {
    written.push(text);
    finish = done;
    return false;
  }) as never);
  let isDone = false;
  const writing = processStreams()
    .stdout('a')
    .then(() => {
      isDone = true;
    });
  await Promise.resolve();
  expect([written, isDone]).toEqual([['a'], false]);
  finish();
  await writing;
  expect(isDone).toBe(true);
});

test('words go to stderr', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  processStreams().stderr('a\n');
  expect(write.mock.calls).toEqual([['a\n']]);
});

test.each(['stdout', 'stderr'] as const)(
  'a reader of %s that has gone away, as head does, is no crash, however often it is asked for',
  (name) => {
    processStreams();
    const listeners = process[name].listenerCount('error');
    processStreams();
    expect(process[name].listenerCount('error')).toBe(listeners);
    expect(() => process[name].emit('error', new Error('write EPIPE'))).not.toThrow();
  },
);

test.each<[code: string, told: string]>([
  ['EPIPE', 'nothing'],
  ['ENOSPC', 'CommandError: cannot write the result: ENOSPC: write'],
])('of a result that cannot be written, by %s, the user is told %s', async (code, told) => {
  const error = Object.assign(new Error(`${code}: write`), { code });
  vi.spyOn(process.stdout, 'write').mockImplementation(((
    _text: string,
    done: (e: Error) => void,
  ) => {
    done(error);
    return false;
  }) as never);
  const writing = processStreams().stdout('a');
  expect(await writing.then(() => 'nothing', String)).toBe(told);
});
