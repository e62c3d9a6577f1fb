import { randomUUID } from 'node:crypto';
import type { KubeConfig } from '@kubernetes/client-node';
import { inject } from 'vitest';
import { KubeClient } from '../../src/kube/client.ts';
import { loadKubeConfig } from '../../src/kube/kubeconfig.ts';
import type { KubernetesObject, Resource } from '../../src/kube/resource.ts';
import { NAMESPACES } from '../../src/kube/resources.ts';

export const CONFIG_MAPS: Resource = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  namespaced: true,
};

export interface ConfigMap extends KubernetesObject {
  data?: Record<string, string>;
}

/** The configuration of the tests' cluster. */
export function testKubeConfig(): KubeConfig {
  return loadKubeConfig({ kubeconfig: inject('environment').kubeconfig });
}

/** A namespace of its own on the tests' cluster, and a client for it. */
export interface TestNamespace {
  client: KubeClient;
  namespace: string;
  /** Deletes the namespace, without waiting until it is gone, and closes the client. */
  remove: () => Promise<void>;
}

export async function createTestNamespace(): Promise<TestNamespace> {
  const client = new KubeClient({
    kubeConfig: loadKubeConfig({ kubeconfig: inject('environment').kubeconfig }),
  });
  const namespace = `portlock-kube-test-${randomUUID().slice(0, 8)}`;
  await client.create(NAMESPACES, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  const remove = async (): Promise<void> => {
    await client.delete(NAMESPACES, { name: namespace });
    await client.close();
  };
  return { client, namespace, remove };
}

export function configMap(
  namespace: string,
  name: string,
  labels: Record<string, string> = {},
): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels } };
}
