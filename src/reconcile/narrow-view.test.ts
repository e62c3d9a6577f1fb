import { describe, expect, test } from 'vitest';
import { runningOperators, WEB_ON_THE_WIRE } from '../testing/running-operators.ts';
import { type Answer, sendJson, sendStatus } from '../testing/scripted-api-server.ts';
import { POLICY, REPORT, SHOP, WEB } from '../testing/shop-paths.ts';
import { until } from '../testing/until.ts';

const scene = runningOperators();

const OTHER = '/apis/apps/v1/namespaces/other/deployments/web';
const ROUTES = 'gateway.networking.k8s.io';
/** What a group has, of those that a cluster here may serve. */
const KINDS: Readonly<Record<string, string>> = {
  [`/apis/${ROUTES}/v1`]: 'httproutes',
  '/apis/route.openshift.io/v1': 'routes',
  '/apis/monitoring.coreos.com/v1': 'scrapeconfigs',
};

/** What Roles in two namespaces allow: everything there, and nothing of the whole cluster but what anybody may discover. */
function onlyRoles(...groups: string[]): void {
  const discover: Answer = (response, { path }) => {
    if (path === '/apis') {
      const versions = [{ version: 'v1' }];
      return sendJson(response, { groups: groups.map((name) => ({ name, versions })) });
    }
    return sendJson(response, { resources: [{ name: KINDS[path] }] });
  };
  scene.server.otherwise((response, request) => {
    const { path } = request;
    if (path === '/apis' || path in KINDS) return discover(response, request);
    if (/\/namespaces\/(shop|portlock-system)(\/|$)/.test(path))
      return scene.kept.answer(response, request);
    return sendStatus(response, 403, { reason: 'Forbidden', message: `not ${path}` });
  });
}

const start = () => scene.start('portlock-0', { watchNamespaces: ['shop'] });
const condition = (type: string) =>
  (
    scene.kept.at(REPORT)?.status?.conditions as { type: string; status: string }[] | undefined
  )?.find((each) => each.type === type);

describe('an operator that watches some namespaces alone', () => {
  test('needs rights there alone, keeps the policies, and says what it does not see', async () => {
    onlyRoles();
    scene.kept.put(OTHER, { metadata: { ...WEB_ON_THE_WIRE.metadata, namespace: 'other' } });
    const { operator } = start();
    await until('the policy is there', () => scene.kept.at(POLICY), 30_000);
    await until('it is told', () => condition('PreflightPassed'));
    expect(operator.outages).toEqual([]);
    expect(condition('PreflightPassed')).toMatchObject({
      status: 'Unknown',
      reason: 'NotAllSeen',
      message: expect.stringContaining('Only the namespaces portlock-system, shop can be seen'),
    });
    const paths = scene.server.requests.map(({ path }) => path);
    expect(
      paths.filter((path) => !/^\/apis$|\/namespaces\/(shop|portlock-system)/.test(path)),
    ).toEqual([]);
  });

  test('follows the label of a Namespace, and what goes from one namespace', async () => {
    onlyRoles();
    scene.kept.put(WEB, {
      ...WEB_ON_THE_WIRE,
      metadata: { ...WEB_ON_THE_WIRE.metadata, labels: {} },
    });
    scene.kept.put(SHOP, {
      metadata: { name: 'shop', labels: { 'portlock.dev/mode': 'enforce' } },
    });
    start();
    await until('the policy is there', () => scene.kept.at(POLICY), 30_000);
    scene.kept.remove(WEB);
    await until('the policy went', () => scene.kept.at(POLICY) === undefined, 30_000);
  });

  test('follows kinds that the cluster serves, in its namespaces', async () => {
    onlyRoles(ROUTES, 'route.openshift.io', 'batch');
    const { operator } = start();
    await until('it is ready', () => operator.isReady, 30_000);
    const routes = scene.server.requests
      .map(({ path }) => path)
      .filter((path) => path.endsWith('routes'));
    expect([...new Set(routes)].sort()).toEqual([
      `/apis/${ROUTES}/v1/namespaces/portlock-system/httproutes`,
      `/apis/${ROUTES}/v1/namespaces/shop/httproutes`,
      '/apis/route.openshift.io/v1/namespaces/portlock-system/routes',
      '/apis/route.openshift.io/v1/namespaces/shop/routes',
    ]);
  });

  test('names the kinds that the cluster serves and that nobody reads', async () => {
    onlyRoles('monitoring.coreos.com');
    start();
    await until('it is told', () => condition('PreflightPassed'), 30_000);
    expect(condition('PreflightPassed')).toMatchObject({
      message: expect.stringContaining('not read: ScrapeConfig (monitoring.coreos.com)'),
    });
  });

  test('is not ready, and says so, while it may not read one of them', async () => {
    onlyRoles();
    const forbidden: Answer = (response) =>
      sendStatus(response, 403, { reason: 'Forbidden', message: 'no' });
    scene.server.allow(`GET ${SHOP}`, forbidden);
    const { operator } = start();
    await until('it is told', () => operator.outages.length > 0, 30_000);
    expect(operator.isReady).toBe(false);
    expect(operator.outages).toEqual([
      'Not allowed to use namespaces; grant it with: kubectl apply -k config/overlays/namespaced',
    ]);
  });
});
