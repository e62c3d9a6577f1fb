import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Kubectl } from '../harness/kubectl.ts';

export interface Account {
  readonly namespace: string;
  readonly name: string;
  /** Where its kubeconfig is written. */
  readonly folder: string;
}

/**
 * Makes a namespace with a service account that may do everything, as the tools are installed by
 * default, and returns the path of a kubeconfig with its rights and namespace.
 */
export async function accountKubeconfig(
  kubectl: Kubectl,
  { namespace, name, folder }: Account,
): Promise<string> {
  await kubectl.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await kubectl.apply({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace },
  });
  await kubectl.apply({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: `${namespace}-${name}` },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'cluster-admin',
    },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  });
  const create = ['create', 'token', name, '--namespace', namespace, '--duration=24h'];
  const token = (await kubectl.run(create)).trim();
  const view = ['config', 'view', '--raw', '--flatten', '--minify', '--output', 'json'];
  const config = JSON.parse(await kubectl.run(view));
  config.users[0].user = { token };
  config.contexts[0].context.namespace = namespace;
  const file = path.join(folder, `${name}.kubeconfig`);
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}
