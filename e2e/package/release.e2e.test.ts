import { beforeAll, describe, expect, inject, test } from 'vitest';
import { OPERATOR_DEPLOYMENT, OPERATOR_NAMESPACE } from '../harness/installation.ts';
import { Kubectl } from '../harness/kubectl.ts';
import { CHART, helm } from './helm.ts';

const kubeconfig = inject('kubeconfig');
const kubectl = new Kubectl(inject('kubectlCommand'), kubeconfig);
const CRD = ['customresourcedefinition', 'portexposurereports.portlock.dev'];
const release = (...args: string[]) =>
  helm([...args, '--namespace', OPERATOR_NAMESPACE], { KUBECONFIG: kubeconfig });
const deployment = () =>
  kubectl.find('deployment', OPERATOR_DEPLOYMENT, '--namespace', OPERATOR_NAMESPACE);
const args = async () => (await deployment())?.spec.template.spec.containers[0].args;

/** A release's life on an API server without nodes: nothing is waited for. */
describe('a release of the chart', () => {
  beforeAll(async () => {
    await kubectl.run(['delete', ...CRD, '--ignore-not-found']);
  });

  test('is installed with the definition of reports', async () => {
    await release('install', 'portlock', CHART, '--create-namespace');
    expect((await deployment())?.spec.replicas).toBe(2);
    expect(await args()).toHaveLength(4);
    expect(await kubectl.find(...CRD)).toBeDefined();
  });

  test('is upgraded, and mends a definition that is out of date', async () => {
    const old = [{ op: 'remove', path: '/spec/versions/0/additionalPrinterColumns' }];
    await kubectl.run(['patch', ...CRD, '--type=json', '--patch', JSON.stringify(old)]);
    await release('upgrade', 'portlock', CHART, '--set=flags.settle=5s', '--force-conflicts');
    expect(await args()).toContain('--settle=5s');
    const { spec } = await kubectl.get(...CRD);
    expect(spec.versions[0].additionalPrinterColumns.length).toBeGreaterThan(2);
  });

  test('is rolled back', async () => {
    await release('rollback', 'portlock', '1', '--force-conflicts');
    expect(await args()).toHaveLength(4);
  });

  test('goes with all of it but the definition, and can come back', async () => {
    await release('uninstall', 'portlock');
    expect(await deployment()).toBeUndefined();
    expect(await kubectl.find('clusterrole', 'portlock-operator')).toBeUndefined();
    expect(await kubectl.find(...CRD)).toBeDefined();
    await release('install', 'portlock', CHART);
    expect(await deployment()).toBeDefined();
    await release('uninstall', 'portlock');
  });
});
