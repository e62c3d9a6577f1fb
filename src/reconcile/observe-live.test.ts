import { beforeEach, describe, expect, test } from 'vitest';
import { decide } from '../domain/decide.ts';
import type { Role, Snapshot } from '../domain/snapshot.ts';
import type { Namespace, Workload } from '../domain/workload/workload.ts';
import { carriedOut, namespace, pod, policy, snapshot, template } from '../testing/builders.ts';
import { fillStore } from '../testing/fill-store.ts';
import { KeptObjects } from '../testing/kept-objects.ts';
import { reconcileContext } from '../testing/reconcile-context.ts';
import { WEB_ON_THE_WIRE } from '../testing/running-operators.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { shopCaches } from '../testing/shop-caches.ts';
import { inWords, POLICY, REPORT, SHOP, WEB } from '../testing/shop-paths.ts';
import { showIn } from '../testing/shown-in-caches.ts';
import type { Context } from './context.ts';
import { observe } from './observe.ts';

const scripted = scriptedClient();

const LEADS = snapshot().role;
const MODE = 'portlock.dev/mode';

let kept: KeptObjects;
let context: Context;
beforeEach(() => {
  kept = new KeptObjects();
  scripted.server.otherwise(kept.answer);
  kept.put(WEB, WEB_ON_THE_WIRE);
  kept.put(SHOP, { metadata: { name: 'shop' } });
});

/** What is observed of a workload that is so, with nothing of ours, or what a pass made of it. */
async function observed(
  is: { workload?: Partial<Workload>; namespace?: Partial<Namespace>; made?: 'nothing' | 'both' },
  role: Role = LEADS,
): Promise<Snapshot> {
  context = reconcileContext(scripted.client, { caches: shopCaches(is.workload) });
  if (is.namespace) {
    const identity = { key: 'shop', uid: 'shop', resourceVersion: '2' };
    context.caches.namespaces.set(identity, namespace(is.namespace), 'watch');
  }
  if (is.made === 'both') {
    const { policies, report } = carriedOut(snapshot(), decide(snapshot()));
    if (policies[0]) kept.put(POLICY, policies[0]);
    if (report) kept.put(REPORT, report);
    showIn(context.caches, kept);
  }
  return observe('Deployment/shop/web', role, context, new AbortController().signal);
}

const asked = () => inWords(scripted.server.requests);

describe('the API server is asked only before something of ours is taken away', () => {
  test.each<[string, Parameters<typeof observed>[0], string[]]>([
    ['not for a workload in force', { made: 'both' }, []],
    ['not for one that is out and has nothing', { workload: { mode: 'off' } }, []],
    ['not for one that is audited and has nothing', { workload: { mode: 'audit' } }, []],
    ['for one that opted out', { made: 'both', workload: { mode: 'off' } }, ['GET workload']],
    [
      'for one that is only audited by now',
      { made: 'both', workload: { mode: 'audit' } },
      ['GET workload'],
    ],
    [
      'for one whose pods use the network of their node by now',
      { made: 'both', workload: { template: template({ hostNetwork: true }) } },
      ['GET workload'],
    ],
    [
      'not for one that could not be understood: what is in force is kept',
      { made: 'both', workload: { mode: 'enfroce' } },
      [],
    ],
    [
      'for one that its namespace opts out',
      { made: 'both', workload: { mode: undefined }, namespace: { labels: { [MODE]: 'off' } } },
      ['GET workload'],
    ],
    [
      'not for one that its namespace keeps in',
      { made: 'both', workload: { mode: undefined }, namespace: { labels: { [MODE]: 'enforce' } } },
      [],
    ],
  ])('%s', async (_what, is, calls) => {
    await observed(is);
    expect(asked()).toEqual(calls);
  });

  test('and not by a replica that does not lead', async () => {
    await observed({ made: 'both', workload: { mode: 'off' } }, { ...LEADS, policy: false });
    expect(asked()).toEqual([]);
  });

  test('and what it says counts, not what the cache says', async () => {
    const { workload } = await observed({ made: 'both', workload: { mode: 'off' } });
    expect(workload).toMatchObject({ mode: 'enforce', uid: 'uid-web' });
  });

  test('of the namespace, too, where the workload has no mode of its own', async () => {
    const { labels: _, ...metadata } = WEB_ON_THE_WIRE.metadata;
    kept.put(WEB, { ...WEB_ON_THE_WIRE, metadata });
    kept.put(SHOP, { metadata: { name: 'shop', labels: { [MODE]: 'enforce' } } });
    const is = { made: 'both' as const, workload: { mode: 'off' } };
    expect((await observed(is)).namespace.labels).toEqual({ [MODE]: 'enforce' });
    expect(asked()).toEqual(['GET workload', 'GET namespace']);
  });

  test('and a namespace that is gone leaves what the cache says', async () => {
    const { labels: _, ...metadata } = WEB_ON_THE_WIRE.metadata;
    kept.put(WEB, { ...WEB_ON_THE_WIRE, metadata });
    kept.remove(SHOP);
    const labels = { team: 'shop' };
    const is = { made: 'both' as const, workload: { mode: 'off' }, namespace: { labels } };
    expect((await observed(is)).namespace.labels).toEqual(labels);
  });
});

