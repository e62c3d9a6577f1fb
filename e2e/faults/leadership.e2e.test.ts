import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Lease } from '../../src/kube/lease.ts';
import { LEASES } from '../../src/kube/lease.ts';
import { NETWORK_POLICIES } from '../../src/kube/resources.ts';
import { until } from '../../src/testing/until.ts';
import type { OperatorProcess } from '../harness/operator-process.ts';
import { faultScene, listAll, SYSTEM } from './fault-scene.ts';

const scene = faultScene();

const NAMESPACE = 'leadership';
const PATIENCE = 60_000;
const policies = () => listAll(scene.client, NETWORK_POLICIES, NAMESPACE);
const holder = async () => {
  const at = { namespace: SYSTEM, name: 'portlock-leader' };
  return (await scene.client.get<Lease>(LEASES, at)).spec.holderIdentity;
};
const leads = async (operator: OperatorProcess) =>
  (await operator.metric('leader_election_master_status')) === 1;
const started = (operator: OperatorProcess) => until('it leads', () => leads(operator), PATIENCE);
const isLost = ({ lines }: OperatorProcess) =>
  lines.filter((line) => line.includes('Lost the lease')).length;

test('case 21: a stop with 200 workloads waiting ends with 0 within 30 s, and another replica leads at once', async () => {
  await scene.namespace(NAMESPACE);
  const leader = await scene.start({ pod: 'portlock-0' });
  await started(leader);
  const standby = await scene.start({ pod: 'portlock-1' });
  await standby.untilReady();
  // All of them wait behind writes that take their time.
  scene.proxy.rule({
    phase: 'before',
    namespace: NAMESPACE,
    verb: ['create', 'patch'],
    fault: { do: 'delay', milliseconds: 500 },
  });
  for (let at = 0; at < 200; at += 20)
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        scene.put({ name: `app-${at + index}`, namespace: NAMESPACE }),
      ),
    );
  await until('many wait', async () => (await leader.metric('workqueue_depth')) > 100);
  const stoppedAt = performance.now();
  expect(await leader.end('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(performance.now() - stoppedAt).toBeLessThan(30_000);
  await until('the other one leads', () => leads(standby), 3_000);
  await until('all is done', async () => (await policies()).length === 200, PATIENCE);
});

test('case 31: a leader that was stopped for 20 s writes nothing when it goes on, and another one leads', async () => {
  await scene.namespace(NAMESPACE);
  const first = await scene.start({ pod: 'portlock-0' });
  await started(first);
  const second = await scene.start({ pod: 'portlock-1' });
  await second.untilReady();
  first.child.kill('SIGSTOP');
  await scene.put({ namespace: NAMESPACE });
  await sleep(20_000);
  await started(second);
  await until('the policy is there', async () => (await policies()).length === 1, PATIENCE);
  const identity = await holder();
  first.child.kill('SIGCONT');
  await until('it knows', () => isLost(first) === 1, PATIENCE);
  await scene.put({ namespace: NAMESPACE, ports: [{ containerPort: 9090 }] });
  await until('it is followed', async () => JSON.stringify(await policies()).includes('9090'));
  expect(await holder()).toBe(identity);
  expect(await first.metric('portlock_policy_writes_total')).toBe(0);
  expect(first.hasEnded).toBe(false);
});

test('case 33: a lease that cannot be renewed for 12 s is lost once, and taken again by one', async () => {
  await scene.namespace(NAMESPACE);
  const operator = await scene.start();
  await started(operator);
  const lease = {
    phase: 'before',
    resource: 'leases.coordination.k8s.io',
    verb: 'update',
  } as const;
  const back = [500, 409].map((code, index) =>
    scene.proxy.rule({
      ...lease,
      nth: (nth) => nth % 2 === index,
      fault: { do: 'status', code, reason: code === 409 ? 'Conflict' : 'InternalError' },
    }),
  );
  await sleep(12_000);
  await until('it is lost', () => isLost(operator) > 0, PATIENCE);
  for (const take of back) take();
  await started(operator);
  await scene.put({ namespace: NAMESPACE });
  await until('the policy is there', async () => (await policies()).length === 1, PATIENCE);
  expect(isLost(operator)).toBe(1);
});
