import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OBJECTS_ALONE } from '../testing/command-flags.ts';
import { saidBy } from '../testing/command-streams.ts';
import { ReadableCluster, type ReadableClusterOptions } from '../testing/readable-cluster.ts';
import { sendStatus } from '../testing/scripted-api-server.ts';
import { type AuditFlags, runAudit } from './audit.ts';
import { type ExplainFlags, runExplain } from './explain.ts';
import type { Wire } from './manifests/manifest.ts';

const never = new AbortController().signal;
let cluster: ReadableCluster;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'portlock-live-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await cluster?.close();
});

function deployment(name: string, namespace = 'shop'): Wire {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, uid: `uid-${namespace}-${name}` },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }] },
      },
    },
  } as Wire;
}

function policy(name: string, app: string, port: number): Wire {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: 'shop' },
    spec: {
      podSelector: { matchLabels: { app } },
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ port, protocol: 'TCP' }] }],
    },
  } as Wire;
}

const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 9090 }] },
} as Wire;

const NAMESPACE: Wire = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };

const SHOP = [
  deployment('web'),
  deployment('api'),
  deployment('other', 'elsewhere'),
  policy('wide', 'api', 9090),
  SERVICE,
];

const COMMON = {
  context: undefined,
  as: undefined,
  paths: [],
  namespace: 'shop',
  operatorNamespace: 'portlock-system',
  widening: 'explicit',
  quiet: true,
} as const;

async function start(options: Partial<ReadableClusterOptions> = {}): Promise<void> {
  cluster = await ReadableCluster.start({ objects: SHOP, ...options });
}

async function audit(given: Partial<AuditFlags> = {}) {
  const flags: AuditFlags = {
    ...COMMON,
    ...OBJECTS_ALONE,
    kubeconfig: cluster.kubeconfig,
    allNamespaces: false,
    output: 'json',
    color: false,
    ...given,
  };
  const said = await saidBy((streams) => runAudit(flags, streams, never));
  return { ...said, result: flags.output === 'json' ? JSON.parse(said.stdout) : undefined };
}

function explained(workload: string, given: Partial<ExplainFlags> = {}) {
  const flags: ExplainFlags = {
    ...COMMON,
    kubeconfig: cluster.kubeconfig,
    namespace: undefined,
    workload,
    port: undefined,
    from: undefined,
    with: [],
    output: 'table',
    ...given,
  };
  return saidBy((streams) => runExplain(flags, streams, never));
}

const idsOf = (result: { workloads: { name: string; findings: { id: string }[] }[] }) =>
  Object.fromEntries(
    result.workloads.map(({ name, findings }) => [name, findings.map(({ id }) => id)]),
  );

