import { beforeEach, describe, expect, test, vi } from 'vitest';
import { pod, template, workload } from '../testing/builders.ts';
import { fillStore } from '../testing/fill-store.ts';
import { KeptObjects } from '../testing/kept-objects.ts';
import { replicaPod, runningControllers } from '../testing/running-controller.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import { ScriptedProber } from '../testing/scripted-prober.ts';
import { shopCaches } from '../testing/shop-caches.ts';
import { until } from '../testing/until.ts';
import type { Caches } from './caches.ts';

const scripted = scriptedClient();
const start = runningControllers();

let kept: KeptObjects;
beforeEach(() => {
  kept = new KeptObjects();
  scripted.server.otherwise(kept.answer);
});

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const REPLICAS = ['portlock-0', 'portlock-1'];

/** Eight StatefulSets with a pod each, at 127.8.0.1 and so on; and the operator's own replicas. */
function caches(): Caches {
  const result = shopCaches({ mode: 'off' });
  for (const [index, name] of NAMES.entries()) {
    const labels = { app: name };
    const uid = `uid-${name}`;
    fillStore(result.workloads.StatefulSet, [
      workload({
        kind: 'StatefulSet',
        name,
        uid,
        mode: 'audit',
        selector: { matchLabels: labels },
        template: template({ labels }),
      }),
    ]);
    const ips = [`127.8.0.${index + 1}`];
    const owner = { ownerUid: uid, ownerKind: 'StatefulSet', ownerName: name };
    fillStore(result.pods, [pod({ name: `${name}-0`, uid: `${uid}-0`, labels, ips, ...owner })]);
  }
  fillStore(result.pods, [replicaPod('portlock-1', 'node-2', '10.0.9.8')]);
  return result;
}

function replica(member: string, members: () => readonly string[]) {
  const node = member === 'portlock-0' ? 'node-1' : 'node-2';
  const prober = new ScriptedProber(() => ({ open: [8080] }));
  const self = { namespace: 'portlock-system', pod: member, node, member };
  return start({
    client: scripted.client,
    caches: caches(),
    isLeading: () => member === 'portlock-0',
    members,
    self,
    prober,
  });
}

type Replica = ReturnType<typeof replica>;

/** The workloads that it has swept: only who is the first to look does that. */
function swept({ options: { prober } }: Replica): string[] {
  return workloadsAt(prober.jobs.filter(({ ports }) => ports === 'all'));
}

/** The workloads that it has asked at all. */
function asked({ options: { prober } }: Replica): string[] {
  return workloadsAt(prober.jobs);
}

function workloadsAt(jobs: readonly { ip: string }[]): string[] {
  const own = jobs.filter(({ ip }) => ip.startsWith('127.8.0.'));
  return [...new Set(own.map(({ ip }) => NAMES[Number(ip.split('.')[3]) - 1] ?? ''))].sort();
}

/** Lets time pass until something is so. */
async function passing(what: string, condition: () => boolean): Promise<void> {
  const look = async () => {
    if (condition()) return true;
    await vi.advanceTimersByTimeAsync(500);
    return false;
  };
  await until(what, look, 30_000);
}

describe('two replicas on two nodes', () => {
  test('share out who sweeps, and both ask all', async () => {
    const [first, second] = REPLICAS.map((name) => replica(name, () => REPLICAS)) as [
      Replica,
      Replica,
    ];
    const all = () => [...swept(first), ...swept(second)].sort();
    await passing('all are swept', () => all().length >= NAMES.length);
    expect(all(), 'none by both').toEqual(NAMES);
    expect(swept(first).length).toBeGreaterThan(0);
    expect(swept(second).length).toBeGreaterThan(0);
    await passing('each pod is asked from both nodes', () =>
      [first, second].every((each) => asked(each).length === NAMES.length),
    );
    const managers = new Set(
      scripted.server.requests.map(({ query }) => query.get('fieldManager')),
    );
    expect(managers).toContain('portlock-probe-second');
  });

  test('where one goes, the other sweeps all', async () => {
    let members = REPLICAS;
    const first = replica('portlock-0', () => members);
    await passing('its share is swept', () => asked(first).length === NAMES.length);
    members = ['portlock-0'];
    await passing('all are swept', () => swept(first).length === NAMES.length);
    expect(first.options.prober.shares).toEqual([2, 1]);
    expect(
      first.lines.filter(({ line }) => line.includes('shared out')).map(({ replicas }) => replicas),
    ).toEqual([REPLICAS, ['portlock-0']]);
  });

  test('that nobody sees alive yet probe nothing, and share the rate with nobody', async () => {
    const first = replica('portlock-0', () => []);
    await passing('all are looked at', () => scripted.server.requests.length >= NAMES.length);
    expect(asked(first)).toEqual([]);
    expect(first.options.prober.shares).toEqual([1]);
  });
});

describe('the canary', () => {
  const canaries = ({ options: { prober } }: Replica) =>
    prober.jobs.filter(({ ports }) => ports.length === 2).map(({ ip, ports }) => ({ ip, ports }));
  const own = {
    apiVersion: 'networking.k8s.io/v1' as const,
    kind: 'NetworkPolicy' as const,
    metadata: { name: 'portlock', namespace: 'portlock-system' },
    spec: { podSelector: {}, ingress: [{ ports: [{ port: 8081 }] }] },
  };

  test('asks other ready replicas of the own namespace, and nobody else', async () => {
    const filled = caches();
    const identity = { key: 'portlock-system/portlock', uid: 'uid-own', resourceVersion: '1' };
    filled.policies.set(identity, own, 'watch');
    const labels = { app: 'other' };
    fillStore(filled.pods, [
      { ...replicaPod('portlock-2', 'node-3', '10.0.9.7'), ready: false },
      { ...replicaPod('debug', 'node-3', '10.0.9.6'), labels },
      { ...replicaPod('portlock-1', 'node-3', '10.0.9.5'), namespace: 'other', uid: 'uid-x' },
    ]);
    const first = start({ client: scripted.client, caches: filled, members: () => [] });
    await passing('all were asked', () => first.lines.some(({ state }) => state === 'Dropped'));
    expect(canaries(first)).toEqual([{ ip: '10.0.9.8', ports: [8082, 8081] }]);
  });

  test('has all workloads looked at again once it is known', async () => {
    const filled = caches();
    const first = start({ client: scripted.client, caches: filled, members: () => [] });
    await passing('all are looked at', () => scripted.server.requests.length >= NAMES.length);
    const before = await first.looks('success');
    const identity = { key: 'portlock-system/portlock', uid: 'uid-own', resourceVersion: '1' };
    filled.policies.set(identity, own, 'watch');
    await passing('it is known', () => first.lines.some(({ state }) => state === 'Dropped'));
    await until('all are looked at again', async () => {
      return (await first.looks('success')) >= before + NAMES.length;
    });
  });
});
