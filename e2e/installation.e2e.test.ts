import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { deployment, Namespace } from './harness/deployment.ts';
import { kubectlOf } from './harness/environment.ts';
import { eventually } from './harness/eventually.ts';
import {
  installOperator,
  leaderPod,
  OPERATOR_ACCOUNT,
  OPERATOR_NAMESPACE,
} from './harness/installation.ts';
import type { WireObject } from './harness/kubectl.ts';
import { status } from './harness/sample.ts';

const kubectl = kubectlOf(inject('environment'));
const CRD = 'customresourcedefinition/portexposurereports.portlock.dev';

/** What the installation is made of, and what happens where a part of it is missing. */
describe('the installation', () => {
  let namespace: Namespace;
  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, 'portlock-installation');
  });
  afterAll(async () => {
    await installOperator(kubectl);
    await namespace?.remove();
  });

  test('two replicas run on two nodes, in a namespace that takes only restricted pods', async () => {
    const { items } = await operatorPods();
    expect(items).toHaveLength(2);
    expect(new Set(items.map((pod: WireObject) => pod.spec.nodeName)).size).toBe(2);
    const { metadata } = await kubectl.get('namespace', OPERATOR_NAMESPACE);
    expect(metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
  });

  test.each([
    ['patch', 'deployment', 'shop'],
    ['update', 'deployment', 'shop'],
    ['delete', 'pod', 'shop'],
    ['patch', 'pod', 'shop'],
    ['create', 'pods/exec', 'shop'],
    ['get', 'secret', OPERATOR_NAMESPACE],
    ['patch', 'namespace', ''],
    ['update', 'portexposurereport', 'shop'],
    ['get', 'lease', 'shop'],
    ['delete', 'lease', OPERATOR_NAMESPACE],
    ['create', 'lease', 'shop'],
    ['create', 'customresourcedefinition', ''],
    ['create', 'clusterrolebinding', ''],
    ['patch', 'deployment/finalizers', 'shop'],
  ])('the operator may not %s %s', async (verb, resource, where) => {
    const scope = where === '' ? [] : ['--namespace', where];
    const answer = await kubectl
      .run(['auth', 'can-i', verb, resource, ...scope, '--as', OPERATOR_ACCOUNT])
      .catch((error) => String(error));
    expect(answer).not.toContain('yes');
  });

  test('a write to a workload with the rights of the operator is forbidden', async () => {
    await namespace.apply(deployment('untouched'));
    const change = ['label', 'deployment', 'untouched', 'touched=1', '--as', OPERATOR_ACCOUNT];
    await expect(namespace.run(...change)).rejects.toThrow('forbidden');
  });

  test('metrics are for those alone who may get them, whoever else has a token', async () => {
    await namespace.run('create', 'serviceaccount', 'scraper');
    const token = (await namespace.run('create', 'token', 'scraper')).trim();
    expect(await scrape()).toMatch(/^401 /);
    expect(await scrape('made-up')).toMatch(/^401 /);
    expect(await scrape(token)).toMatch(/^403 .*portlock-metrics-reader/);
    const account = `--serviceaccount=${namespace.name}:scraper`;
    const binding = ['clusterrolebinding', 'portlock-e2e-scraper'];
    await kubectl.run(['create', ...binding, '--clusterrole=portlock-metrics-reader', account]);
    try {
      const answer = await eventually(
        'metrics for the scraper',
        () => scrape(token),
        (text) => text.startsWith('200 '),
      );
      expect(answer).toContain('controller_runtime_reconcile_total');
    } finally {
      await kubectl.run(['delete', ...binding]);
    }
  });

  test('without the definition of reports policies are kept; with it reports come back', async () => {
    await namespace.apply(deployment('before', { mode: 'enforce' }));
    await namespace.report('before', (report) => status(report, 'PolicyInSync') === 'True');
    const definition = await kubectl.run(['get', CRD, '--output', 'yaml']);
    await kubectl.run(['delete', CRD]);
    await logged('The PortExposureReport definition is not installed');
    await namespace.apply(deployment('without', { mode: 'enforce' }));
    await namespace.policy('without');
    await kubectl.run(['replace', '--force', '--filename', '-'], withoutBookkeeping(definition));
    await namespace.report('without', (report) => status(report, 'PolicyInSync') === 'True');
    await namespace.report('before', (report) => status(report, 'PolicyInSync') === 'True');
  });

  test('without a right the operator says so once, and recovers when it is granted', async () => {
    const role = await kubectl.get('clusterrole', 'portlock-operator');
    const rules = role.rules.filter(
      (rule: { resources: string[]; verbs: string[] }) =>
        !rule.resources.includes('networkpolicies'),
    );
    const readOnly = {
      apiGroups: ['networking.k8s.io'],
      resources: ['networkpolicies'],
      verbs: ['list', 'watch'],
    };
    const patch = (each: object) =>
      kubectl.run([
        'patch',
        'clusterrole',
        'portlock-operator',
        '--type=merge',
        '--patch',
        JSON.stringify({ rules: each }),
      ]);
    await patch([...rules, readOnly]);
    await namespace.apply(deployment('denied', { mode: 'enforce' }));
    const report = await namespace.report(
      'denied',
      (each) => status(each, 'PolicyInSync') === 'False',
    );
    const inSync = report.status.conditions.find(
      (each: { type: string }) => each.type === 'PolicyInSync',
    );
    expect(inSync).toMatchObject({
      reason: 'Forbidden',
      message: expect.stringContaining('cannot create resource "networkpolicies"'),
    });
    await patch(role.rules);
    await namespace.report('denied', (each) => status(each, 'PolicyInSync') === 'True');
    const { items } = await operatorPods();
    const restarts = items.flatMap((pod: WireObject) =>
      pod.status.containerStatuses.map((each: { restartCount: number }) => each.restartCount),
    );
    expect(restarts).toEqual([0, 0]);
  });

  /** The status and the body with which the leader answers. */
  async function scrape(token?: string): Promise<string> {
    const leader = await leaderPod(kubectl);
    const script = `
      process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
      const [token] = process.argv.slice(1);
      const headers = token ? { authorization: 'Bearer ' + token } : {};
      const answer = await fetch('https://localhost:8443/metrics', { headers });
      console.log(answer.status, await answer.text());`;
    const node = ['/nodejs/bin/node', '--input-type=module', '--eval', script];
    const words = ['exec', leader, '--namespace', OPERATOR_NAMESPACE, '--', ...node];
    return await kubectl.run(token === undefined ? words : [...words, '--', token]);
  }

  async function logged(message: string): Promise<void> {
    const leader = await leaderPod(kubectl);
    const read = () => kubectl.run(['logs', leader, '--namespace', OPERATOR_NAMESPACE]);
    const log = await eventually(`the log line "${message}"`, read, (text) =>
      text.includes(message),
    );
    const lines = log.split('\n').filter((line) => line.includes(message));
    expect(lines).toHaveLength(1);
  }
});

function operatorPods(): Promise<WireObject> {
  return kubectl.get(
    'pods',
    '--namespace',
    OPERATOR_NAMESPACE,
    '--selector',
    'app.kubernetes.io/component=operator',
  );
}

/** A manifest that can be created again. */
function withoutBookkeeping(manifest: string): string {
  return manifest
    .replace(/\nstatus:[\s\S]*$/, '\n')
    .replace(/\n {2}(resourceVersion|uid|creationTimestamp|generation): .*/g, '');
}