describe('audit of a cluster', () => {
  it('finds what it would find in its manifests, at no place', async () => {
    await start();
    const { result, stderr, exitCode } = await audit();
    const file = path.join(folder, 'all.json');
    const ofShop = SHOP.filter(({ metadata }) => JSON.stringify(metadata).includes('shop'));
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: ofShop }));
    const { result: ofFile } = await audit({ paths: [file], kubeconfig: undefined });
    const nowhere = (text: object) =>
      JSON.parse(JSON.stringify(text), (key, value) =>
        key === 'file' || key === 'line' ? null : value,
      );
    expect(result).toEqual(nowhere(ofFile));
    expect(idsOf(result)).toMatchObject({ web: expect.arrayContaining(['PL001', 'PL003']) });
    expect(stderr).toBe('');
    expect(exitCode).toBe(1);
  });

  it('is of one namespace, or of all', async () => {
    await start();
    expect(Object.keys(idsOf((await audit()).result)).sort()).toEqual(['api', 'web']);
    const lists = cluster.server.requests.map(({ path: each }) => each);
    expect(lists).toContain('/api/v1/namespaces/shop/pods');
    expect(lists).not.toContain('/api/v1/pods');
    // Only some routes may lead to another namespace.
    expect(lists).toContain('/apis/networking.istio.io/v1/virtualservices');
    expect(lists).toContain('/apis/projectcontour.io/v1/namespaces/shop/httpproxies');
    expect(lists).not.toContain('/apis/projectcontour.io/v1/httpproxies');
    const { result } = await audit({ allNamespaces: true });
    expect(Object.keys(idsOf(result)).sort()).toEqual(['api', 'other', 'web']);
  });

  it('of one namespace knows the routes of others that lead there', async () => {
    const destination = { host: 'web.shop.svc.cluster.local', port: { number: 80 } };
    const route = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'site', namespace: 'elsewhere' },
      spec: { hosts: ['example.test'], http: [{ route: [{ destination }] }] },
    } as Wire;
    await start({ objects: [deployment('web'), SERVICE, route] });
    expect((await audit()).stdout).toContain('VirtualService elsewhere/site through Service web');
  });

  it('names the kinds that are there and that nobody reads', async () => {
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'scrapeconfigs.monitoring.coreos.com' },
      spec: { versions: [{ name: 'v1alpha1', served: true }] },
    } as Wire;
    await start({ objects: [deployment('web'), definition] });
    const { stderr } = await audit({ quiet: false });
    expect(stderr).toContain('Not looked at, and there: ScrapeConfig (monitoring.coreos.com)\n');
  });

  it('of one namespace knows by which name of theirs others come', async () => {
    const externalName = 'web.shop.svc.cluster.local';
    const spec = { type: 'ExternalName', externalName, ports: [{ port: 7000 }] };
    const alias = { ...SERVICE, metadata: { name: 'shop', namespace: 'elsewhere' }, spec } as Wire;
    const headless = { ...SERVICE, spec: { clusterIP: 'None', selector: { app: 'web' } } } as Wire;
    await start({ objects: [deployment('web'), headless, alias] });
    expect((await audit()).stdout).toContain('7000/TCP is used by Service elsewhere/shop');
  });

  it('counts a cut again whose acceptance has ended, which manifests cannot know', async () => {
    const web = deployment('web');
    const accepting = { 'portlock.dev/accept-cuts': '9090/TCP until=2001-01-31' };
    const objects = [
      { ...web, metadata: { ...(web.metadata as object), annotations: accepting } },
      SERVICE,
    ];
    await start({ objects });
    expect(idsOf((await audit()).result).web).toContain('PL003');
    const file = path.join(folder, 'all.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    const { result } = await audit({ paths: [file], kubeconfig: undefined });
    expect(idsOf(result).web).not.toContain('PL003');
  });

  it('reads a kind in the version in which it is served', async () => {
    const metadata = { name: 'front', namespace: 'shop' };
    const route = (kind: string, port: number) =>
      ({
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind,
        metadata,
        spec: { rules: [{ backendRefs: [{ name: 'web', port }] }] },
      }) as Wire;
    const servedAs = { tlsroutes: 'v1' };
    await start({ objects: [deployment('web'), SERVICE, route('TLSRoute', 80)], servedAs });
    const { stdout } = await audit();
    expect(stdout).toContain('9090/TCP is used by Service shop/web port 80, TLSRoute shop/front');
  });

  it('tells people no place that there is not', async () => {
    await start();
    const { stdout } = await audit({ output: 'wide' });
    expect(stdout).toMatch(/^shop +Deployment\/web .* -$/m);
    expect(stdout).toMatch(/^PL001 NoPolicy: Deployment shop\/web: /m);
  });

  it('finds what an operator should have put right and has not', async () => {
    const web = deployment('web');
    const labels = { 'portlock.dev/mode': 'enforce' };
    const metadata = { ...(web.metadata as object), labels };
    await start({ objects: [{ ...web, metadata }] });
    expect(idsOf((await audit()).result)).toEqual({ web: expect.arrayContaining(['PL001']) });
  });

  it('says of an empty namespace that there is nothing', async () => {
    await start({ objects: [NAMESPACE] });
    const { stderr, exitCode } = await audit();
    expect(stderr).toMatch(/^There is no workload in what was read: no Deployment, [^\n]*\n$/);
    expect(exitCode).toBe(0);
  });

  it('says that a namespace is not there, and claims nothing', async () => {
    await start();
    await expect(audit({ namespace: 'shpo' })).rejects.toThrow('there is no namespace shpo');
    await expect(explained('shpo/web')).rejects.toThrow('there is no namespace shpo');
  });

  it('says so to whoever may only get it', async () => {
    await start({ forbidden: { everywhere: ['namespaces'] } });
    cluster.server.expect('GET /api/v1/namespaces/shpo', (response) =>
      sendStatus(response, 404, { reason: 'NotFound', message: 'no' }),
    );
    await expect(audit({ namespace: 'shpo' })).rejects.toThrow('there is no namespace shpo');
  });

  it('does not say so where that is not known', async () => {
    await start({ forbidden: { anywhere: ['namespaces'] } });
    const { stderr, exitCode } = await audit({ namespace: 'shpo' });
    expect(stderr).toMatch(/^not allowed to list namespaces in all namespaces: .*\nThere is no /);
    expect(exitCode).toBe(2);
  });

  it('a wrong object is told, and the others are looked at', async () => {
    const broken = { ...deployment('broken'), spec: { selector: 7 } };
    await start({ objects: [...SHOP, broken] });
    const { result, stderr, exitCode } = await audit();
    expect(stderr).toMatch(/^Deployment shop\/broken: spec\.\S+ is not as the API has it\n$/);
    expect(Object.keys(idsOf(result)).sort()).toEqual(['api', 'web']);
    expect(exitCode).toBe(2);
  });
});

