import { beforeEach, describe, expect, test } from 'vitest';
import type { Role } from '../domain/snapshot.ts';
import { NOW, policy } from '../testing/builders.ts';
import { type KeptObject, KeptObjects } from '../testing/kept-objects.ts';
import { reconcileContext } from '../testing/reconcile-context.ts';
import { type LogLine, recordedLog } from '../testing/recorded-log.ts';
import type { Answer } from '../testing/scripted-api-server.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { shopCaches } from '../testing/shop-caches.ts';
import { EVENTS, inWords, POLICIES, POLICY, REPORT, SHOP, WEB } from '../testing/shop-paths.ts';
import { showIn } from '../testing/shown-in-caches.ts';
import type { Context } from './context.ts';
import { reconcile } from './reconcile.ts';
import { PolicyAlteredError } from './write-failure.ts';

const scripted = scriptedClient();

const KEY = 'Deployment/shop/web';
const LEADS: Role = { policy: true, probe: false, secondProbe: false, hasSecond: false };

let kept: KeptObjects;
let context: Context;
let lines: LogLine[];
let now: number;

beforeEach(() => {
  now = NOW;
  kept = new KeptObjects(() => now);
  scripted.server.otherwise(kept.answer);
  const recorded = recordedLog();
  ({ lines } = recorded);
  context = reconcileContext(scripted.client, {
    caches: shopCaches(),
    roleOf: () => LEADS,
    log: recorded.log,
    now: () => now,
  });
});

/** A pass over the workload; resolves with what it asked. */
async function pass(): Promise<string[]> {
  const before = scripted.server.requests.length;
  await reconcile(KEY, context, new AbortController().signal);
  return inWords(scripted.server.requests.slice(before));
}

/** The first passes: until nothing is left to be done. */
async function settle(): Promise<void> {
  for (let time = 0; time < 2; time += 1) {
    await pass();
    showIn(context.caches, kept);
  }
}

function live(path = POLICY): KeptObject {
  const object = kept.at(path);
  if (!object) throw new Error(`${path} is not there`);
  return object;
}

/** Somebody else edits the policy. */
function edit(fields: Partial<KeptObject>, labels = live().metadata.labels): void {
  const metadata = {
    ...live().metadata,
    ...(labels && { labels }),
    managedFields: [{ manager: 'kubectl-edit' }],
  };
  kept.put(POLICY, { ...live(), ...fields, metadata });
  showIn(context.caches, kept);
}

async function counted(name: 'policyReverts' | 'policyContests'): Promise<number | undefined> {
  return (await context.metrics[name].get()).values[0]?.value;
}

describe('what somebody else makes of the policy', () => {
  const OPEN = { podSelector: {}, ingress: [{}] };

  test('case 26: is put back in one pass, counted, logged and told', async () => {
    await settle();
    const { spec } = live();
    edit({ spec: OPEN });
    expect(await pass()).toEqual(['PATCH policy', 'POST event PolicyReverted']);
    expect(live().spec).toEqual(spec);
    expect(await counted('policyReverts')).toBe(1);
    expect(lines.at(-1)).toMatchObject({
      line: expect.stringMatching(/^warn: The NetworkPolicy web-portlock was edited .* put back$/),
      reason: 'PolicyReverted',
    });
  });

  test('case 29: is decided on at once, though no watch has shown our own write', async () => {
    await settle();
    edit({ spec: OPEN });
    await pass();
    expect(await pass(), 'the cache still shows the edit').toEqual([]);
  });

  test('case 26: is put back where it was deleted', async () => {
    await settle();
    kept.remove(POLICY);
    showIn(context.caches, kept);
    expect(await pass()).toEqual(['POST policy', 'POST event PolicyReverted']);
    expect(await counted('policyReverts')).toBe(1);
  });

  test('is nothing where only labels are added, which are theirs', async () => {
    await settle();
    edit({}, { ...live().metadata.labels, team: 'shop' });
    expect(await pass()).toEqual([]);
  });

  test('is a fight with the fifth time: logged once, counted once, and quietly put back', async () => {
    await settle();
    for (let time = 0; time < 7; time += 1) {
      now += 1000;
      edit({ spec: OPEN });
      await pass();
      showIn(context.caches, kept);
    }
    expect(await counted('policyReverts')).toBe(7);
    expect(await counted('policyContests')).toBe(1);
    const said = lines.filter(({ line }) => line.includes('put back'));
    expect(said.map(({ line, reason = '' }) => `${line.split(':')[0]} ${reason}`)).toEqual([
      'warn PolicyReverted',
      ...new Array(3).fill('debug PolicyReverted'),
      'warn ',
      ...new Array(3).fill('debug PolicyReverted'),
    ]);
    expect(lines).toContainEqual(
      expect.objectContaining({ key: KEY, policy: 'web-portlock', by: ['kubectl-edit'] }),
    );
  });

  test('is no fight where the owner changes the ports again and again', async () => {
    await settle();
    for (let time = 0; time < 7; time += 1) {
      now += 1000;
      context.caches = shopCaches({
        annotations: { 'portlock.dev/extra-ports': `${9100 + time}/TCP` },
      });
      showIn(context.caches, kept);
      expect((await pass()).slice(0, 1)).toEqual(['PATCH policy']);
    }
    expect(await counted('policyReverts')).toBe(0);
    expect(lines.at(-1)).toMatchObject({ reason: 'PolicyApplied' });
  });
});

