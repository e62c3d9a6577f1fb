import path from 'node:path';
import { repository } from './environment.ts';
import type { Kubectl } from './kubectl.ts';

export const OPERATOR_NAMESPACE = 'portlock-system';
export const OPERATOR_DEPLOYMENT = 'portlock-controller-manager';
export const OPERATOR_ACCOUNT = `system:serviceaccount:${OPERATOR_NAMESPACE}:portlock-controller-manager`;

/** Installs the operator from config/ and waits until both replicas are ready. */
export async function installOperator(kubectl: Kubectl): Promise<void> {
  await kubectl.run(['apply', '--kustomize', path.join(repository, 'e2e/config/operator')]);
  await operatorReady(kubectl);
}

/** Waits until the operator's Deployment is rolled out. */
export async function operatorReady(kubectl: Kubectl): Promise<void> {
  const deployment = `deployment/${OPERATOR_DEPLOYMENT}`;
  await kubectl.run([
    '--namespace',
    OPERATOR_NAMESPACE,
    'rollout',
    'status',
    deployment,
    '--timeout',
    '180s',
  ]);
}

/** The name of the pod that holds the lease. */
export async function leaderPod(kubectl: Kubectl): Promise<string> {
  const lease = await kubectl.get('lease', 'portlock-leader', '--namespace', OPERATOR_NAMESPACE);
  return String(lease.spec.holderIdentity).split('_')[0] ?? '';
}
