import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { NetworkPolicy } from '../../src/api/kubernetes.ts';
import { NETWORK_POLICIES } from '../../src/kube/resources.ts';
import { until } from '../../src/testing/until.ts';
import { faultScene, listAll } from './fault-scene.ts';

const scene = faultScene();

const NAMESPACE = 'outages';
const PATIENCE = 120_000;
const EVERYTHING = { phase: 'before' } as const;
/** All back-offs have come to their longest by then. */
const LONG_OUTAGE = Number(process.env.FAULTS_OUTAGE_SECONDS ?? 90) * 1000;

/** What the policy of each Deployment allows, by name. */
async function allowed(): Promise<Map<string, unknown[]>> {
  const policies = (await listAll(scene.client, NETWORK_POLICIES, NAMESPACE)) as NetworkPolicy[];
  return new Map(
    policies.map(({ metadata, spec }) => [
      metadata.name,
      (spec.ingress ?? []).flatMap((rule) => rule.ports?.map(({ port }) => port) ?? 'all'),
    ]),
  );
}

async function putAll(count: number, containerPort: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `app-${index}`);
  for (let at = 0; at < count; at += 16)
    await Promise.all(
      names
        .slice(at, at + 16)
        .map((name) => scene.put({ name, namespace: NAMESPACE, ports: [{ containerPort }] })),
    );
}

const allOpen = (count: number, port: number) =>
  until(
    `${count} policies open ${port}`,
    async () => {
      const policies = await allowed();
      return (
        policies.size === count &&
        [...policies.values()].every((each) => String(each) === `${port}`)
      );
    },
    PATIENCE,
  );
const listsOf = (from: number) =>
  Map.groupBy(
    scene.proxy.calls.slice(from).filter(({ verb }) => verb === 'list'),
    ({ resource }) => resource,
  );

test('case 1: an API server that is away for 60 s at the start is waited for, and all is well 35 s after', async () => {
  await scene.namespace(NAMESPACE);
  await putAll(1, 8080);
  const back = scene.proxy.rule({ ...EVERYTHING, fault: { do: 'reset' } });
  const operator = await scene.start();
  await sleep(60_000);
  expect(operator.hasEnded).toBe(false);
  expect(await operator.readiness()).toBe(503);
  back();
  await operator.untilReady(35_000);
  await allOpen(1, 8080);
});

test('case 2: what changed during a long outage is seen to within 35 s, with one list of each kind at most', async () => {
  await scene.namespace(NAMESPACE);
  const operator = await scene.start();
  await putAll(500, 8080);
  await allOpen(500, 8080);
  const back = scene.proxy.rule({ ...EVERYTHING, fault: { do: 'reset' } });
  scene.proxy.cut();
  for (const port of [8081, 8082]) await putAll(500, port);
  await sleep(LONG_OUTAGE);
  expect(operator.hasEnded).toBe(false);
  const depth = await operator.metric('workqueue_depth');
  expect(depth).toBeLessThanOrEqual(500);
  const from = scene.proxy.calls.length;
  back();
  const isBegun = async () =>
    [...(await allowed()).values()].some((each) => String(each) === '8082');
  await until('the first is done', isBegun, 35_000);
  await allOpen(500, 8082);
  // One that looks where the server is, and one where a watch cannot be resumed.
  for (const [resource, lists] of listsOf(from))
    expect(lists.length, resource).toBeLessThanOrEqual(2);
});

test('case 3: a network that swallows all is noticed: the lease is lost in time, and all is well after it', async () => {
  await scene.namespace(NAMESPACE);
  const operator = await scene.start();
  await putAll(1, 8080);
  await allOpen(1, 8080);
  const hole = [
    scene.proxy.rule({ ...EVERYTHING, fault: { do: 'hang' } }),
    scene.proxy.rule({ phase: 'event', fault: { do: 'hang' } }),
  ];
  const isLeading = async () => (await operator.metric('leader_election_master_status')) === 1;
  await until('the lease is lost', async () => !(await isLeading()), 12_000);
  await putAll(1, 9090);
  // Watches that were open say nothing more: 90 s without a word are too many.
  await until('watches are given up', async () => (await operator.readiness()) === 503, PATIENCE);
  for (const fill of hole) fill();
  await allOpen(1, 9090);
  expect(operator.hasEnded).toBe(false);
});

test('case 4: watches that end every second for a minute cost no list and no write, and lose nothing', async () => {
  await scene.namespace(NAMESPACE);
  const operator = await scene.start();
  await putAll(1, 8080);
  await allOpen(1, 8080);
  await operator.untilReady();
  const from = scene.proxy.calls.length;
  for (let second = 0; second < 60; second++) {
    scene.proxy.endWatches();
    if (second % 10 === 5) await putAll(1, 8080 + second);
    await sleep(1_000);
  }
  await allOpen(1, 8135);
  expect([...listsOf(from).keys()]).toEqual([]);
  const writes = scene.proxy.calls
    .slice(from)
    .filter(({ verb, resource }) => verb === 'patch' && resource.startsWith('networkpolicies'));
  expect(writes).toHaveLength(6);
});
