import { afterEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../domain/probing/reading.ts';
import { OBJECTS_ALONE } from '../testing/command-flags.ts';
import { saidBy } from '../testing/command-streams.ts';
import type { KeptObject } from '../testing/kept-objects.ts';
import { PeerCluster } from '../testing/peer-cluster.ts';
import { type AuditFlags, runAudit } from './audit.ts';
import type { PeerRound } from './peer/round.ts';

const never = new AbortController().signal;
let cluster: PeerCluster;
afterEach(() => cluster.close());

const LABELS = { app: 'web' };

/** A Deployment that declares 8080, and its pod. */
function putWeb(annotations: Record<string, string> = {}): void {
  const spec = { containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }] };
  const { objects } = cluster;
  objects.put('/apis/apps/v1/namespaces/shop/deployments/web', {
    metadata: { name: 'web', namespace: 'shop', uid: 'd', annotations },
    spec: { selector: { matchLabels: LABELS }, template: { metadata: { labels: LABELS }, spec } },
  });
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'd' };
  const ready = { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' };
  objects.put('/api/v1/namespaces/shop/pods/web-1', {
    metadata: {
      name: 'web-1',
      namespace: 'shop',
      uid: 'p',
      labels: LABELS,
      ownerReferences: [{ ...owner, controller: true }],
    },
    spec,
    status: { phase: 'Running', podIPs: [{ ip: '10.1.0.1' }], conditions: [ready] },
  } as KeptObject);
}

function putPolicy(): void {
  cluster.objects.put('/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/only', {
    metadata: { name: 'only', namespace: 'shop' },
    spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ ports: [{ port: 8080 }] }] },
  });
}

/** A pod that tells once, and has ended. */
async function start(outcomes: Record<number, Outcome>, doubt = ''): Promise<void> {
  const known = new Map(Object.entries(outcomes).map(([port, each]) => [Number(port), each]));
  const address = { address: '10.1.0.1', outcomes: known, complete: true, doubt, note: '' };
  const rounds: PeerRound[] = [{ milliseconds: 1, addresses: [address] }];
  cluster = await PeerCluster.start({ round: () => rounds.shift() });
}

async function audit(given: Partial<AuditFlags> = {}) {
  const flags: AuditFlags = {
    ...OBJECTS_ALONE,
    kubeconfig: cluster.kubeconfig,
    context: undefined,
    as: undefined,
    paths: [],
    namespace: 'shop',
    operatorNamespace: 'portlock-system',
    widening: 'explicit',
    quiet: true,
    allNamespaces: false,
    output: 'json',
    color: false,
    probe: true,
    ...given,
  };
  const said = await saidBy((streams) => runAudit(flags, streams, never));
  const [web] = JSON.parse(said.stdout).workloads;
  return { ...said, web, ids: web.findings.map(({ id }: { id: string }) => id) };
}

/** What the pod that was made was told to do. */
function peerArgs(): string[] {
  const created = cluster.server.requests.find(
    ({ method, path }) => method === 'POST' && path.endsWith('/pods'),
  );
  return JSON.parse(created?.body ?? '{}').spec.containers[0].args;
}

describe('audit --probe', () => {
  it('finds undeclared ports that are reachable, by a pod of which nothing is left', async () => {
    await start({ 8080: 'open', 9090: 'open', 5000: 'refused' });
    putWeb();
    const { web, ids, exitCode } = await audit();
    expect(web.reachable).toEqual([
      { port: 8080, protocol: 'TCP' },
      { port: 9090, protocol: 'TCP' },
    ]);
    expect(ids[0]).toBe('PL019');
    expect(peerArgs()).toEqual(expect.arrayContaining(['peer', '--ask', '10.1.0.1=8080']));
    expect(cluster.writes.at(-1)).toBe('DELETE /api/v1/namespaces/portlock-audit');
    expect(exitCode).toBe(1);
  });

  it('finds connections that no policy allows', async () => {
    await start({ 8080: 'open', 9090: 'open' });
    putWeb();
    putPolicy();
    const { web, ids } = await audit();
    expect(web.reachable[1]).toEqual({ port: 9090, protocol: 'TCP' });
    expect(ids).toEqual(expect.arrayContaining(['PL019', 'PL020']));
  });

  it('asks for the ports that the user names', async () => {
    await start({ 7: 'refused' });
    putWeb();
    await audit({ ports: [7] });
    expect(peerArgs().join(' ')).toMatch(/--common 7 --ask 10\.1\.0\.1 /);
  });

  it('connects to no pod whose owner forbids it', async () => {
    await start({});
    putWeb({ 'portlock.dev/probe': 'off' });
    const { web } = await audit();
    expect(web.reachable).toBeNull();
    expect(cluster.writes).toEqual([]);
  });

  it.each([
    [
      'where every port answers',
      'every port answers here',
      /at 10\.1\.0\.1: every port answers here$/m,
    ],
  ])('claims nothing %s', async (_, doubt, message) => {
    await start({ 8080: 'open' }, doubt);
    putWeb();
    const { web, stderr, exitCode } = await audit();
    expect(web.reachable).toBeNull();
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });

  it('claims nothing of a pod that was not asked to the end', async () => {
    cluster = await PeerCluster.start({ round: () => undefined });
    putWeb();
    const { web, stderr, exitCode } = await audit();
    expect(web.reachable).toBeNull();
    expect(stderr).toMatch(/nothing was told of shop\/web-1/);
    expect(exitCode).toBe(2);
  });
});
