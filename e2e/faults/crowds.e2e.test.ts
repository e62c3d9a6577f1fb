import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { NETWORK_POLICIES } from '../../src/kube/resources.ts';
import { seeded } from '../../src/testing/seeded.ts';
import { until } from '../../src/testing/until.ts';
import type { OperatorProcess } from '../harness/operator-process.ts';
import { faultScene, listAll } from './fault-scene.ts';

const scene = faultScene();

const PATIENCE = 300_000;
const CROWD = Number(process.env.FAULTS_CROWD ?? 2_000);
const SOAK = Number(process.env.FAULTS_SOAK_MINUTES ?? 1) * 60_000;

test('case 49: while thousands of one namespace wait, a change in another is served within a second', async () => {
  await scene.namespace('crowd');
  await scene.namespace('tenant');
  const put = (at: number, mode: string | undefined) =>
    scene.put({ name: `app-${at}`, namespace: 'crowd', mode });
  const putAll = async (mode: string | undefined) => {
    let next = 0;
    const one = async () => {
      while (next < CROWD) await put(next++, mode);
    };
    await Promise.all(Array.from({ length: 16 }, one));
  };
  // What is labelled while nobody looks is all found at once.
  await putAll('enforce');
  const operator = await scene.start();
  await operator.untilReady();
  const times: number[] = [];
  for (let at = 0; at < 9; at++) {
    const name = `app-${at}`;
    const { promise: served, resolve } = Promise.withResolvers<void>();
    const take = scene.proxy.rule({
      phase: 'after',
      verb: 'create',
      resource: 'networkpolicies.networking.k8s.io',
      namespace: 'tenant',
      fault: { do: 'call', call: resolve },
    });
    await scene.put({ name, namespace: 'tenant' });
    const changedAt = performance.now();
    await served;
    times.push(performance.now() - changedAt);
    take();
  }
  const isUnderWay = (await listAll(scene.client, NETWORK_POLICIES, 'crowd')).length < CROWD;
  const all = async () => (await listAll(scene.client, NETWORK_POLICIES, 'crowd')).length === CROWD;
  await until('all have their policy', all, PATIENCE);
  times.sort((a, b) => a - b);
  expect(isUnderWay, 'the crowd was still waiting').toBe(true);
  expect(times[4]).toBeLessThan(1_000);
});

/** Open files, and resident megabytes. */
function usage({ child }: OperatorProcess): { files: number; megabytes: number } {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
  return { files: readdirSync(`/proc/${child.pid}/fd`).length, megabytes: kilobytes / 1024 };
}

test('case 51: with watches that end, calls put off and kills at random no change is missed, and nothing grows', async () => {
  await scene.namespace('soak');
  const random = seeded(51);
  scene.proxy.rule({
    phase: 'before',
    verb: ['list', 'get', 'create', 'patch'],
    nth: () => random() < 0.05,
    fault: {
      do: 'status',
      code: 429,
      reason: 'TooManyRequests',
      headers: { 'retry-after': '1' },
    },
  });
  let operator = await scene.start();
  await operator.untilReady();
  const lives: { begin: ReturnType<typeof usage>; end: ReturnType<typeof usage> }[] = [];
  let begin: ReturnType<typeof usage> | undefined;
  const stopAt = performance.now() + SOAK;
  for (let change = 0; performance.now() < stopAt; change++) {
    const containerPort = 1024 + change;
    await scene.put({ namespace: 'soak', ports: [{ containerPort }] });
    const chance = random();
    if (chance < 0.5) scene.proxy.endWatches();
    if (chance > 0.95) {
      if (begin) lives.push({ begin, end: usage(operator) });
      begin = undefined;
      await operator.end('SIGKILL');
      await scene.freeLeases();
      operator = await scene.start();
    }
    const policies = () => listAll(scene.client, NETWORK_POLICIES, 'soak');
    const opened = new RegExp(`"port":${containerPort}\\b`);
    const isFollowed = async () => opened.test(JSON.stringify(await policies()));
    await until(`change ${change} is followed`, isFollowed, 60_000);
    // Before that not all connections are made.
    if (chance < 0.5) begin ??= usage(operator);
    await sleep(1_000);
  }
  if (begin) lives.push({ begin, end: usage(operator) });
  expect(lives.length).toBeGreaterThan(0);
  for (const life of lives) {
    expect(life.end.files).toBeLessThanOrEqual(life.begin.files + 10);
    expect(life.end.megabytes).toBeLessThan(life.begin.megabytes + 50);
  }
});
