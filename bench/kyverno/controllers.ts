import path from 'node:path';
import { startComponent } from '../../e2e/cluster/component.ts';
import { directories } from '../../e2e/cluster/directories.ts';
import type { Arena } from '../scale/arena.ts';

/** Without a service account of its namespace, no pod is admitted. */
const CONTROLLERS = [
  'deployment-controller',
  'replicaset-controller',
  'garbage-collector-controller',
  'serviceaccount-controller',
];

/** Starts the controllers that Deployments need; they end with the cluster. */
export async function startControllers({ kube, kubeconfig }: Arena): Promise<void> {
  await startComponent({
    name: 'kube-controller-manager',
    command: [
      kube,
      'kube-controller-manager',
      '--kubeconfig',
      kubeconfig,
      '--leader-elect=false',
      '--secure-port=0',
      `--controllers=${CONTROLLERS}`,
    ],
    log: path.join(directories().state, 'log', 'kube-controller-manager.log'),
  });
}
