import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { recordedLog } from '../testing/recorded-log.ts';
import { endOnCrash } from './crash.ts';

const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;
type Listener = (error: unknown) => void;
let before: Map<string, unknown[]>;
let exits: number[];

const listening = (event: (typeof EVENTS)[number]): Listener[] =>
  process.listeners(event as 'uncaughtException') as Listener[];

beforeEach(() => {
  before = new Map(EVENTS.map((event) => [event, listening(event)]));
  exits = [];
  vi.spyOn(process, 'exit').mockImplementation(((code: number) => exits.push(code)) as never);
});
afterEach(() => {
  for (const event of EVENTS)
    for (const listener of listening(event))
      if (!before.get(event)?.includes(listener)) process.off(event, listener as never);
  vi.restoreAllMocks();
});

/** As the system does, to those alone who began to listen in this test. */
function crash(event: (typeof EVENTS)[number], error: unknown): void {
  for (const listener of listening(event))
    if (!before.get(event)?.includes(listener)) listener(error);
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test.each(EVENTS)('%s is a line of the log, and the end once all was given back', async (event) => {
  const { log, lines } = recordedLog();
  const giving = Promise.withResolvers<void>();
  endOnCrash(log, () => giving.promise);
  const error = new Error('no such field', { cause: new Error('why') });
  crash(event, error);
  await settled();
  expect(lines).toMatchObject([
    { line: 'error: Ended by a mistake of its own', stack: expect.any(String) },
  ]);
  expect(JSON.stringify(lines)).toContain('no such field: why');
  expect(exits).toEqual([]);
  giving.resolve();
  await settled();
  expect(exits).toEqual([1]);
});

test.each(['thrown text', undefined, null])(
  'what cannot be given back keeps nothing from its end, whatever was thrown: %s',
  async (thrown) => {
    const { log, lines } = recordedLog();
    endOnCrash(log, () => Promise.reject(new Error('away')));
    crash('uncaughtException', thrown);
    await settled();
    expect(lines).toMatchObject([{ error: String(thrown) }]);
    expect(exits).toEqual([1]);
  },
);

test('what fails meanwhile is logged, too, and ends nothing twice', async () => {
  const { log, lines } = recordedLog();
  let times = 0;
  endOnCrash(log, async () => {
    times += 1;
  });
  crash('uncaughtException', new Error('first'));
  crash('unhandledRejection', new Error('second'));
  await settled();
  expect(lines).toHaveLength(2);
  expect([times, exits]).toEqual([1, [1]]);
});
