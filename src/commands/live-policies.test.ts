import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { saidBy } from '../testing/command-streams.ts';
import { ReadableCluster, type ReadableClusterOptions } from '../testing/readable-cluster.ts';
import { type DiffFlags, runDiff } from './diff.ts';
import type { Wire } from './manifests/manifest.ts';
import { type MigrateFlags, runMigrate } from './migrate.ts';

const never = new AbortController().signal;
let cluster: ReadableCluster;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'portlock-there-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await cluster?.close();
});

const labels = { app: 'web' };
/** Else the label alone would not widen what other policies allow. */
const FROM_ANY = { 'portlock.dev/allow-from': 'any' };

function deployment(namespace: string): Wire {
  const container = { name: 'app', ports: [{ containerPort: 8080 }] };
  const template = { metadata: { labels }, spec: { containers: [container] } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace, uid: `uid-${namespace}`, annotations: FROM_ANY },
    spec: { selector: { matchLabels: labels }, template },
  } as Wire;
}

function policy(name: string, port: number): Wire {
  const ingress = [{ ports: [{ port, protocol: 'TCP' }] }];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: 'shop' },
    spec: { podSelector: { matchLabels: labels }, policyTypes: ['Ingress'], ingress },
  } as Wire;
}

const WIDE = policy('wide', 9090);

async function start(options: Partial<ReadableClusterOptions> = {}): Promise<void> {
  cluster = await ReadableCluster.start({
    objects: [deployment('shop'), deployment('elsewhere'), WIDE],
    ...options,
  });
}

/** A file with these, whose Deployment says no namespace where none is given. */
function manifests(...objects: readonly Wire[]): string {
  const file = path.join(folder, 'all.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  return file;
}

const COMMON = {
  context: undefined,
  as: undefined,
  paths: [],
  namespace: 'shop',
  operatorNamespace: 'portlock-system',
  widening: 'explicit',
  quiet: true,
  live: true,
  allNamespaces: false,
} as const;

function diffed(given: Partial<DiffFlags> = {}) {
  const { kubeconfig } = cluster;
  const flags: DiffFlags = { ...COMMON, kubeconfig, all: true, output: 'table', ...given };
  return saidBy((streams) => runDiff(flags, streams, never));
}

function migrated(given: Partial<MigrateFlags> = {}) {
  const { kubeconfig } = cluster;
  const flags: MigrateFlags = { ...COMMON, kubeconfig, output: 'json', ...given };
  return saidBy((streams) => runMigrate(flags, streams, never));
}

describe('diff --live', () => {
  test('holds what manifests make against the policies of the cluster, and not those beside them', async () => {
    await start({ objects: [policy('web-portlock', 9090)] });
    const paths = [manifests(deployment('shop'), policy('web-portlock', 8080))];
    const { stdout, exitCode } = await diffed({ paths });
    expect(stdout).toContain('web-portlock would change');
    expect(stdout).toContain('+ 8080/TCP: open to everybody\n  - 9090/TCP: closed to everybody');
    expect(exitCode).toBe(1);
    const beside = await diffed({ paths, live: false, kubeconfig: undefined });
    expect([beside.stdout, beside.exitCode]).toEqual(['', 0]);
  });

  test('changes nothing where the cluster has what is rendered', async () => {
    await start({ objects: [policy('web-portlock', 8080)] });
    const { stdout, exitCode } = await diffed({ paths: [manifests(deployment('shop'))] });
    expect([stdout, exitCode]).toEqual(['', 0]);
  });

  test('counts other policies of the cluster, and none of namespaces that are not meant', async () => {
    await start();
    const { stdout } = await diffed({ paths: [manifests(deployment('shop'))] });
    expect(stdout).toContain('8080/TCP');
    expect(stdout, 'the other policy goes on').not.toContain('9090/TCP');
    const asked = cluster.server.requests.map((request) => request.path);
    expect(asked).toContain('/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies');
    expect(asked).not.toContain('/apis/networking.k8s.io/v1/networkpolicies');
    expect(asked.some((each) => each.endsWith('/services'))).toBe(false);
  });

  test('without a path looks at the workloads of the namespace, or of all', async () => {
    await start();
    const shop = await diffed();
    expect(shop.stdout).toContain('shop/web');
    expect(shop.stdout).not.toContain('elsewhere/web');
    const all = await diffed({ namespace: undefined, allNamespaces: true });
    expect(all.stdout).toContain('elsewhere/web');
    expect(all.exitCode).toBe(1);
  });

  test('without the right to list policies nothing is sure', async () => {
    await start({ forbidden: { anywhere: ['networkpolicies.networking.k8s.io'] } });
    const { stderr, exitCode } = await diffed({ paths: [manifests(deployment('shop'))] });
    expect(stderr).toContain(
      'not allowed to list networkpolicies.networking.k8s.io in the namespace shop: what is allowed is Unknown',
    );
    expect(exitCode).toBe(2);
  });

  test('a kind that is not served is asked for once, in however many namespaces', async () => {
    await start({ notServed: ['ciliumnetworkpolicies'] });
    await diffed({ paths: [manifests(deployment('shop'), deployment('elsewhere'))] });
    const asked = cluster.server.requests.map((request) => request.path);
    expect(asked.filter((each) => each.endsWith('/ciliumnetworkpolicies'))).toHaveLength(1);
    expect(asked.filter((each) => each.endsWith('/networkpolicies')).length).toBeGreaterThan(1);
  });

  test('what cannot go together is one line', async () => {
    await start();
    const paths = [manifests(deployment('shop'))];
    await expect(diffed({ paths, live: false })).rejects.toThrow('only --live reads a cluster');
    await expect(diffed({ paths, allNamespaces: true })).rejects.toThrow('drop -A, or the paths');
    await expect(diffed({ build: true })).rejects.toThrow('a cluster is not built');
  });
});

describe('migrate --live', () => {
  test('compares the policies of the cluster with portlock’s', async () => {
    await start();
    const { stdout, exitCode } = await migrated();
    expect(stdout).toContain('"wide"');
    expect(exitCode, 'an annotation makes them the same').toBe(0);
  });

  test('takes the workloads of manifests, where there are any', async () => {
    const shop = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
    await start({ objects: [WIDE, shop] });
    const { stdout } = await migrated({ paths: [manifests(deployment('shop'))] });
    expect(stdout).toContain('"wide"');
    const none = await migrated();
    expect(none.stdout).not.toContain('"wide"');
  });
});
