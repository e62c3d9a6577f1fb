import { beforeEach, describe, expect, test } from 'vitest';
import type { Role } from '../domain/snapshot.ts';
import { EventRecorder } from '../kube/event-recorder.ts';
import { NOW } from '../testing/builders.ts';
import { FAILING_ANSWERS, type FailingAnswer } from '../testing/failing-answers.ts';
import { KeptObjects } from '../testing/kept-objects.ts';
import { reconcileContext } from '../testing/reconcile-context.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { shopCaches } from '../testing/shop-caches.ts';
import { inWords, POLICY, REPORT } from '../testing/shop-paths.ts';
import { showIn } from '../testing/shown-in-caches.ts';
import type { Context } from './context.ts';
import { reconcile } from './reconcile.ts';

const scripted = scriptedClient();

const KEY = 'Deployment/shop/web';
const LEADS: Role = { policy: true, probe: false, secondProbe: false, hasSecond: false };
/** What the first pass over a workload asks, in its order. */
const PASS = [
  'POST policy',
  'POST event PolicyApplied',
  'PATCH report',
  'PATCH status policy',
] as const;

let kept: KeptObjects;
let context: Context;
/** What Events could not be written with. */
let untold: unknown[];

beforeEach(begin);

/** A cluster in which nobody has looked at the workload yet. */
function begin(): void {
  kept = new KeptObjects(() => NOW);
  scripted.server.otherwise(kept.answer);
  untold = [];
  const { client } = scripted;
  context = reconcileContext(client, {
    caches: shopCaches(),
    roleOf: () => LEADS,
    events: new EventRecorder({
      client,
      instance: 'portlock-0',
      now: () => NOW,
      onError: (error) => untold.push(error),
    }),
  });
}

/** Answers requests in these words with a failure from now on. */
function failOn(words: string, { before, answer }: FailingAnswer): void {
  scripted.server.otherwise((response, request) => {
    if (inWords([request])[0] !== words) return kept.answer(response, request);
    if (before === 'carriedOut') carryOut(request);
    return answer(response, request);
  });
}

/** Does what was asked, and answers nobody. */
function carryOut(request: Parameters<typeof kept.answer>[1]): void {
  const nobody = { writeHead: () => nobody, end: () => nobody };
  kept.answer(nobody as unknown as Parameters<typeof kept.answer>[0], request);
}

/** One pass; resolves with what it asked, and what it failed with. */
async function pass(): Promise<{ asked: string[]; error: unknown }> {
  const before = scripted.server.requests.length;
  const error = await reconcile(KEY, context, new AbortController().signal).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { asked: inWords(scripted.server.requests.slice(before)), error };
}

/** Policies and reports as they are in the end, without what differs from time to time. */
function world(): unknown {
  return [POLICY, REPORT].map((path) => {
    const { metadata, ...object } = kept.at(path) ?? { metadata: undefined };
    const { labels, ownerReferences } = metadata ?? {};
    return { ...object, labels, ownerReferences };
  });
}

test('a pass asks for the policy first, then tells of it, then reports', async () => {
  expect(await pass()).toEqual({ asked: [...PASS], error: undefined });
  showIn(context.caches, kept);
  expect(await pass(), 'and a second one asks for nothing').toEqual({
    asked: [],
    error: undefined,
  });
});

describe.each(PASS)('where %s fails', (words) => {
  test.each(FAILING_ANSWERS)(
    'case 10, case 11: with $what, the passes after it mend all',
    async (failing) => {
      await pass();
      const mended = world();
      begin();

      failOn(words, failing);
      const first = await pass();
      const isEvent = words.startsWith('POST event');
      if (isEvent) expect(untold, 'the log tells of an Event that is not there').toHaveLength(1);
      else expect(first.error, 'the queue is told of it').toBeDefined();
      expect(first.asked.slice(0, PASS.indexOf(words) + 1)).toEqual(
        PASS.slice(0, PASS.indexOf(words) + 1),
      );

      scripted.server.otherwise(kept.answer);
      // What it decided on is not so any more until the watches have told.
      showIn(context.caches, kept);
      expect((await pass()).error).toBeUndefined();
      showIn(context.caches, kept);
      expect(await pass()).toEqual({ asked: [], error: undefined });
      expect(world()).toEqual(mended);
    },
  );
});

describe('after a policy that could not be written', () => {
  const STALE = ['409', '404'];
  test.each(FAILING_ANSWERS.filter(({ what }) => STALE.includes(what)))(
    'because of $what nothing is told: the world is observed again',
    async (failing) => {
      failOn('POST policy', failing);
      const { asked, error } = await pass();
      expect(asked).toEqual(['POST policy']);
      expect(error).toMatchObject({ status: Number(failing.what) });
      expect(context.lastApplied.size).toBe(0);
    },
  );

  test.each(FAILING_ANSWERS.filter(({ what }) => !STALE.includes(what)))(
    'because of $what the report says that it is not in force',
    async (failing) => {
      failOn('POST policy', failing);
      const { asked } = await pass();
      const isRefused = ['403', '422', '500'].includes(failing.what);
      expect(asked).toEqual([
        'POST policy',
        'PATCH report',
        'PATCH status policy',
        ...(isRefused ? ['POST event PolicyWriteFailed'] : []),
      ]);
      expect(kept.at(REPORT)?.status?.conditions).toContainEqual(
        expect.objectContaining({ type: 'PolicyInSync', status: 'False' }),
      );
      expect(context.lastApplied.size).toBe(0);
    },
  );
});

describe('after a report that could not be written', () => {
  test.each(FAILING_ANSWERS)('because of $what the policy stays', async (failing) => {
    failOn('PATCH report', failing);
    const { asked } = await pass();
    const isRefused = ['403', '422', '500'].includes(failing.what);
    expect(asked).toEqual([
      'POST policy',
      'POST event PolicyApplied',
      'PATCH report',
      ...(isRefused ? ['POST event ReportWriteFailed'] : []),
    ]);
    expect(kept.at(POLICY)).toBeDefined();
    expect(context.lastApplied.get(KEY)).toBeDefined();
  });
});
