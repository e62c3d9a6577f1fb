import { beforeEach, describe, expect, test, vi } from 'vitest';
import { service, snapshot } from '../testing/builders.ts';
import { fillStore } from '../testing/fill-store.ts';
import { KeptObjects } from '../testing/kept-objects.ts';
import { runningControllers } from '../testing/running-controller.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { ScriptedProber, type SeenPorts } from '../testing/scripted-prober.ts';
import { shopCaches } from '../testing/shop-caches.ts';
import { inWords } from '../testing/shop-paths.ts';
import { until } from '../testing/until.ts';

const scripted = scriptedClient();
const start = runningControllers();
const PREFLIGHT = 10_000;
const timing = { ...snapshot().timing, settle: 0, brake: 0, preflight: PREFLIGHT };

beforeEach(() => {
  const kept = new KeptObjects();
  scripted.server.otherwise(kept.answer);
});

const asked = () => inWords(scripted.server.requests);
const isThere = () => asked().includes('POST policy');
const notes = () =>
  scripted.server.requests
    .filter(({ path }) => path.endsWith('/events'))
    .map(({ body }) => JSON.parse(body).note as string);

/** Lets time pass, in steps of so many milliseconds, until something is so. */
function inTime(what: string, step: number, isSo: () => boolean): Promise<true> {
  return until(what, async () => {
    await vi.advanceTimersByTimeAsync(step);
    return isSo();
  });
}

function untilThere(step: number): Promise<true> {
  return inTime('the policy is there', step, isThere);
}

/** A replica that alone does everything, and whose rounds end when they are told to. */
function run() {
  const { promise, resolve } = Promise.withResolvers<SeenPorts>();
  const prober = new ScriptedProber(() => promise);
  const replica = start({ client: scripted.client, caches: shopCaches(), timing, prober });
  return { replica, prober, end: resolve };
}

test('the first policy comes with the end of the first round, and says what it closes', async () => {
  const { prober, end } = run();
  await until('a round has begun', () => prober.jobs.length > 0);
  expect(asked()).toContain('PATCH status policy');
  expect(isThere()).toBe(false);
  end({ open: [8080, 9090], otherwise: 'refused' });
  await untilThere(1);
  await until('it is told', () => notes().length > 0);
  expect(notes()[0]).toContain('9090/TCP was open and is closed now');
});

test('the first policy comes in time where no round ends, and says so', async () => {
  // The replica keeps the clock that it is started with.
  const clock = vi.spyOn(Date, 'now');
  const { prober } = run();
  await until('a round has begun', () => prober.jobs.length > 0);
  expect(isThere()).toBe(false);
  clock.mockReturnValue(Date.now() + PREFLIGHT);
  try {
    await untilThere(PREFLIGHT);
    await until('it is told', () => notes().length > 0);
  } finally {
    clock.mockRestore();
  }
  expect(notes()[0]).toContain('within 10 s the ready pods could not all be asked');
});

describe('replicas behind a headless Service', () => {
  /** A replica of the operator whose rounds show one open port, and whose sweeps end when they are told to. */
  function runWithPeers() {
    const { promise, resolve } = Promise.withResolvers<SeenPorts>();
    const round = { open: [8080], otherwise: 'refused' } as const;
    const prober = new ScriptedProber(({ ports }) => (ports === 'all' ? promise : round));
    const caches = shopCaches({ replicas: 2 });
    fillStore(caches.usage.services, [{ ...service(8080), name: 'peers', headless: true }]);
    start({ client: scripted.client, caches, timing, prober });
    return { prober, end: resolve };
  }
  const untilSwept = ({ jobs }: ScriptedProber) =>
    inTime('a sweep has begun', 10, () => jobs.some(({ ports }) => ports === 'all'));

  test('have their policy once they are swept', async () => {
    const { prober, end } = runWithPeers();
    await untilSwept(prober);
    expect(isThere()).toBe(false);
    end({ open: [8080], otherwise: 'refused' });
    await untilThere(1);
  });

  test('have none where the sweep shows a port on which they may talk', async () => {
    const { prober, end } = runWithPeers();
    await untilSwept(prober);
    end({ open: [8080, 41_000], otherwise: 'refused' });
    const messages = () =>
      scripted.server.requests.map(({ body }) => body).filter((body) => body.includes('41000/TCP'));
    await inTime('it is told', 1, () => messages().length > 0);
    expect(messages()[0]).toContain('perhaps the replicas among themselves');
    expect(isThere()).toBe(false);
  });
});
