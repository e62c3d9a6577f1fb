import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decide } from '../domain/decide.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { KubeClient } from '../kube/client.ts';
import { NotLeaderError } from '../kube/errors.ts';
import { EventRecorder } from '../kube/event-recorder.ts';
import { carriedOut, NOW, snapshot } from '../testing/builders.ts';
import { KeptObjects } from '../testing/kept-objects.ts';
import { reconcileContext } from '../testing/reconcile-context.ts';
import { ScriptedApiServer } from '../testing/scripted-api-server.ts';
import { inWords, POLICY } from '../testing/shop-paths.ts';
import { act } from './act.ts';
import type { Context } from './context.ts';
import { writeGuard } from './write-guard.ts';

let server: ScriptedApiServer;
let client: KubeClient;
let kept: KeptObjects;
let context: Context;
/** Leases that this replica has lost by now. */
let lost: Set<'leader' | 'member'>;

beforeEach(async () => {
  server = await ScriptedApiServer.start();
  kept = new KeptObjects(() => NOW);
  server.otherwise(kept.answer);
  lost = new Set();
  const lease = (name: 'leader' | 'member') => ({
    assertLeading: () => {
      if (lost.has(name)) throw new NotLeaderError('this replica does not hold the lease');
    },
  });
  client = new KubeClient({
    kubeConfig: server.kubeConfig(),
    writeGuard: writeGuard(lease('leader'), lease('member')),
  });
  const events = new EventRecorder({ client, instance: 'portlock-0', onError: () => {} });
  context = reconcileContext(client, { events });
});
afterEach(async () => {
  await client.close();
  await server.close();
});

const PASS = [
  'POST policy',
  'POST event PolicyApplied',
  'PATCH report',
  'PATCH status policy',
  'PATCH status probe',
];

/** Loses leases the moment a request in these words is answered. */
function loseAfter(words: string, ...leases: ('leader' | 'member')[]): void {
  server.otherwise((response, request) => {
    if (inWords([request])[0] === words) for (const lease of leases) lost.add(lease);
    return kept.answer(response, request);
  });
}

function carryOut(before: Snapshot = snapshot()) {
  return act(decide(before), before, context, new AbortController().signal);
}

test.each(PASS.slice(0, -1))('after a term that ends with %s nothing is written', async (words) => {
  loseAfter(words, 'leader', 'member');
  const { failure } = await carryOut();
  expect(failure?.error).toBeInstanceOf(NotLeaderError);
  expect(inWords(server.requests)).toEqual(PASS.slice(0, PASS.indexOf(words) + 1));
});

test('a term that ended before the first write writes nothing, and tells of nothing', async () => {
  lost.add('leader');
  await expect(carryOut()).rejects.toThrow(NotLeaderError);
  expect(server.requests).toEqual([]);
  expect(context.lastApplied.size).toBe(0);
});

describe('a replica that only ceased to lead', () => {
  test('goes on with its report', async () => {
    loseAfter('POST policy', 'leader');
    expect((await carryOut()).failure).toBeUndefined();
    expect(inWords(server.requests)).toEqual(PASS);
  });

  test('does not replace what its apply left of others', async () => {
    const before = snapshot();
    const [made] = carriedOut(before, decide(before)).policies;
    if (!made) throw new Error('there is no policy');
    kept.put(POLICY, { ...made, metadata: { ...made.metadata, uid: 'uid-policy' } });
    const live = kept.at(POLICY);
    const opened = {
      ...made,
      metadata: live?.metadata ?? made.metadata,
      spec: { podSelector: {} },
    };
    server.otherwise((response, request) => {
      lost.add('leader');
      // Rules that somebody else owns stay in the list.
      const body = JSON.parse(request.body);
      const spec = { ...body.spec, ingress: [...body.spec.ingress, {}] };
      return kept.answer(response, { ...request, body: JSON.stringify({ ...body, spec }) });
    });
    await expect(carryOut(snapshot({ policies: [opened] }))).rejects.toThrow(NotLeaderError);
    expect(inWords(server.requests)).toEqual(['PATCH policy']);
  });
});

describe('a stop while a request hangs', () => {
  test.each(PASS)('at %s: nothing is asked after it', async (words) => {
    const stop = new AbortController();
    const reason = new Error('the operator stops');
    server.otherwise((response, request) => {
      if (inWords([request])[0] === words) stop.abort(reason);
      else kept.answer(response, request);
    });
    const before = snapshot();
    await expect(act(decide(before), before, context, stop.signal)).rejects.toBe(reason);
    expect(inWords(server.requests)).toEqual(PASS.slice(0, PASS.indexOf(words) + 1));
  });
});
