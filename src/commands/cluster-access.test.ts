import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClusterFlags, findCluster } from './cluster-access.ts';

let folder: string;
const file = () => path.join(folder, 'config');
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'portlock-access-'));
  const context = (name: string, namespace?: string) => ({
    name,
    context: { cluster: 'c', user: 'u', ...(namespace !== undefined && { namespace }) },
  });
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'u', user: {} }],
    contexts: [context('plain'), context('shop', 'shop'), context('blank', ' ')],
    'current-context': 'shop',
  };
  writeFileSync(file(), JSON.stringify(config));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function found(given: Partial<ClusterFlags> = {}) {
  const flags = { kubeconfig: file(), context: undefined, as: undefined, namespace: undefined };
  const { client, ...access } = findCluster({ ...flags, ...given });
  await client.close();
  return access;
}

describe('the namespace is', () => {
  test.each<[what: string, flags: Partial<ClusterFlags>, namespace: string, isNamed: boolean]>([
    ['that of the context', {}, 'shop', false],
    ['that of the context that is named', { context: 'plain' }, 'default', false],
    ['none that is blank', { context: 'blank' }, 'default', false],
    ['the one that is named', { namespace: 'pay' }, 'pay', true],
  ])('%s', async (_what, flags, namespace, isNamed) => {
    expect(await found(flags)).toEqual({ namespace, namespaceIsNamed: isNamed });
  });
});

test('a context that is not there is said', async () => {
  await expect(found({ context: 'none' })).rejects.toThrow(/none/);
});

test('a file that is not there is said', async () => {
  await expect(found({ kubeconfig: path.join(folder, 'missing') })).rejects.toThrow(/missing/);
});
