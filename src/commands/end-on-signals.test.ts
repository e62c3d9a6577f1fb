import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EndedBySignal, endOnSignals } from './end-on-signals.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
let before: Record<(typeof SIGNALS)[number], NodeJS.SignalsListener[]>;
let exits: number;

beforeEach(() => {
  before = { SIGINT: process.listeners('SIGINT'), SIGTERM: process.listeners('SIGTERM') };
  exits = 0;
  vi.spyOn(process, 'exit').mockImplementation((() => {
    exits += 1;
  }) as never);
});
afterEach(() => {
  for (const name of SIGNALS)
    for (const listener of process.listeners(name))
      if (!before[name].includes(listener)) process.off(name, listener);
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

/** As the system does, to those alone who began to listen in this test. */
function send(name: (typeof SIGNALS)[number]): void {
  for (const listener of process.listeners(name))
    if (!before[name].includes(listener)) listener(name);
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('the first %s aborts, so that what was made can be taken away', (name, exitCode) => {
  const signal = endOnSignals();
  expect(signal.aborted).toBe(false);
  send(name);
  expect(signal.reason).toBeInstanceOf(EndedBySignal);
  expect(signal.reason).toMatchObject({ name: 'EndedBySignal', message: 'ended by a signal' });
  expect([process.exitCode, exits]).toEqual([exitCode, 0]);
});

test('the second one ends the process at once, whichever it is', () => {
  endOnSignals();
  send('SIGINT');
  send('SIGTERM');
  expect([process.exitCode, exits]).toEqual([143, 1]);
});
