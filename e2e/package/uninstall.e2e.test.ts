import { afterAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { run } from '../cluster/command.ts';
import { kubectlOf, repository } from '../harness/environment.ts';
import { OPERATOR_DEPLOYMENT, OPERATOR_NAMESPACE, operatorReady } from '../harness/installation.ts';
import { applyFolder, removeOperator } from './no-operator.ts';

const environment = inject('environment');
const kubectl = kubectlOf(environment);
const uninstall = (...flags: string[]) =>
  run([process.execPath, `${repository}/src/cli.ts`, 'uninstall', ...flags], {
    environment: { KUBECONFIG: environment.kubeconfig },
    signal: AbortSignal.timeout(120_000),
  });
const policy = (name: string, labels: object, controller?: object) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: {
    name,
    namespace: 'default',
    labels,
    ...(controller && { ownerReferences: [controller] }),
  },
  spec: { podSelector: {}, policyTypes: ['Ingress'] },
});
const find = (name: string) => kubectl.find('networkpolicy', name, '--namespace', 'default');

describe('portlock uninstall', () => {
  beforeEach(async () => {
    await applyFolder(kubectl, 'config/default');
    await operatorReady(kubectl);
    const ours = { 'app.kubernetes.io/managed-by': 'portlock' };
    const { metadata } = await kubectl.get('serviceaccount', 'default', '--namespace', 'default');
    const other = { apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', uid: metadata.uid };
    await kubectl.apply(policy('ours', ours));
    await kubectl.apply(policy('of-git', {}));
    await kubectl.apply(policy('of-another', ours, { ...other, controller: true }));
  });

  afterAll(async () => {
    await kubectl.run(['delete', 'networkpolicies', '--all', '--namespace', 'default']);
    await removeOperator(kubectl);
  });

  test('keeps the policies, and leaves nothing of the operator', async () => {
    expect(await uninstall('--keep-policies', '--yes')).toContain('default/ours kept');
    expect(await find('ours')).toBeDefined();
    expect(await kubectl.find('clusterrole', 'portlock-operator')).toBeUndefined();
    const operator = ['deployment', OPERATOR_DEPLOYMENT, '--namespace', OPERATOR_NAMESPACE];
    expect(await kubectl.find(...operator)).toBeUndefined();
    expect(await kubectl.find('crd', 'portexposurereports.portlock.dev')).toBeUndefined();
  });

  test('removes the policies that the operator made, and no other', async () => {
    await uninstall('--remove-policies', '--yes');
    expect(await find('ours')).toBeUndefined();
    expect(await find('of-git')).toBeDefined();
    expect(await find('of-another')).toBeDefined();
  });

  test('does nothing before it is told yes', async () => {
    expect(await uninstall('--remove-policies')).toContain('would be deleted');
    expect(await find('ours')).toBeDefined();
  });

  test('wants to know what becomes of the policies', async () => {
    await expect(uninstall('--yes')).rejects.toThrow('--keep-policies or --remove-policies');
  });
});
