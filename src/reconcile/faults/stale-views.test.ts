import { expect, test } from 'vitest';
import { deployment } from '../../testing/deployments.ts';
import { looksOf } from '../../testing/metric-samples.ts';
import { type RunningOperator, runningOperators } from '../../testing/running-operators.ts';
import { POLICY, policyWrites, REPORT, WEB } from '../../testing/shop-paths.ts';
import { until } from '../../testing/until.ts';

const scene = runningOperators();

const DEPLOYMENTS = '/apis/apps/v1/deployments';
const NETWORK_POLICIES = '/apis/networking.k8s.io/v1/networkpolicies';

const written = () => policyWrites(scene.server.requests);
const policyIsThere = () => until('the policy is there', () => scene.kept.at(POLICY));
const looks = ({ metrics }: RunningOperator) => looksOf(metrics, 'success');
/** Somebody touches the policy, or the workload’s pods change, and the workload is looked at again. */
async function lookedAtAgain(replica: RunningOperator, touch: () => void): Promise<void> {
  const before = await looks(replica);
  touch();
  await until('it is looked at', async () => (await looks(replica)) > before);
}
const label = (team: string) => {
  const live = scene.kept.at(POLICY);
  if (!live) throw new Error('there is no policy');
  const labels = { ...live.metadata.labels, team };
  scene.kept.put(POLICY, { ...live, metadata: { ...live.metadata, labels } });
};

const webOf = () => {
  const web = scene.kept.at(WEB);
  if (!web) throw new Error('there is no Deployment');
  return web;
};

test('case 28: a list from before there was the Deployment takes no policy away', async () => {
  const web = webOf();
  const first = scene.start();
  await policyIsThere();
  await first.stop();
  const proxy = await scene.intercept();
  scene.kept.remove(WEB);
  await proxy.freeze('deployments.apps', DEPLOYMENTS);
  scene.kept.put(WEB, web);
  const second = scene.start();
  await until('the Deployment is read live', () =>
    proxy.calls.some(({ verb, key }) => verb === 'get' && key === 'shop/web'),
  );
  await lookedAtAgain(second, () => label('other'));
  expect(written()).toEqual(['POST policy']);
  expect(scene.kept.at(REPORT)).toBeDefined();
});

test('case 28: a list from before it opted in, where it is there no more, is no reason to keep its policy', async () => {
  const first = scene.start();
  await policyIsThere();
  await first.stop();
  const proxy = await scene.intercept();
  scene.kept.put(WEB, deployment({ mode: undefined }));
  await proxy.freeze('deployments.apps', DEPLOYMENTS);
  scene.kept.remove(WEB);
  scene.start();
  await until('the policy is gone', () => scene.kept.at(POLICY) === undefined);
});

test('case 28: a start on a list from before there was the policy leaves that as it is', async () => {
  const proxy = await scene.intercept();
  await proxy.freeze('networkpolicies.networking.k8s.io', NETWORK_POLICIES);
  const first = scene.start();
  await policyIsThere();
  await first.stop();
  const before = scene.kept.at(POLICY);
  const second = scene.start();
  await until('it is made once more, in vain', () => written().length > 1);
  proxy.thaw('networkpolicies.networking.k8s.io');
  await until('it is seen', async () => (await looks(second)) > 0);
  expect(scene.kept.at(POLICY)).toEqual(before);
});

test('case 29: what portlock wrote itself counts at once, though no list or watch shows it', async () => {
  const proxy = await scene.intercept();
  await proxy.freeze('networkpolicies.networking.k8s.io', NETWORK_POLICIES);
  const replica = scene.start();
  await policyIsThere();
  for (const probe of ['off', 'on', 'off']) {
    const annotations = { 'portlock.dev/probe': probe };
    await lookedAtAgain(replica, () => scene.kept.put(WEB, deployment({ annotations })));
  }
  expect(written()).toEqual(['POST policy']);
});

test('case 30: while Deployments are shown as they were, the policy is as they were, and written once', async () => {
  const proxy = await scene.intercept();
  const replica = scene.start();
  await policyIsThere();
  await proxy.freeze('deployments.apps', DEPLOYMENTS);
  scene.kept.put(WEB, deployment({ ports: [{ containerPort: 9090 }] }));
  for (const team of ['a', 'b', 'c']) await lookedAtAgain(replica, () => label(team));
  expect(written()).toEqual(['POST policy']);
  proxy.thaw('deployments.apps');
  await until('it follows', () => JSON.stringify(scene.kept.at(POLICY)).includes('9090'));
  expect(written()).toEqual(['POST policy', 'PATCH policy']);
});