describe('a webhook that changes what is written', () => {
  /** Answers writes of the policy as if a webhook had changed them. */
  const changing =
    (change: (policy: KeptObject) => KeptObject): Answer =>
    (response, request) => {
      const isPolicy = request.path.startsWith(POLICIES) && request.method !== 'DELETE';
      const body = isPolicy ? JSON.stringify(change(JSON.parse(request.body))) : request.body;
      return kept.answer(response, { ...request, body });
    };
  const opens = (each: KeptObject) => ({ ...each, spec: { podSelector: {}, ingress: [{}] } });
  const unlabels = ({ metadata: { labels: _, ...metadata }, ...each }: KeptObject) => ({
    ...each,
    metadata,
  });
  const disowns = ({
    metadata: { ownerReferences: _, ...metadata },
    ...each
  }: KeptObject): KeptObject => ({ ...each, metadata });

  test.each([
    ['its rules', opens],
    ['its labels', unlabels],
    ['its owner', disowns],
  ])('is told of where that is about %s: nothing is said to be in force', async (_what, change) => {
    scripted.server.otherwise(changing(change));
    await expect(pass()).rejects.toThrow(PolicyAlteredError);
    expect(inWords(scripted.server.requests)).toEqual([
      'POST policy',
      'PATCH report',
      'PATCH status policy',
      'POST event PolicyWriteFailed',
    ]);
    expect(live(REPORT).status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Stalled', status: 'True', reason: 'PolicyAltered' }),
    );
    expect(context.lastApplied.size).toBe(0);
  });

  test('is not where an apply leaves somebody’s rule, and the replacement does not', async () => {
    await settle();
    edit({ spec: { podSelector: {} } });
    scripted.server.otherwise((response, request) =>
      request.method === 'PATCH' && request.path === POLICY
        ? changing(opens)(response, request)
        : kept.answer(response, request),
    );
    expect(await pass()).toEqual(['PATCH policy', 'PUT policy', 'POST event PolicyReverted']);
    const [applied, replaced] = scripted.server.requests.slice(-3);
    expect(applied?.query.get('force')).toBe('true');
    expect([applied, replaced].map((each) => each?.query.get('fieldManager'))).toEqual([
      'portlock',
      'portlock',
    ]);
  });
});

describe('a policy of that name that is not ours', () => {
  test('case 37: is never written to', async () => {
    kept.put(POLICY, policy('web-portlock', { ingress: [{}] }));
    showIn(context.caches, kept);
    const asked = await pass();
    expect(asked.filter((words) => words.endsWith(' policy') && !words.includes('status'))).toEqual(
      [],
    );
    expect(live(REPORT).status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Stalled', reason: 'ForeignNetworkPolicy' }),
    );
  });

  test('that somebody makes this very moment is looked at, not overwritten', async () => {
    kept.put(POLICY, policy('web-portlock', { ingress: [{}] }));
    await expect(pass()).rejects.toMatchObject({ status: 409 });
    expect(inWords(scripted.server.requests)).toEqual(['POST policy']);
    showIn(context.caches, kept);
    expect(await pass()).not.toContain('POST policy');
  });
});

describe('before something of ours is taken away', () => {
  const WIRE = {
    metadata: { name: 'web', namespace: 'shop', uid: 'uid-web', generation: 1 },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }] },
      },
    },
  };
  const labelled = (mode: string) => ({
    ...WIRE,
    metadata: { ...WIRE.metadata, labels: { 'portlock.dev/mode': mode } },
  });
  const lose = () => context.caches.workloads.Deployment.delete('shop/web', 'watch');

  test('case 28: the workload is read live, and what is still there is kept', async () => {
    await settle();
    lose();
    kept.put(WEB, labelled('enforce'));
    expect((await pass())[0]).toBe('GET workload');
    expect(kept.at(POLICY)).toBeDefined();
    expect(kept.at(REPORT)).toBeDefined();
  });

  test('the workload is read live, and what is gone goes', async () => {
    await settle();
    lose();
    expect(await pass()).toEqual(['GET workload', 'DELETE policy', 'DELETE report']);
  });

  test.each([403, 429, 500])('and a read that fails with %d takes nothing', async (code) => {
    await settle();
    lose();
    scripted.server.expect(`GET ${WEB}`, (response) => {
      response.writeHead(code).end('no');
    });
    await expect(pass()).rejects.toMatchObject({ status: code });
    expect(inWords(scripted.server.requests.slice(-1))).toEqual(['GET workload']);
  });

  test('its namespace is read, too, where that may opt in for it', async () => {
    await settle();
    lose();
    kept.put(WEB, WIRE);
    kept.put(SHOP, { metadata: { name: 'shop', labels: { 'portlock.dev/mode': 'enforce' } } });
    expect((await pass()).slice(0, 2)).toEqual(['GET workload', 'GET namespace']);
    expect(kept.at(POLICY)).toBeDefined();
  });
});

test('Events that were told while no report is served are not told again', async () => {
  const isNews = () => false;
  context.reports = { served: () => false, isNews };
  expect(await pass()).toEqual(['POST policy']);
  expect(scripted.server.requests.some(({ path }) => path === EVENTS)).toBe(false);
});
