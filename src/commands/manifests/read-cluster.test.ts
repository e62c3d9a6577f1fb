import { afterEach, describe, expect, test } from 'vitest';
import { KubeClient } from '../../kube/client.ts';
import { policy } from '../../testing/builders.ts';
import { saidBy } from '../../testing/command-streams.ts';
import { deployment } from '../../testing/deployments.ts';
import { serviceTo } from '../../testing/read-texts.ts';
import { ReadableCluster, type ReadableClusterOptions } from '../../testing/readable-cluster.ts';
import { sendJson, sendStatus } from '../../testing/scripted-api-server.ts';
import type { ClusterAccess } from '../cluster-access.ts';
import { Words } from '../words.ts';
import type { ManifestCluster } from './cluster.ts';
import { type ClusterScope, readCluster, wholeScope } from './read-cluster.ts';
import { readLive } from './read-live.ts';

const never = new AbortController().signal;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const CONCERNS = ['workloads', 'policies', 'namespaces', 'pods', 'usage'] as const;
const ofShop: ClusterScope = { namespaces: ['shop'], concerns: CONCERNS };
const ofAll: ClusterScope = { namespaces: undefined, concerns: CONCERNS };
const elsewhere = { metadata: { name: 'web', namespace: 'bank' } };
const NAMESPACE = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop', labels: { team: 'a' } },
};
const SHOP = [
  deployment(),
  { ...deployment(), ...elsewhere },
  policy('deny'),
  serviceTo(80),
  { ...serviceTo(80), ...elsewhere },
  NAMESPACE,
] as unknown as ReadableClusterOptions['objects'];

async function start(options: Partial<ReadableClusterOptions> = {}) {
  const cluster = await ReadableCluster.start({ objects: SHOP, ...options });
  const client = new KubeClient({ kubeConfig: cluster.server.kubeConfig() });
  closers.push(
    () => client.close(),
    () => cluster.close(),
  );
  return { server: cluster.server, client };
}

async function read(options: Partial<ReadableClusterOptions> = {}, scope = ofShop) {
  const { server, client } = await start(options);
  const live = await readCluster(client, scope, () => {}, never);
  return { ...live, paths: server.requests.map(({ path }) => path) };
}

const names = (found: readonly { value: { namespace: string; name: string } }[]) =>
  found.map(({ value }) => `${value.namespace}/${value.name}`).sort();
const gaps = ({ gaps: all }: ManifestCluster) =>
  all.map(
    ({ resource, namespace, concern }) => `${resource} ${namespace ?? 'everywhere'} ${concern}`,
  );

describe('a scope', () => {
  test('is all namespaces, or that of the user', () => {
    expect(wholeScope({ allNamespaces: true }, { namespace: 'shop' })).toEqual(ofAll);
    expect(wholeScope({ allNamespaces: false }, { namespace: 'shop' })).toEqual(ofShop);
  });

  test.each<[string, ClusterScope, string[]]>([
    ['of a namespace', ofShop, ['shop/web']],
    ['of several', { ...ofShop, namespaces: ['shop', 'bank'] }, ['bank/web', 'shop/web']],
    ['of all', ofAll, ['bank/web', 'shop/web']],
    ['of policies alone', { ...ofShop, concerns: ['policies'] }, []],
  ])('%s has its workloads', async (_of, scope, expected) => {
    expect(names((await read({}, scope)).cluster.workloads)).toEqual(expected);
  });

  test('has no more asked than it concerns', async () => {
    const { paths, cluster } = await read({}, { namespaces: ['shop'], concerns: ['pods'] });
    expect(paths).toEqual(['/api/v1/namespaces/shop/pods']);
    expect(cluster.policies).toEqual([]);
  });

  test('of a namespace has from all what may lead there, and its own objects alone of the rest', async () => {
    const { paths, cluster } = await read();
    expect(paths).toContain('/api/v1/services');
    expect(paths).toContain('/apis/discovery.k8s.io/v1/endpointslices');
    expect(paths).toContain('/apis/monitoring.coreos.com/v1/podmonitors');
    expect(paths).toContain('/apis/networking.k8s.io/v1/namespaces/shop/ingresses');
    expect(paths).toContain('/apis/apps/v1/namespaces/shop/deployments');
    expect(paths).not.toContain('/api/v1/namespaces/shop/services');
    expect(cluster.usage.services).toHaveLength(2);
  });
});

