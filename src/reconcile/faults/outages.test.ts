import { describe, expect, test } from 'vitest';
import { deployment } from '../../testing/deployments.ts';
import type { Fault, FaultRule } from '../../testing/fault-rules.ts';
import { looksOf } from '../../testing/metric-samples.ts';
import { type RunningOperator, runningOperators } from '../../testing/running-operators.ts';
import { POLICIES, POLICY, REPORT, WEB } from '../../testing/shop-paths.ts';
import { until } from '../../testing/until.ts';

const scene = runningOperators();

const WORKLOADS = Array.from({ length: 8 }, (_, index) => `app-${index}`);
const deploymentPath = (name: string) => `/apis/apps/v1/namespaces/shop/deployments/${name}`;
const policyOf = (name: string) => scene.kept.at(`${POLICIES}/${name}-portlock`);
const putAll = (names: readonly string[], containerPort: number) => {
  for (const name of names)
    scene.kept.put(deploymentPath(name), deployment({ name, ports: [{ containerPort }] }));
};
/** Until each has a policy that opens the port, and no other. */
const allOpen = (names: readonly string[], port: number) =>
  until(`all policies open ${port}`, () =>
    names.every((name) => JSON.stringify(policyOf(name)).includes(`"port":${port},`)),
  );
const isReported = (path: string) =>
  scene.kept.at(path)?.status?.conditions?.some(({ type }) => type === 'PolicyInSync') ?? false;
const leads = (replica: RunningOperator) =>
  until('it leads', () => replica.lines.some(({ line }) => line === 'info: Started leading'));
/** How many lists there were but the first ones. */
async function relists({ metrics }: RunningOperator): Promise<number> {
  const { values } = await metrics.relists.get();
  return values.reduce((sum, { value }) => sum + value, 0);
}
const everything: Pick<FaultRule, 'phase'> = { phase: 'before' };

test('case 1: an API server that is away at the start is waited for: alive, not ready, told once', async () => {
  const proxy = await scene.intercept();
  const back = proxy.rule({ ...everything, fault: { do: 'reset' } });
  const replica = scene.start();
  await until('it is told', () => replica.operator.outages.length > 0);
  expect(replica.operator.isReady).toBe(false);
  expect(replica.operator.isAlive).toBe(true);
  back();
  await until('the policy is there', () => scene.kept.at(POLICY));
  expect(replica.operator.isReady).toBe(true);
  const told = replica.lines.filter(({ line }) => line.includes('API server'));
  expect(told.length).toBeLessThanOrEqual(2);
});

test('case 2: what changed while the API server was away is done when it is back, without a list', async () => {
  const proxy = await scene.intercept();
  const names = WORKLOADS.slice(0, 5);
  putAll(names, 8080);
  const replica = scene.start();
  await allOpen(names, 8080);
  const back = proxy.rule({ ...everything, fault: { do: 'reset' } });
  proxy.cut();
  for (const port of [8081, 8082, 8083]) putAll(names, port);
  await until('it is told', () => replica.operator.outages.length > 0);
  back();
  await allOpen(names, 8083);
  expect(await relists(replica)).toBe(0);
  expect(JSON.stringify(names.map(policyOf))).not.toMatch(/808[012],/);
});

test('case 10: with a quarter of all calls failing every workload has its policy and its report', async () => {
  const proxy = await scene.intercept();
  const replica = scene.start();
  await leads(replica);
  for (const [index, code] of [500, 502, 503, 504].entries()) {
    const fault: Fault = { do: 'status', code, reason: 'InternalError' };
    const verb = ['get', 'create', 'patch', 'update', 'delete'] as const;
    proxy.rule({ ...everything, verb, nth: (nth) => nth % 16 === index * 4, fault });
  }
  putAll(WORKLOADS, 8080);
  await allOpen(WORKLOADS, 8080);
  const reports = WORKLOADS.map((name) => REPORT.replace(/web$/, name));
  await until('all are reported', () => reports.every(isReported));
  const { values } = await replica.metrics.requests.get();
  const failed = values.filter(({ labels }) => String(labels.code).startsWith('5'));
  expect(failed.map(({ labels }) => labels.code)).toEqual(
    expect.arrayContaining(['500', '502', '503', '504']),
  );
  expect(await looksOf(replica.metrics, 'error')).toBeGreaterThan(0);
});

describe('case 11: a write that was done, and of which the answer is lost, is not done again', () => {
  test.each<[string, Partial<FaultRule>]>([
    ['the policy is made', { verb: 'create', resource: 'networkpolicies.networking.k8s.io' }],
    ['the policy is changed', { verb: 'patch', resource: 'networkpolicies.networking.k8s.io' }],
    ['the report is made', { verb: 'patch', resource: 'portexposurereports.portlock.dev', nth: 1 }],
    ['the report is told', { verb: 'patch', resource: 'portexposurereports.portlock.dev', nth: 2 }],
  ])('where %s', async (_, of) => {
    const proxy = await scene.intercept();
    const written = { policy: '', report: '' };
    const note = () => {
      written.policy ||= scene.kept.at(POLICY)?.metadata.resourceVersion ?? '';
      written.report ||= scene.kept.at(REPORT)?.metadata.uid ?? '';
    };
    proxy.rule({ phase: 'after', nth: 1, ...of, fault: { do: 'call', call: note } });
    proxy.rule({ phase: 'after', nth: 1, ...of, fault: { do: 'reset' } });
    const replica = scene.start();
    if (of.verb === 'patch' && of.resource?.startsWith('networkpolicies')) {
      await until('the policy is there', () => scene.kept.at(POLICY));
      scene.kept.put(WEB, deployment({ ports: [{ containerPort: 9090 }] }));
    }
    await until('the answer is lost', () => written.policy !== '');
    await until('it is reported', () => isReported(REPORT));
    await until('a look succeeded', async () => (await looksOf(replica.metrics, 'success')) > 0);
    expect(scene.kept.at(POLICY)?.metadata.resourceVersion).toBe(written.policy);
    if (written.report !== '') expect(scene.kept.at(REPORT)?.metadata.uid).toBe(written.report);
  });
});
