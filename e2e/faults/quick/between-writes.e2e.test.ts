import { expect, test } from 'vitest';
import type { NetworkPolicy } from '../../../src/api/kubernetes.ts';
import type { PortExposureReport } from '../../../src/api/port-exposure-report.ts';
import { isNotFound } from '../../../src/kube/errors.ts';
import { NETWORK_POLICIES, REPORTS } from '../../../src/kube/resources.ts';
import { until } from '../../../src/testing/until.ts';
import { faultScene } from '../fault-scene.ts';

const scene = faultScene();

const NAMESPACE = 'between-writes';
const AT = { namespace: NAMESPACE, name: 'web-portlock' };
const PATIENCE = 60_000;

/** Undefined where there is none. */
async function absent<T>(read: Promise<T>): Promise<T | undefined> {
  return read.catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
}
const policy = () => absent(scene.client.get<NetworkPolicy>(NETWORK_POLICIES, AT));
const report = () =>
  absent(scene.client.get<PortExposureReport>(REPORTS, { namespace: NAMESPACE, name: 'web' }));
const isReported = async () =>
  (await report())?.status?.conditions?.some(
    ({ type, status }) => type === 'Ready' && status === 'True',
  );

test('case 20: killed between the policy and its report: the report comes, and the policy is not written again', async () => {
  await scene.namespace(NAMESPACE);
  const operator = await scene.start();
  const of = { phase: 'before', resource: 'portexposurereports.portlock.dev' } as const;
  const rule = { ...of, namespace: NAMESPACE, verb: 'patch', nth: 1 } as const;
  scene.proxy.rule({ ...rule, fault: { do: 'call', call: () => operator.end('SIGKILL') } });
  scene.proxy.rule({ ...rule, fault: { do: 'reset' } });
  await scene.put({ namespace: NAMESPACE });
  await operator.ended;
  const before = await policy();
  expect(before).toBeDefined();
  expect(await report()).toBeUndefined();
  await scene.freeLeases();
  await scene.start();
  await until('it is reported', isReported, PATIENCE);
  expect((await policy())?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
});

test('case 11: an apply whose answer is lost leaves one policy, in one version', async () => {
  await scene.namespace(NAMESPACE);
  await scene.start();
  await scene.put({ namespace: NAMESPACE });
  await until('it is reported', isReported, PATIENCE);
  const history = await scene.follow(NAMESPACE);
  scene.proxy.rule({
    phase: 'after',
    verb: 'patch',
    resource: 'networkpolicies.networking.k8s.io',
    nth: 1,
    fault: { do: 'reset' },
  });
  await scene.put({ namespace: NAMESPACE, ports: [{ containerPort: 9090 }] });
  const { generation } = await until('it is written', async () => {
    const { metadata, spec } = (await policy()) ?? {};
    return spec?.ingress?.[0]?.ports?.[0]?.port === 9090 && metadata;
  });
  await until(
    'it is told',
    async () => (await report())?.status?.policy?.state === 'Applied',
    PATIENCE,
  );
  expect(history.written).toHaveLength(1);
  expect(generation).toBe(2);
});

test('case 36: what another manager owns of the policy is taken back, and what is theirs alone is let be', async () => {
  await scene.namespace(NAMESPACE);
  await scene.start();
  await scene.put({ namespace: NAMESPACE });
  await until('it is reported', isReported, PATIENCE);
  const wanted = (await policy())?.spec;
  const theirs: NetworkPolicy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { ...AT, labels: { team: 'shop' } },
    spec: { podSelector: { matchLabels: { app: 'web' } }, ingress: [{}], policyTypes: ['Ingress'] },
  };
  for (let flip = 0; flip < 6; flip++) {
    const options = { fieldManager: 'somebody', conflicts: 'force' } as const;
    const { metadata } = await scene.client.apply(NETWORK_POLICIES, theirs, options);
    await until('it is put back', async () => {
      const live = await policy();
      const isNewer = live?.metadata.resourceVersion !== metadata.resourceVersion;
      return isNewer && JSON.stringify(live?.spec) === JSON.stringify(wanted);
    });
  }
  expect((await policy())?.metadata.labels).toMatchObject({ team: 'shop' });
  const contested = async () =>
    (await report())?.status?.conditions?.some(({ reason }) => reason === 'Contested');
  await until('the fight is told', contested, PATIENCE);
});