test('what is there is of a cluster, in no file, and counted', async () => {
  const { cluster, objects, problems } = await read({}, ofAll);
  expect(cluster.source).toBe('cluster');
  expect(cluster.workloads[0]).toMatchObject({
    hasNamespace: true,
    manifest: { file: '', line: 0, wire: { apiVersion: 'apps/v1', kind: 'Deployment' } },
  });
  expect(cluster.namespaces.get('shop')).toMatchObject({ labels: { team: 'a' } });
  expect([objects, problems, cluster.gaps]).toEqual([6, [], []]);
});

test('each kind that is done is told', async () => {
  const { client } = await start();
  const told: string[] = [];
  await readCluster(
    client,
    { ...ofShop, concerns: ['pods', 'namespaces'] },
    (done, total) => told.push(`${done}/${total}`),
    never,
  );
  expect(told).toEqual(['1/2', '2/2']);
});

describe('what the user may not list', () => {
  test.each<[string, NonNullable<ReadableClusterOptions['forbidden']>, string[], number]>([
    [
      'is not known of its namespace',
      { anywhere: ['ingresses.networking.k8s.io'] },
      ['ingresses.networking.k8s.io shop usage'],
      2,
    ],
    [
      'is asked for where it is meant, if not everywhere',
      { everywhere: ['services'] },
      ['services everywhere usage'],
      1,
    ],
    [
      'is not known anywhere, if not there either',
      { anywhere: ['services'] },
      ['services everywhere usage'],
      0,
    ],
    [
      'of policies is one of these',
      { anywhere: ['networkpolicies.networking.k8s.io'] },
      ['networkpolicies.networking.k8s.io shop policies'],
      2,
    ],
  ])('%s', async (_what, forbidden, expected, services) => {
    const { cluster } = await read({ forbidden });
    expect(gaps(cluster)).toEqual(expected);
    expect(cluster.usage.services).toHaveLength(services);
  });

  test('is asked for in each namespace that is meant', async () => {
    const scope = { ...ofShop, namespaces: ['shop', 'bank'] };
    const { cluster } = await read({ forbidden: { anywhere: ['pods'] } }, scope);
    expect(gaps(cluster)).toEqual(['pods shop pods', 'pods bank pods']);
    const { cluster: all } = await read({ forbidden: { anywhere: ['pods'] } }, ofAll);
    expect(gaps(all)).toEqual(['pods everywhere pods']);
  });

  test('in a namespace is not asked for there again', async () => {
    const { paths } = await read({ forbidden: { anywhere: ['ingresses.networking.k8s.io'] } });
    expect(paths.filter((path) => path.endsWith('/ingresses'))).toHaveLength(1);
  });

  test('is no gap where nothing of the kind is served', async () => {
    const notServed = ['ciliumnetworkpolicies'];
    const forbidden = { anywhere: ['ciliumnetworkpolicies.cilium.io'] };
    expect(gaps((await read({ forbidden, notServed })).cluster)).toEqual([]);
    expect(gaps((await read({ forbidden })).cluster)).toEqual([
      'ciliumnetworkpolicies.cilium.io shop policies',
    ]);
  });
});

describe('of namespaces that may not be listed', () => {
  const forbidden = { everywhere: ['namespaces'] };
  test('those that are meant are read one by one', async () => {
    const { server, client } = await start();
    server.otherwise((response, { path }) => {
      if (path === '/api/v1/namespaces/shop') return sendJson(response, NAMESPACE);
      if (path === '/api/v1') return sendJson(response, { resources: [{ name: 'namespaces' }] });
      return sendStatus(response, 403, { reason: 'Forbidden', message: 'no' });
    });
    const scope = { namespaces: ['shop'], concerns: ['namespaces'] } as const;
    const { cluster, objects } = await readCluster(client, scope, () => {}, never);
    expect([...cluster.namespaces.keys()]).toEqual(['shop']);
    expect([objects, gaps(cluster)]).toEqual([1, []]);
  });

  test('nothing is known of one that may not be read either', async () => {
    const { cluster } = await read({ forbidden: { anywhere: ['namespaces'] } });
    expect(gaps(cluster)).toEqual(['namespaces everywhere namespaces']);
  });

  test('nothing is known where all are meant', async () => {
    expect(gaps((await read({ forbidden }, ofAll)).cluster)).toEqual([
      'namespaces everywhere namespaces',
    ]);
  });
});

