import { beforeEach, describe, expect, test } from 'vitest';
import type { Role } from '../domain/snapshot.ts';
import type { KubeClient } from '../kube/client.ts';
import { NOW } from '../testing/builders.ts';
import { KeptObjects } from '../testing/kept-objects.ts';
import { reconcileContext } from '../testing/reconcile-context.ts';
import { sendStatus } from '../testing/scripted-api-server.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { ScriptedProber } from '../testing/scripted-prober.ts';
import { shopCaches } from '../testing/shop-caches.ts';
import { inWords, POLICY, REPORT } from '../testing/shop-paths.ts';
import { showIn } from '../testing/shown-in-caches.ts';
import { until } from '../testing/until.ts';
import type { Context } from './context.ts';
import { reconcile } from './reconcile.ts';

const scripted = scriptedClient();

const KEY = 'Deployment/shop/web';
const NOTHING: Role = { policy: false, probe: false, secondProbe: false, hasSecond: true };
const LEADER: Role = { ...NOTHING, policy: true };
const PROBER: Role = { ...NOTHING, probe: true };
const SECOND: Role = { ...NOTHING, secondProbe: true };

let kept: KeptObjects;
let now: number;
beforeEach(() => {
  now = NOW;
  kept = new KeptObjects(() => now);
  scripted.server.otherwise(kept.answer);
});

/** A replica that sees 8080 open, all else silent. */
function replica(role: Role, client: KubeClient = scripted.client): Context {
  const prober = new ScriptedProber(
    () => ({ open: [8080] }),
    () => now,
  );
  const fields = { caches: shopCaches(), roleOf: () => role, now: () => now };
  return reconcileContext(client, fields, prober);
}

/** A pass of a replica after the watches have shown all; resolves with what it wrote. */
async function pass(context: Context): Promise<string[]> {
  showIn(context.caches, kept);
  const before = scripted.server.requests.length;
  await reconcile(KEY, context, new AbortController().signal);
  return inWords(scripted.server.requests.slice(before));
}

/** Passes until a round, a second later, has been told. */
async function looked(context: Context): Promise<string[]> {
  const runner = context.roleOf(KEY).secondProbe
    ? context.probes.secondProbe
    : context.probes.probe;
  const rounds = () => runner.evidence(KEY)?.lastRound?.endedAt;
  const before = rounds();
  const asked = await pass(context);
  await until('the round has ended', () => rounds() !== before);
  now += 1000;
  return [...asked, ...(await pass(context))];
}

describe('two replicas and a third', () => {
  test('the leader writes the policy and its part of the report, and nothing else', async () => {
    expect(await pass(replica(LEADER))).toEqual([
      'POST policy',
      'POST event PolicyApplied',
      'PATCH report',
      'PATCH status policy',
    ]);
    expect(Object.keys(kept.at(REPORT)?.status ?? {})).not.toContain('probe');
  });

  test('the one that probes writes its part, and never a policy', async () => {
    const asked = await looked(replica(PROBER));
    expect(new Set(asked)).toEqual(new Set(['PATCH report', 'PATCH status probe']));
    expect(kept.at(POLICY)).toBeUndefined();
  });

  test('the second probe writes its part into the report of the others, and never makes one', async () => {
    expect(await looked(replica(SECOND)), 'there is none').toEqual([]);
    await pass(replica(LEADER));
    await looked(replica(PROBER));
    const asked = await looked(replica(SECOND));
    expect(new Set(asked)).toEqual(new Set(['PATCH status probe-second']));
  });

  test('that do nothing for a workload ask for nothing', async () => {
    expect(await pass(replica(NOTHING))).toEqual([]);
  });

  test('keep apart what each of them wrote', async () => {
    await pass(replica(LEADER));
    await looked(replica(PROBER));
    await looked(replica(SECOND));
    const types = kept.at(REPORT)?.status?.conditions?.map(({ type }) => type) ?? [];
    expect(types.slice(0, 2), 'whoever came first').toEqual(['Ready', 'Reconciling']);
    expect(types.toSorted()).toEqual([
      'DriftDetected',
      'EnforcementVerified',
      'PolicyInSync',
      'PreflightPassed',
      'Ready',
      'Reconciling',
    ]);
    expect(Object.keys(kept.at(REPORT)?.status ?? {})).toEqual(
      expect.arrayContaining(['mode', 'ports', 'probe', 'secondProbe']),
    );
  });

  test('write nothing where nothing has changed', async () => {
    const [leader, prober] = [replica(LEADER), replica(PROBER)];
    await pass(leader);
    await looked(prober);
    expect(await pass(leader)).toEqual([]);
  });
});

