import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Namespace, deployment as workload } from '../harness/deployment.ts';
import { kubectlOf } from '../harness/environment.ts';
import { OPERATOR_DEPLOYMENT, OPERATOR_NAMESPACE } from '../harness/installation.ts';
import { CHART, helm } from './helm.ts';
import { removeOperator } from './no-operator.ts';

const environment = inject('environment');
const kubectl = kubectlOf(environment);
const CRD = ['customresourcedefinition', 'portexposurereports.portlock.dev'];
const IMAGE = 'image.repository=localhost/portlock-e2e/portlock,image.tag=test';
/** As a user does who has not made the namespace, and wants to know that it works. */
const INSTALL = ['install', 'portlock', CHART, '--create-namespace', '--set', IMAGE, '--wait'];
const release = (...args: string[]) =>
  helm([...args, '--namespace', OPERATOR_NAMESPACE], { KUBECONFIG: environment.kubeconfig });
const deployment = () =>
  kubectl.find('deployment', OPERATOR_DEPLOYMENT, '--namespace', OPERATOR_NAMESPACE);
const args = async () => (await deployment())?.spec.template.spec.containers[0].args;

describe('a release of the chart', () => {
  let namespace: Namespace;
  let installed: string[];

  beforeAll(async () => {
    await removeOperator(kubectl);
    namespace = await Namespace.create(kubectl, 'release');
  });
  afterAll(async () => {
    await namespace?.remove();
    await release('uninstall', 'portlock', '--ignore-not-found');
    await removeOperator(kubectl);
  });

  test('is installed with the definition of reports, becomes ready and enforces', async () => {
    await release(...INSTALL);
    expect((await deployment())?.status.readyReplicas).toBe(2);
    installed = await args();
    await namespace.apply(workload('web', { mode: 'enforce' }));
    await namespace.policy('web');
  });

  test('proves by `helm test` that the network enforces', async () => {
    const said = await release('test', 'portlock', '--logs');
    expect(said).toMatch(/Phase: +Succeeded/);
    expect(said).toContain('Dropped');
  });

  test('is upgraded, and mends a definition that is out of date', async () => {
    const old = [{ op: 'remove', path: '/spec/versions/0/additionalPrinterColumns' }];
    await kubectl.run(['patch', ...CRD, '--type=json', '--patch', JSON.stringify(old)]);
    const flags = ['--reuse-values', '--set=flags.settle=5s', '--force-conflicts', '--wait'];
    await release('upgrade', 'portlock', CHART, ...flags);
    expect(await args()).toContain('--settle=5s');
    const { spec } = await kubectl.get(...CRD);
    expect(spec.versions[0].additionalPrinterColumns.length).toBeGreaterThan(2);
  });

  test('is rolled back', async () => {
    await release('rollback', 'portlock', '1', '--force-conflicts', '--wait');
    expect(await args()).toEqual(installed);
  });

  test('goes with all of it but the definition, and can come back', async () => {
    const { metadata } = await namespace.policy('web');
    await release('uninstall', 'portlock', '--wait');
    expect(await deployment()).toBeUndefined();
    expect(await kubectl.find('clusterrole', 'portlock-operator')).toBeUndefined();
    expect(await kubectl.find(...CRD)).toBeDefined();
    await release(...INSTALL);
    // Who uninstalls and installs again is not left open in between.
    expect((await namespace.policy('web')).metadata.uid).toBe(metadata.uid);
  });
});
