import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { KubeClient } from '../../src/kube/client.ts';

import { Reflector, type ReflectorOptions } from '../../src/kube/reflector.ts';
import type { KubernetesObject, Resource } from '../../src/kube/resource.ts';
import { type Change, Store } from '../../src/kube/store.ts';
import { until } from '../../src/testing/until.ts';
import {
  CONFIG_MAPS,
  configMap,
  createTestNamespace,
  type TestNamespace,
  testKubeConfig,
} from './test-namespace.ts';

const ROLE_BINDINGS: Resource = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural: 'rolebindings',
  namespaced: true,
};
const DEFINITIONS: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  namespaced: false,
};

let test: TestNamespace;
let stop: AbortController;
let ended: Promise<void>[];
let told: string[];

beforeAll(async () => {
  test = await createTestNamespace();
});

afterAll(async () => {
  await test.remove();
});

beforeEach(() => {
  stop = new AbortController();
  ended = [];
  told = [];
});

afterEach(async () => {
  stop.abort();
  await Promise.all(ended);
  vi.restoreAllMocks();
});

function start(options: Partial<ReflectorOptions<KubernetesObject, never>> = {}) {
  const onDefect = (error: unknown) => told.push(String(error));
  const store = new Store<KubernetesObject>({ onDefect });
  const reflector = new Reflector({
    client: test.client,
    resource: CONFIG_MAPS,
    selection: { namespace: test.namespace, labelSelector: 'watched=yes' },
    store,
    project: (object) => ({ metadata: object.metadata }),
    onOutage: (error) => told.push((error as { reason: string }).reason),
    onRecovered: () => told.push('recovered'),
    onMalformed: (key, wrong) => told.push(`${key}: ${wrong}`),
    ...options,
  });
  ended.push(reflector.run(stop.signal));
  return { store, reflector };
}

async function label(name: string, labels: Record<string, string>): Promise<void> {
  const object = configMap(test.namespace, name, labels);
  await test.client.apply(CONFIG_MAPS, object, { fieldManager: 'test', conflicts: 'force' });
}

it('follows labels that come and go, and objects that are made anew', async () => {
  const { client, namespace } = test;
  await label('there', { watched: 'yes' });
  const { store, reflector } = start();
  const changes: string[] = [];
  store.addListener(({ type, key, source }: Change<unknown>) =>
    changes.push(`${type} ${key} ${source}`),
  );
  await until('it is in sync', () => reflector.hasSynced());
  const key = `${namespace}/there`;
  expect(store.get(key)?.metadata.name).toBe('there');
  await label('there', { watched: 'no' });
  await until('it has left', () => store.list().length === 0);
  await label('there', { watched: 'yes' });
  await until('it is back', () => store.list().length === 1);
  const { uid } = store.get(key)?.metadata ?? {};
  await client.delete(CONFIG_MAPS, { namespace, name: 'there' });
  await label('there', { watched: 'yes' });
  await until('it is another', () => store.get(key) && store.get(key)?.metadata.uid !== uid);
  expect(changes).toEqual([
    `added ${key} list`,
    `deleted ${key} watch`,
    `added ${key} watch`,
    `deleted ${key} watch`,
    `added ${key} watch`,
  ]);
  expect(told).toEqual([]);
});

it('loses no change and lists only once while the server ends watch after watch', async () => {
  const listed = vi.spyOn(test.client, 'forEach');
  const watched = vi.spyOn(test.client, 'watch');
  const { store, reflector } = start({
    selection: { namespace: test.namespace, labelSelector: 'watched=ends' },
    timing: { watch: [1_000, 1_000], healthy: 100 },
  });
  await until('it is in sync', () => reflector.hasSynced());
  let count = 0;
  while (watched.mock.calls.length < 4) {
    count += 1;
    await label(`ends-${count}`, { watched: 'ends' });
  }
  await until('every object is there', () => store.list().length === count);
  expect(listed).toHaveBeenCalledTimes(1);
  expect(told).toEqual([]);
});

it('waits for permission, says so once, and goes on without a restart', async () => {
  const { namespace } = test;
  const kubeConfig = testKubeConfig();
  const user = {
    ...kubeConfig.getCurrentUser(),
    impersonateUser: `system:serviceaccount:${namespace}:stranger`,
  };
  const stranger = testKubeConfig();
  stranger.loadFromOptions({
    clusters: kubeConfig.getClusters(),
    users: [user],
    contexts: kubeConfig.getContexts(),
    currentContext: kubeConfig.getCurrentContext(),
  });
  const client = new KubeClient({ kubeConfig: stranger });
  await label('secret', { watched: 'permission' });
  const { store } = start({
    client,
    selection: { namespace, labelSelector: 'watched=permission' },
    timing: { backoffMaximum: 1_600 },
  });
  await until('it is told', () => told.length > 0);
  expect(store.list()).toHaveLength(0);
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'stranger', namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [{ kind: 'ServiceAccount', name: 'stranger', namespace }],
  };
  await test.client.create(ROLE_BINDINGS, binding);
  await until('it has recovered', () => told.includes('recovered'), 120_000);
  expect(told).toEqual(['Forbidden', 'recovered']);
  expect(store.list()).toHaveLength(1);
  stop.abort();
  await Promise.all(ended);
  await client.close();
});

it('waits for a definition, finds it within seconds, and notices when it goes', async () => {
  const group = `portlock-kube-test-${randomUUID().slice(0, 8)}.example.com`;
  const resource: Resource = { group, version: 'v1', plural: 'things', namespaced: true };
  const name = `things.${group}`;
  const { namespace, client } = test;
  const { store, reflector } = start({ resource, selection: { namespace } });
  await until('it is told', () => told.includes('NotFound'));
  expect(reflector.state).toBe('notServed');
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'things', singular: 'thing', kind: 'Thing' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object' } },
        },
      ],
    },
  };
  await client.create(DEFINITIONS, definition);
  try {
    await until('it is found', () => told.includes('recovered'), 120_000);
    const thing = { apiVersion: `${group}/v1`, kind: 'Thing', metadata: { name: 't', namespace } };
    await client.create(resource, thing);
    await until('the object is there', () => store.list().length === 1);
  } finally {
    await client.delete(DEFINITIONS, { name });
  }
  await until(
    'it is gone',
    () => reflector.state === 'notServed' && store.list().length === 0,
    20_000,
  );
  // For a moment the server may say of a kind it has just begun to serve: storage is (re)initializing.
  const lasting = told.filter((reason) => reason !== 'TooManyRequests');
  expect(lasting).toEqual(['NotFound', 'recovered', 'NotFound']);
});
