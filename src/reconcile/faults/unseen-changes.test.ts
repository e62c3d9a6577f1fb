import { beforeEach, describe, expect, test } from 'vitest';
import { deployment } from '../../testing/deployments.ts';
import type { FaultRule } from '../../testing/fault-rules.ts';
import { runningOperators } from '../../testing/running-operators.ts';
import { POLICY, policyWrites, REPORT, WEB } from '../../testing/shop-paths.ts';
import { until } from '../../testing/until.ts';

const scene = runningOperators();

const written = () => policyWrites(scene.server.requests);
const ownerUid = (path: string) => scene.kept.at(path)?.metadata.ownerReferences?.[0]?.uid;
/** Of the watch of Deployments, the events of these turns. */
const events = (nth: NonNullable<FaultRule['nth']>) =>
  ({ phase: 'event', resource: 'deployments.apps', nth }) as const;
const policyIsThere = () => until('the policy is there', () => scene.kept.at(POLICY));

test('case 23: a label that goes and comes back while no event is told leaves the policy as it was', async () => {
  const proxy = await scene.intercept();
  scene.start();
  await policyIsThere();
  proxy.rule({ ...events((nth) => nth <= 2), fault: { do: 'drop' } });
  scene.kept.put(WEB, deployment({ mode: undefined }));
  scene.kept.put(WEB, deployment());
  scene.kept.put(WEB, deployment({ ports: [{ containerPort: 9090 }] }));
  await until('what is told after it is done', () =>
    JSON.stringify(scene.kept.at(POLICY)).includes('9090'),
  );
  expect(written()).toEqual(['POST policy', 'PATCH policy']);
});

test('case 23: a label that comes, goes and comes while no event is told has its policy once it is listed', async () => {
  const proxy = await scene.intercept();
  scene.kept.put(WEB, deployment({ mode: undefined }));
  const replica = scene.start();
  await until('it leads', () => replica.lines.some(({ line }) => line === 'info: Started leading'));
  proxy.rule({ ...events((nth) => nth <= 3), fault: { do: 'drop' } });
  // The server has forgotten where the watch was: the list alone can tell.
  proxy.rule({ ...events(4), fault: { do: 'inject', line: GONE } });
  for (const mode of ['enforce', undefined, 'enforce', 'enforce'])
    scene.kept.put(WEB, deployment({ mode }));
  await policyIsThere();
  expect(written()).toEqual(['POST policy']);
  const { values } = await replica.metrics.relists.get();
  const labels = { resource: 'deployments.apps', reason: 'expired' };
  expect(values).toContainEqual(expect.objectContaining({ labels, value: 1 }));
});

describe('case 25: a Deployment made anew, of which no deletion was told', () => {
  beforeEach(async () => {
    const proxy = await scene.intercept();
    scene.start();
    await policyIsThere();
    proxy.rule({ ...events(1), fault: { do: 'drop' } });
    scene.kept.remove(WEB);
    scene.kept.put(WEB, deployment({ uid: 'uid-new' }));
  });

  test('owns the policy of its name', async () => {
    await until('the owner is the new one', () => ownerUid(POLICY) === 'uid-new');
    await until('the report’s is, too', () => ownerUid(REPORT) === 'uid-new');
    expect(written()).not.toContain('DELETE policy');
  });

  test('has a policy made anew where that of before goes with its owner', async () => {
    scene.kept.remove(POLICY);
    await until('it is there for the new one', () => ownerUid(POLICY) === 'uid-new');
  });
});

const GONE = JSON.stringify({
  type: 'ERROR',
  object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' },
});