describe('what may not be read', () => {
  it.each(['networkpolicies.networking.k8s.io', 'ciliumnetworkpolicies.cilium.io'])(
    'without %s, what is allowed is unknown',
    async (resource) => {
      await start({ forbidden: { anywhere: [resource] } });
      const { result, stderr, exitCode } = await audit();
      const { workloads, verdict } = result;
      expect(stderr).toBe(
        `not allowed to list ${resource} in the namespace shop: what is allowed is Unknown\n`,
      );
      for (const { allowed, enforce } of workloads) {
        expect(allowed).toEqual({ verdict: 'Unknown', ports: null });
        expect(enforce.applies).not.toBe(true);
      }
      expect(idsOf(result).web).not.toContain('PL001');
      expect({ verdict, exitCode }).toEqual({ verdict: 'Unknown', exitCode: 2 });
    },
  );

  it('a kind that is not served is not there, whoever may list it', async () => {
    const notServed = ['ciliumnetworkpolicies', 'httproutes'];
    await start({ notServed, forbidden: { anywhere: ['ciliumnetworkpolicies.cilium.io'] } });
    const { stderr, exitCode } = await audit();
    expect(stderr).toBe('');
    expect(exitCode).toBe(1);
  });

  it('without those who use ports, none is called unused, and nothing is promised', async () => {
    await start({ forbidden: { anywhere: ['services'] } });
    const { result, exitCode } = await audit();
    expect(idsOf(result).api).not.toContain('PL013');
    const [web] = result.workloads.filter(({ name }: { name: string }) => name === 'web');
    expect(web.enforce).toMatchObject({ applies: null, reason: 'Unknown' });
    expect(exitCode).toBe(2);
  });

  it('what is asked for everywhere is asked for in the namespace where that is all', async () => {
    await start({ forbidden: { everywhere: ['servicemonitors.monitoring.coreos.com'] } });
    const { stderr } = await audit();
    expect(stderr).toBe(
      'not allowed to list servicemonitors.monitoring.coreos.com in all namespaces: who uses a port is not fully known\n',
    );
    expect(cluster.server.requests.map(({ path: each }) => each)).toContain(
      '/apis/monitoring.coreos.com/v1/namespaces/shop/servicemonitors',
    );
  });

  it('a namespace may be read alone', async () => {
    await start({ objects: [...SHOP, NAMESPACE] });
    cluster.server.expect('GET /api/v1/namespaces', (response) => {
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ code: 403, reason: 'Forbidden', message: 'no' }));
    });
    expect((await audit()).stderr).toBe('');
  });
});

