import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NetworkPolicy } from '../../src/api/kubernetes.ts';
import type { ListPage } from '../../src/kube/client.ts';
import { ApiError, isNotFound } from '../../src/kube/errors.ts';
import { DEPLOYMENTS, NETWORK_POLICIES } from '../../src/kube/resources.ts';
import {
  CONFIG_MAPS,
  configMap,
  createTestNamespace,
  type TestNamespace,
} from './test-namespace.ts';

let test: TestNamespace;

beforeAll(async () => {
  test = await createTestNamespace();
});

afterAll(async () => {
  await test.remove();
});

async function pagesOf(limit: number, labelSelector: string): Promise<ListPage[]> {
  const { client, namespace } = test;
  const pages: ListPage[] = [];
  for await (const page of client.list(CONFIG_MAPS, { namespace, labelSelector, limit })) {
    pages.push(page);
  }
  return pages;
}

it('lists in pages that all show the same state', async () => {
  const { client, namespace } = test;
  for (let index = 0; index < 7; index += 1) {
    await client.create(CONFIG_MAPS, configMap(namespace, `page-${index}`, { set: 'pages' }));
  }
  const pages: ListPage[] = [];
  const selection = { namespace, labelSelector: 'set=pages', limit: 3 };
  for await (const page of client.list(CONFIG_MAPS, selection)) {
    pages.push(page);
    // What is added meanwhile belongs to a later state.
    await client.create(CONFIG_MAPS, configMap(namespace, `z-${pages.length}`, { set: 'pages' }));
  }
  expect(pages.map(({ items }) => items.length)).toEqual([3, 3, 1]);
  expect(new Set(pages.map(({ resourceVersion }) => resourceVersion)).size).toBe(1);
  expect(pages[0]?.items[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
  expect((await pagesOf(0, 'set=pages'))[0]?.items).toHaveLength(10);
});

it('applies a NetworkPolicy with its `from`, as the server has it then', async () => {
  const { client, namespace } = test;
  const policy: NetworkPolicy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'same-namespace', namespace },
    spec: {
      podSelector: { matchLabels: { app: 'a' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 8080, protocol: 'TCP' }] }],
    },
  };
  const options = { fieldManager: 'portlock', conflicts: 'force' } as const;
  const answer = await client.apply(NETWORK_POLICIES, policy, options);
  expect(answer.spec).toEqual(policy.spec);
  const location = { namespace, name: 'same-namespace' };
  const live = await client.get<NetworkPolicy>(NETWORK_POLICIES, location);
  expect(live.spec).toEqual(policy.spec);
  const again = await client.apply(NETWORK_POLICIES, policy, options);
  expect(again.metadata.resourceVersion).toBe(live.metadata.resourceVersion);
});

it('takes a field from another manager only with force', async () => {
  const { client, namespace } = test;
  const object = configMap(namespace, 'owned');
  await client.apply(CONFIG_MAPS, { ...object, data: { a: '1' } }, { fieldManager: 'one' });
  const change = { ...object, data: { a: '2' } };
  const refused = client.apply(CONFIG_MAPS, change, { fieldManager: 'two' });
  await expect(refused).rejects.toMatchObject({ status: 409, reason: 'Conflict' });
  const forced = { fieldManager: 'two', conflicts: 'force' } as const;
  expect((await client.apply(CONFIG_MAPS, change, forced)).data).toEqual({ a: '2' });
});

it('replaces only what has not changed since it was read', async () => {
  const { client, namespace } = test;
  const first = await client.create(CONFIG_MAPS, configMap(namespace, 'replaced'));
  await client.replace(CONFIG_MAPS, { ...first, data: { a: '1' } });
  const late = client.replace(CONFIG_MAPS, { ...first, data: { a: '2' } });
  await expect(late).rejects.toMatchObject({ status: 409, reason: 'Conflict' });
});

it('deletes only the object that is meant', async () => {
  const { client, namespace } = test;
  const location = { namespace, name: 'deleted' };
  const { metadata } = await client.create(CONFIG_MAPS, configMap(namespace, 'deleted'));
  const { uid = '', resourceVersion = '' } = metadata;
  for (const preconditions of [{ uid: 'another' }, { uid, resourceVersion: '1' }]) {
    const refused = client.delete(CONFIG_MAPS, location, { preconditions });
    await expect(refused).rejects.toMatchObject({ status: 409, reason: 'Conflict' });
  }
  await client.delete(CONFIG_MAPS, location, { preconditions: { uid, resourceVersion } });
  const gone = await client.get(CONFIG_MAPS, location).catch((error: unknown) => error);
  expect(isNotFound(gone)).toBe(true);
});

it('tells what the server says: an invalid object, one that exists, a resource that is not served', async () => {
  const { client, namespace } = test;
  const invalid = client.create(CONFIG_MAPS, configMap(namespace, 'Not_A_Name'));
  await expect(invalid).rejects.toMatchObject({ status: 422, reason: 'Invalid' });
  await client.create(CONFIG_MAPS, configMap(namespace, 'twice'));
  const twice = client.create(CONFIG_MAPS, configMap(namespace, 'twice'));
  await expect(twice).rejects.toMatchObject({ status: 409, reason: 'AlreadyExists' });
  const unknown = { ...DEPLOYMENTS, group: 'portlock.invalid' };
  const error = await client
    .get(unknown, { namespace, name: 'x' })
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: 404, reason: 'NotFound' });
});
