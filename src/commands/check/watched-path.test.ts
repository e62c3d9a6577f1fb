import { afterEach, describe, expect, test } from 'vitest';
import type { Outcome } from '../../domain/probing/reading.ts';
import { KubeClient } from '../../kube/client.ts';
import { ScriptedApiServer, sendStatus } from '../../testing/scripted-api-server.ts';
import { type PeerRound, roundLine } from '../peer/round.ts';
import type { RunningPod } from '../throwaway/await-running.ts';
import { Throwaway } from '../throwaway/throwaway.ts';
import { Words } from '../words.ts';
import { ALLOWED_PORT, DENIED_PORT } from './path-progress.ts';
import { WatchedPath } from './watched-path.ts';

let server: ScriptedApiServer;
let client: KubeClient;
afterEach(async () => {
  await client.close();
  await server.close();
});

const pod = (name: string, node: string): RunningPod => ({ name, node, ips: [], labels: {} });
const LOG = 'GET /api/v1/namespaces/shop/pods/from/log';

function round(allowed: Outcome, denied: Outcome): string {
  const outcomes = new Map([
    [ALLOWED_PORT, allowed],
    [DENIED_PORT, denied],
  ]);
  const address = { address: '10.0.0.1', outcomes, complete: true, doubt: '', note: '' };
  const told: PeerRound = { milliseconds: 0, addresses: [address] };
  return roundLine(told);
}

/** A path of which the log is written by the test: `write` adds lines, `end` is the end of the pod. */
async function watched(signal = new AbortController().signal) {
  server = await ScriptedApiServer.start();
  client = new KubeClient({ kubeConfig: server.kubeConfig() });
  const log = Promise.withResolvers<{ write: (text: string) => unknown; end: () => unknown }>();
  server.allow(LOG, (response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.flushHeaders();
    log.resolve({ write: (text) => response.write(text), end: () => response.end() });
  });
  const place = {
    name: 'check',
    namespace: 'shop',
    namespaceEnds: false,
    purpose: 'check',
    lifetime: 60,
    placement: undefined,
  };
  const options = {
    client,
    purpose: 'check',
    image: 'portlock:1',
    namespace: 'shop',
    lifetime: 60,
    words: new Words({ isQuiet: true }, { stderr: () => {} }),
  };
  const throwaway = new Throwaway(options, place, { name: 'j', uid: 'u', janitor: undefined });
  const pods = { from: pod('from', 'a'), to: pod('to', 'b') };
  return { path: new WatchedPath(throwaway, pods, signal), log: log.promise };
}

/** What comes of these lines before there is a policy, and those after it was made. */
async function resultOf(before: string[], after: string[], settle = 0) {
  const { path, log } = await watched();
  path.follow(settle);
  const { write, end } = await log;
  for (const line of before) write(line);
  if (after.length === 0) {
    end();
    return { isOpen: await path.open(), ...path.result() };
  }
  const isOpen = await path.open();
  const concluded = path.conclude(performance.now());
  for (const line of after) write(line);
  end();
  await concluded;
  return { isOpen, ...path.result() };
}

const OPEN = round('open', 'open');
const DROPPED = round('open', 'filtered');

describe('what is seen after the policy was made', () => {
  test.each<[verdict: string, line: string]>([
    ['Dropped', DROPPED],
    ['Rejected', round('open', 'refused')],
    ['NotEnforced', OPEN],
  ])('three times is so: %s', async (verdict, line) => {
    expect(await resultOf([OPEN], [line, line, line])).toEqual({
      isOpen: true,
      fromNode: 'a',
      toNode: 'b',
      verdict,
      after: verdict === 'NotEnforced' ? undefined : expect.any(Number),
      why: '',
    });
  });

  test('counts from the first of the three on, in whole milliseconds', async () => {
    const { after = -1 } = await resultOf([OPEN], [DROPPED, DROPPED, DROPPED]);
    expect(after).toBeGreaterThanOrEqual(0);
    expect(Number.isInteger(after)).toBe(true);
  });

  test('is read from among what is none of a peer', async () => {
    const noise = '(node:1) Warning: old\n';
    const lines = [noise, DROPPED, noise, '{}\n', DROPPED, DROPPED];
    expect((await resultOf([noise, OPEN], lines)).verdict).toBe('Dropped');
  });

  test('is nothing yet where it began before', async () => {
    const early = DROPPED.replace('"milliseconds":0', '"milliseconds":600000');
    expect(await resultOf([OPEN], [early, early, early])).toMatchObject({
      verdict: 'Inconclusive',
      why: 'nothing was seen after the policy was made',
    });
  });

  test.each<[what: string, lines: string[], why: string]>([
    [
      'that changes',
      [DROPPED, OPEN],
      'what was seen after the policy was made changed until the end',
    ],
    [
      'that proves nothing',
      [round('filtered', 'filtered')],
      'the port that the policy allows is filtered at 10.0.0.1, so the other one proves nothing',
    ],
  ])('but ends is not known: one %s', async (_what, lines, why) => {
    expect(await resultOf([OPEN], lines)).toMatchObject({
      verdict: 'Inconclusive',
      after: undefined,
      why,
    });
  });

  test('is not held against a network before its time is over', async () => {
    const lines = [OPEN, OPEN, OPEN, OPEN];
    expect((await resultOf([OPEN], lines, 600_000)).verdict).toBe('Inconclusive');
  });
});

describe('where there is no policy yet', () => {
  test('a port that is closed already is named', async () => {
    expect(await resultOf([round('open', 'refused')], [])).toMatchObject({
      isOpen: false,
      why: 'before there was a policy, at 10.0.0.1 8080 is open, 9447 is refused',
    });
  });

  test('a pod that tells of nothing is named', async () => {
    expect(await resultOf(['odd\n'], [])).toMatchObject({
      isOpen: false,
      verdict: 'Inconclusive',
      why: 'the pod from told of no connection',
    });
  });
});

describe('a log that cannot be read', () => {
  test('is why nothing is known', async () => {
    const { path } = await watched();
    server.allow(LOG, (response) =>
      sendStatus(response, 403, { reason: 'Forbidden', message: 'no' }),
    );
    path.follow(0);
    expect(await path.open()).toBe(false);
    expect(path.result().why).toMatch(/^the log of from could not be read: .*no/);
  });

  test('because all of it ends is no trouble', async () => {
    const abort = new AbortController();
    const { path, log } = await watched(abort.signal);
    path.follow(0);
    await log;
    abort.abort();
    expect(await path.open()).toBe(false);
    expect(path.result().why).toBe('the pod from told of no connection');
  });
});