describe('what is observed', () => {
  test('is all that a decision is made from', async () => {
    const { policies, pods, selected, usage, report, evidence, contest } = await observed({
      made: 'both',
    });
    expect(policies.map(({ metadata }) => metadata.name)).toEqual(['web-portlock']);
    expect(pods.map(({ name }) => name)).toEqual(['web-1']);
    expect(selected).toMatchObject([{ name: 'web-1', owner: 'Deployment/web' }]);
    expect(usage.services.map(({ name }) => name)).toEqual(['web']);
    expect(report?.metadata.name).toBe('web');
    expect([evidence, contest]).toEqual([undefined, undefined]);
  });

  test('of a workload that is gone are no pods', async () => {
    kept.remove(WEB);
    const is = { made: 'both' as const, workload: { mode: 'off' } };
    const { workload, pods, selected, overlapping } = await observed(is);
    expect([workload, pods, selected, overlapping]).toEqual([undefined, [], [], []]);
  });

  test('is no report about another workload', async () => {
    const { report } = carriedOut(snapshot(), decide(snapshot()));
    if (!report) throw new Error('there is no report');
    context = reconcileContext(scripted.client, { caches: shopCaches() });
    const { targetRef } = report.spec;
    for (const about of [
      { ...targetRef, name: 'other' },
      { ...targetRef, kind: 'StatefulSet' },
    ]) {
      kept.put(REPORT, { ...report, spec: { targetRef: about } });
      showIn(context.caches, kept);
      const { signal } = new AbortController();
      const seen = await observe('Deployment/shop/web', LEADS, context, signal);
      expect(seen.report).toBeUndefined();
    }
  });

  test('are other policies, pods and workloads of the namespace alone', async () => {
    context = reconcileContext(scripted.client, { caches: shopCaches() });
    const { caches } = context;
    for (const where of ['shop', 'other']) {
      const theirs = policy(`of-${where}`);
      const metadata = { ...theirs.metadata, namespace: where };
      const identity = { key: `${where}/x`, uid: where, resourceVersion: '1' };
      caches.policies.set(identity, { ...theirs, metadata }, 'watch');
      const labels = { app: 'web' };
      fillStore(caches.pods, [
        pod({ namespace: where, name: 'lone', uid: `lone-${where}`, ownerUid: undefined, labels }),
      ]);
    }
    const { signal } = new AbortController();
    const seen = await observe('Deployment/shop/web', LEADS, context, signal);
    expect(seen.policies.map(({ metadata }) => metadata.name)).toEqual(['of-shop']);
    expect(seen.pods.map(({ name }) => name)).toEqual(['web-1']);
    expect(seen.selected.map(({ owner }) => owner).sort()).toEqual(['Deployment/web', 'Pod/lone']);
  });

  test('is what was told while no report did', async () => {
    context = reconcileContext(scripted.client, { caches: shopCaches() });
    const brake = { state: 'Engaged' as const, sinceTime: '2026-01-02T03:04:05Z' };
    context.untoldBrakes.set('Deployment/shop/web', brake);
    context.lastApplied.set('Deployment/shop/web', '{}');
    const { signal } = new AbortController();
    const seen = await observe('Deployment/shop/web', LEADS, context, signal);
    expect([seen.untoldBrake, seen.lastApplied]).toEqual([brake, '{}']);
  });
});