describe('a kind that is not served', () => {
  test('is not there, whatever else is', async () => {
    const { cluster, paths } = await read(
      { notServed: ['ciliumnetworkpolicies'] },
      { ...ofShop, namespaces: ['shop', 'bank'] },
    );
    expect(gaps(cluster)).toEqual([]);
    expect(paths.filter((path) => path.includes('ciliumnetworkpolicies'))).toHaveLength(1);
  });

  test('is asked for in another version in which its group is', async () => {
    const route = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'TCPRoute',
      metadata: { name: 'r', namespace: 'shop' },
      spec: {},
    };
    const { cluster } = await read({ objects: [route], servedAs: { tcproutes: 'v1' } });
    expect(cluster.usage.routes.map(({ name }) => name)).toEqual(['r']);
  });
});

test('an object that is not as the API has it is told, and the others are there', async () => {
  const broken = { ...deployment({ name: 'broken' }), spec: { selector: 7 } };
  const { cluster, problems, objects } = await read({ objects: [...SHOP, broken] as typeof SHOP });
  expect(problems.map(({ file, message }) => `${file}${message}`)).toEqual([
    expect.stringMatching(/^Deployment shop\/broken: spec\S* is not as the API has it$/),
  ]);
  expect(names(cluster.workloads)).toEqual(['shop/web']);
  expect(objects).toBe(6);
});

test('an API server that cannot answer is no empty cluster', async () => {
  const { server, client } = await start();
  server.otherwise((response) =>
    sendStatus(response, 500, { reason: 'InternalError', message: 'no etcd' }),
  );
  await expect(readCluster(client, ofShop, () => {}, never)).rejects.toThrow('no etcd');
});

describe('what was read is told', () => {
  async function told(options: Partial<ReadableClusterOptions>, scope = ofShop, isQuiet = false) {
    const { client } = await start(options);
    const flags = {
      operatorNamespace: 'portlock-system',
      widening: 'explicit',
      quiet: true,
    } as const;
    const access = { client, namespace: 'shop' } as ClusterAccess;
    const said = await saidBy(async (streams) => {
      const { problems } = await readLive(
        access,
        scope,
        flags,
        new Words({ isQuiet }, streams),
        never,
      );
      return problems.length;
    });
    return said;
  }

  test.each<[string, ClusterScope, string]>([
    ['of a namespace', ofShop, 'Reading the namespace shop\nRead 5 objects\n'],
    [
      'of two',
      { ...ofShop, namespaces: ['shop', 'bank'] },
      'Reading the namespace shop and the namespace bank\nRead 6 objects\n',
    ],
    ['of all', ofAll, 'Reading the cluster\nRead 6 objects\n'],
  ])('%s', async (_of, scope, stderr) => {
    expect(await told({}, scope)).toMatchObject({ stderr, exitCode: 0 });
  });

  test.each([
    ['networkpolicies.networking.k8s.io', 'the namespace shop: what is allowed is Unknown'],
    ['deployments.apps', 'the namespace shop: those are left out'],
    ['namespaces', 'all namespaces: their labels are not known'],
    ['pods', 'the namespace shop: only templates are looked at'],
    ['services', 'all namespaces: who uses a port is not fully known'],
  ])('without %s, with what that means', async (resource, what) => {
    const said = await told({ forbidden: { anywhere: [resource] } }, ofShop, true);
    expect(said).toMatchObject({
      stderr: `not allowed to list ${resource} in ${what}\n`,
      exitCode: 1,
    });
  });
});
