import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GatheredChanges } from './gathered-changes.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** What was looked at, in the order of it. */
function gathering() {
  const looks: ('all' | string[])[] = [];
  const gathered = new GatheredChanges({
    onGathered: (namespaces) => looks.push(namespaces === 'all' ? 'all' : [...namespaces].sort()),
  });
  return { gathered, looks };
}

test('changes that come together are looked at once', () => {
  const { gathered, looks } = gathering();
  gathered.add(['b']);
  gathered.add(['a', 'b']);
  vi.advanceTimersByTime(999);
  expect(looks).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(looks).toEqual([['a', 'b']]);
});

test('somebody who changes an object all the time has it looked at every ten seconds', () => {
  const { gathered, looks } = gathering();
  for (let edit = 0; edit < 267; edit += 1) {
    gathered.add('all');
    vi.advanceTimersByTime(15_000 / 267);
  }
  expect(looks).toEqual(['all', 'all']);
});

test('the last change is looked at, too', () => {
  const { gathered, looks } = gathering();
  gathered.add(['a']);
  vi.advanceTimersByTime(1000);
  gathered.add(['b']);
  vi.advanceTimersByTime(9999);
  expect(looks).toEqual([['a']]);
  vi.advanceTimersByTime(1);
  expect(looks).toEqual([['a'], ['b']]);
});

test('what concerns all covers what concerns some', () => {
  const { gathered, looks } = gathering();
  gathered.add(['a']);
  gathered.add('all');
  gathered.add(['b']);
  vi.advanceTimersByTime(1000);
  expect(looks).toEqual(['all']);
});

test('what concerns nobody is not waited for', () => {
  const { gathered, looks } = gathering();
  gathered.add([]);
  vi.advanceTimersByTime(20_000);
  expect(looks).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test('after the stop nothing is looked at', () => {
  const { gathered, looks } = gathering();
  gathered.add(['a']);
  gathered.stop();
  vi.advanceTimersByTime(20_000);
  expect(looks).toEqual([]);
});
