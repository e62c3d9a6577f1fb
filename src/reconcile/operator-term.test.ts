import { describe, expect, test } from 'vitest';
import { looksOf, sumOf } from '../testing/metric-samples.ts';
import { type RunningOperator, runningOperators } from '../testing/running-operators.ts';
import { POLICY } from '../testing/shop-paths.ts';
import { until } from '../testing/until.ts';

const scene = runningOperators();

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/portlock-system/leases';
const LEADER = `${LEASES}/portlock-leader`;

const holder = (path: string) =>
  (scene.kept.at(path)?.spec as { holderIdentity?: string } | undefined)?.holderIdentity;
const gauge = ({ metrics }: RunningOperator) => sumOf(metrics, 'leader_election_master_status');

async function policyIsThere(): Promise<void> {
  await until('the policy is there', () => scene.kept.at(POLICY), 30_000);
}

test('case 35: of three replicas that start at once, two of them with one name, one leads', async () => {
  const replicas = ['portlock-0', 'portlock-1', 'portlock-1'].map((pod) => scene.start(pod));
  await until('all are ready', () => replicas.every(({ operator }) => operator.isReady));
  await policyIsThere();
  const asks = () =>
    scene.server.requests.filter(({ method, path }) => method === 'GET' && path === LEADER);
  await until('those who do not lead ask again', () => asks().length > replicas.length);
  const gauges = await Promise.all(replicas.map(gauge));
  expect(gauges.filter((each) => each === 1)).toHaveLength(1);
  expect(
    scene.server.requests.filter(
      ({ method, path }) => method === 'POST' && path.endsWith('/networkpolicies'),
    ),
  ).toHaveLength(1);
});

describe('two replicas', () => {
  test('case 35: have one leader; where it ends, the other one leads at once', async () => {
    const first = scene.start('portlock-0');
    await policyIsThere();
    const second = scene.start('portlock-1');
    await until('the second is ready', () => second.operator.isReady);
    await until('the second is seen', () => holder(`${LEASES}/portlock-replica-portlock-1`));
    expect([await gauge(first), await gauge(second)]).toEqual([1, 0]);
    await first.stop();
    await until('the second leads', async () => (await gauge(second)) === 1, 30_000);
    const live = scene.kept.at(POLICY);
    if (!live) throw new Error('there is no policy');
    const { spec } = live;
    scene.kept.put(POLICY, { ...live, spec: { podSelector: {}, ingress: [{}] } });
    await until(
      'the second puts it back',
      () => JSON.stringify(scene.kept.at(POLICY)?.spec) === JSON.stringify(spec),
    );
  });

  test('what happened while nobody led is put right by the next leader', async () => {
    const first = scene.start('portlock-0');
    await policyIsThere();
    const second = scene.start('portlock-1');
    await until('the second is ready', () => second.operator.isReady);
    await first.stop();
    scene.kept.remove(POLICY);
    await until('the second leads', async () => (await gauge(second)) === 1, 30_000);
    await policyIsThere();
  });

  test('a replica’s own lease goes with its pod', async () => {
    scene.kept.put('/api/v1/namespaces/portlock-system/pods/portlock-0', {
      metadata: { name: 'portlock-0', namespace: 'portlock-system', uid: 'uid-portlock-0' },
      spec: { nodeName: 'node-1', containers: [] } as object,
    });
    scene.start();
    const path = `${LEASES}/portlock-replica-portlock-0`;
    await until('it is there', () => scene.kept.at(path));
    expect(scene.kept.at(path)?.metadata.ownerReferences).toEqual([
      { apiVersion: 'v1', kind: 'Pod', name: 'portlock-0', uid: 'uid-portlock-0' },
    ]);
    await until('the leader’s is there', () => scene.kept.at(LEADER));
    expect(scene.kept.at(LEADER)?.metadata.ownerReferences).toBeUndefined();
  });

  test('a lease that somebody else takes ends the term: nothing is written after it', async () => {
    const replica = scene.start();
    await policyIsThere();
    const lease = scene.kept.at(LEADER);
    if (!lease) throw new Error('there is no lease');
    scene.kept.put(LEADER, { ...lease, spec: { ...lease.spec, holderIdentity: 'somebody else' } });
    await until('it is lost', async () => (await gauge(replica)) === 0, 30_000);
    expect(replica.lines.map(({ line }) => line)).toContain(
      'warn: Lost the lease; another replica may lead by now',
    );
    const looks = () => looksOf(replica.metrics, 'success');
    const [before, looked] = [scene.server.requests.length, await looks()];
    scene.kept.remove(POLICY);
    await until('it was looked at', async () => (await looks()) > looked);
    expect(
      scene.server.requests
        .slice(before)
        .filter(({ path, method }) => path.includes('networkpolicies') && method !== 'GET'),
    ).toEqual([]);
    expect(scene.kept.at(POLICY)).toBeUndefined();
  });
});