describe('a role that goes over to another replica', () => {
  test('leaves nothing of what was seen from another vantage', async () => {
    let role = SECOND;
    const context = replica(SECOND);
    context.roleOf = () => role;
    await pass(replica(LEADER));
    await looked(context);
    expect(context.probes.secondProbe.evidence(KEY)).toBeDefined();
    role = PROBER;
    await pass(context);
    expect(context.probes.secondProbe.evidence(KEY)).toBeUndefined();
    expect(context.probes.probe.evidence(KEY)).toBeDefined();
    role = NOTHING;
    await pass(context);
    expect(context.probes.probe.evidence(KEY)).toBeUndefined();
  });

  test('takes the figures of its ports along', async () => {
    let role = PROBER;
    const context = replica(PROBER);
    context.roleOf = () => role;
    const figures = () => context.metrics.workloads.get(KEY);
    await looked(context);
    expect(figures()).toMatchObject({ probe: { undeclaredReachable: 0 }, policy: undefined });
    role = LEADER;
    await pass(context);
    expect(figures()).toMatchObject({ probe: undefined, policy: { mode: 'Enforce' } });
    role = NOTHING;
    await pass(context);
    expect(figures()).toBeUndefined();
  });
});

describe('the report itself', () => {
  test('is given its owner where somebody took that off', async () => {
    const leader = replica(LEADER);
    await pass(leader);
    await pass(leader);
    const report = kept.at(REPORT);
    if (!report) throw new Error('there is no report');
    const { ownerReferences: _, ...metadata } = report.metadata;
    kept.put(REPORT, { ...report, metadata });
    expect(await pass(leader)).toEqual(['PATCH report']);
    expect(kept.at(REPORT)?.metadata.ownerReferences).toEqual(report.metadata.ownerReferences);
    const [last] = scripted.server.requests.slice(-1);
    expect(JSON.parse(last?.body ?? '').status, 'what it says is other writers’').toBeUndefined();
    expect(last?.query.get('force')).toBe('true');
  });

  test('is written again where somebody edits what it says', async () => {
    const leader = replica(LEADER);
    await pass(leader);
    await pass(leader);
    const report = kept.at(REPORT);
    if (!report) throw new Error('there is no report');
    const status = { ...report.status, mode: 'Audit' };
    kept.put(REPORT, { ...report, status });
    expect(await pass(leader)).toEqual(['PATCH status policy']);
    expect(kept.at(REPORT)?.status).toMatchObject({ mode: 'Enforce' });
  });

  test('is not asked for while it is not served', async () => {
    const leader = replica(LEADER);
    leader.reports = { served: () => false, isNews: () => true };
    expect(await pass(leader)).toEqual(['POST policy', 'POST event PolicyApplied']);
  });

  test.each([
    ['while it is written is no failure', false],
    ['from a definition that is there is one', true],
  ])('a 404 of a definition that goes %s', async (_what, staysServed) => {
    const leader = replica(LEADER);
    let isServed = true;
    leader.reports = { served: () => isServed, isNews: () => true };
    scripted.server.expect(`PATCH ${REPORT}`, (response) => {
      isServed = staysServed;
      sendStatus(response, 404, { reason: 'NotFound', message: 'no such resource' });
    });
    const passing = pass(leader);
    if (staysServed) await expect(passing).rejects.toMatchObject({ status: 404 });
    else expect(await passing).toEqual(['POST policy', 'POST event PolicyApplied', 'PATCH report']);
  });
});