describe('bad use', () => {
  it.each<[string, Partial<AuditFlags>, RegExp]>([
    ['files and a cluster', { paths: ['x'] }, /^-f reads no cluster: drop --kubeconfig/],
    [
      'files and -A',
      { paths: ['x'], allNamespaces: true },
      /^-f reads no cluster: drop -A, --probe and --inside$/,
    ],
  ])('%s', async (_, given, message) => {
    await start();
    await expect(audit(given)).rejects.toThrow(message);
  });

  it('no cluster there', async () => {
    await start();
    await cluster.server.close();
    await expect(audit()).rejects.toThrow(/^no answer from the API server: /);
  });
});

describe('explain of a cluster', () => {
  it('tells by which rule of which policy', async () => {
    await start();
    const { stdout, exitCode } = await explained('shop/api');
    expect(stdout).toContain('8080/TCP of Deployment shop/api (declared) is closed to everybody');
    expect(stdout).toContain('NetworkPolicy wide isolates the pods');
    expect(exitCode).toBe(0);
  });

  it('finds a workload by its name alone in the namespace of -n, else of the context', async () => {
    const namespace = { ...NAMESPACE, metadata: { name: 'default' } };
    await start({ objects: [...SHOP, namespace] });
    const named = await explained('api', { namespace: 'shop' });
    expect(named.stdout).toContain('8080/TCP of Deployment shop/api (declared) is closed');
    await expect(explained('api')).rejects.toThrow('there is no workload default/api');
    const kubeconfig = path.join(folder, 'kubeconfig');
    const context = /( *)("?context"?): ?\{/;
    const text = readFileSync(cluster.kubeconfig, 'utf8');
    expect(text).toMatch(context);
    writeFileSync(kubeconfig, text.replace(context, '$&"namespace": "shop", '));
    expect((await explained('api', { kubeconfig })).stdout).toBe(named.stdout);
  });

  it('finds it by what kubectl calls it, and so who connects', async () => {
    await start();
    const given = { namespace: 'shop', from: 'deployments.apps/web' };
    const { stdout } = await explained('deploy/api', given);
    expect(stdout).toContain('8080/TCP of Deployment shop/api (declared) is closed to the pods of');
    expect(stdout).toContain('Deployment shop/web');
  });

  it('reads of who connects, too', async () => {
    await start();
    const { stdout } = await explained('shop/web', { from: 'elsewhere/other' });
    expect(stdout).toContain('is open to the pods of Deployment elsewhere/other');
  });

  it('tells what would be, with a policy that is not there yet, or another one of its name', async () => {
    await start();
    const file = path.join(folder, 'policy.json');
    writeFileSync(file, JSON.stringify(policy('wide', 'api', 8080)));
    const { stdout } = await explained('shop/api', { with: [file] });
    expect(stdout).toContain('is open to everybody');
    expect(stdout).toContain(`NetworkPolicy wide (${file}:1) isolates the pods`);
  });

  it('cannot tell without policies', async () => {
    await start({ forbidden: { anywhere: ['networkpolicies.networking.k8s.io'] } });
    const { stdout, exitCode } = await explained('shop/web');
    expect(stdout).toContain('cannot be told: you may not list networkpolicies.networking.k8s.io');
    expect(exitCode).toBe(2);
  });

  it('a workload that is not there is one line', async () => {
    await start();
    await expect(explained('shop/none')).rejects.toThrow('there is no workload shop/none');
  });
});
