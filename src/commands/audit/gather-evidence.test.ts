import { afterEach, describe, expect, test } from 'vitest';
import type { Pod } from '../../domain/workload/workload.ts';
import { KubeClient } from '../../kube/client.ts';
import { auditedWith } from '../../testing/audited-workload.ts';
import { namespace, pod, policy, workload } from '../../testing/builders.ts';
import { OBJECTS_ALONE } from '../../testing/command-flags.ts';
import { saidBy } from '../../testing/command-streams.ts';
import { ExecServer } from '../../testing/exec-server.ts';
import { OPERATOR_SETTINGS } from '../../testing/operator-settings.ts';
import { SOCKET_TABLE } from '../../testing/socket-table.ts';
import type { ClusterAccess } from '../cluster-access.ts';
import { emptyCluster, type ManifestCluster } from '../manifests/cluster.ts';
import { Snapshots } from '../manifests/snapshots.ts';
import { Words } from '../words.ts';
import type { Audited } from './audited.ts';
import type { Evidence } from './evidence.ts';
import { type EvidenceFlags, gatherEvidence } from './gather-evidence.ts';

const never = new AbortController().signal;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A pod on the wire, whose name says the rest: of the namespace shop, and with a shell and Node. */
function wireOf(path: string, hostNetwork: boolean) {
  const [name = '', , space = ''] = path.split('/').reverse();
  return {
    metadata: { namespace: space, name, uid: `uid-${name}`, labels: { app: name } },
    spec: { hostNetwork, containers: [{ name: 'app', image: 'base:1' }] },
    status: {
      phase: 'Running',
      podIPs: [{ ip: '10.0.0.9' }],
      containerStatuses: [{ name: 'app', state: { running: {} } }],
    },
  };
}

const web = (fields: Parameters<typeof pod>[0] = {}) =>
  pod({ uid: `uid-${fields.name ?? 'web-1'}`, ...fields });
const NAMESPACES = new Map([['ops', namespace({ name: 'ops' })]]);

interface Given {
  flags?: Partial<EvidenceFlags>;
  cluster?: Partial<ManifestCluster>;
  /** Whether the pods that are asked for by name are on the network of their node. */
  hostNetwork?: boolean;
  /** What is open to connections from a pod. */
  open?: readonly number[];
  /** The pods that are there in the end, where they are not those of the beginning. */
  later?: readonly Pod[];
}

/** A list of pods on the wire, as far as it is looked at again. */
function listOf(pods: readonly Pod[]) {
  const items = pods.map(({ namespace: space, name, uid, ips, terminating, live }) => ({
    metadata: { namespace: space, name, uid, ...(terminating && { deletionTimestamp: 'now' }) },
    spec: { containers: [{ name: 'app' }] },
    status: { phase: live ? 'Running' : 'Failed', podIPs: ips.map((ip) => ({ ip })) },
  }));
  return { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items };
}

/** What is seen of workloads, the ports to which connections were asked for, and what was said. */
async function gather(audited: readonly Audited[], given: Given = {}) {
  const { flags, cluster = {}, hostNetwork = false, open = [], later } = given;
  const asked: number[][] = [];
  const server = await ExecServer.start(
    (send, { words }) => {
      if (words[0] === 'cat') send(1, SOCKET_TABLE);
      else if (words.includes('-e')) {
        const { address, ports } = JSON.parse(words.at(-1) ?? '');
        asked.push(ports);
        const outcomes = Object.fromEntries(
          ports.map((port: number) => [port, open.includes(port) ? 'open' : 'refused']),
        );
        send(
          1,
          `${JSON.stringify({ milliseconds: 1, addresses: [{ address, outcomes, complete: true }] })}\n`,
        );
      }
      send(3, JSON.stringify({ status: 'Success' }));
    },
    ({ url = '' }, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const [, , space] = /^\/api\/v1(\/namespaces\/([^/]+))?\/pods\?/.exec(url) ?? [];
      const there = later ?? audited.flatMap(({ judged }) => judged.snapshot.pods);
      const listed = there.filter((each) => space === undefined || each.namespace === space);
      const isList = /\/pods\?/.test(url);
      response.end(JSON.stringify(isList ? listOf(listed) : wireOf(url, hostNetwork)));
    },
  );
  const client = new KubeClient({ kubeConfig: server.kubeConfig() });
  closers.push(
    () => client.close(),
    () => server.close(),
  );
  const all = { ...emptyCluster(), namespaces: NAMESPACES, ...cluster };
  let seen = new Map<Audited, Evidence>();
  const said = await saidBy(async (streams) => {
    seen = await gatherEvidence(audited, {
      access: { client } as unknown as ClusterAccess,
      cluster: all,
      snapshots: new Snapshots(all, OPERATOR_SETTINGS),
      flags: { ...OBJECTS_ALONE, quiet: true, ...flags },
      words: new Words({ isQuiet: false }, streams),
      signal: never,
    });
    return 0;
  });
  return { seen: audited.map((each) => seen.get(each)), asked, stderr: said.stderr };
}

test('nothing is looked at that is not asked for', async () => {
  const { seen, asked, stderr } = await gather([auditedWith({ pods: [web()] }), auditedWith()]);
  const nothing = { reachable: undefined, listening: undefined, connected: undefined, doubts: [] };
  expect(seen).toEqual([nothing, nothing]);
  expect([asked, stderr]).toEqual([[], '']);
});

test.each<[Partial<EvidenceFlags>, string]>([
  [{ inside: true }, 'Warning: nothing was looked at of 1 workload without a ready pod\n'],
  [
    { probe: true, fromPod: 'ops/asker' },
    'Warning: nothing was looked at of 1 workload without a ready pod\n',
  ],
  [{}, ''],
])(
  'of a workload without a ready pod it is said that nothing was seen: %j',
  async (flags, said) => {
    const audited = [
      auditedWith({ pods: [web({ ready: false })] }),
      auditedWith({ pods: [web()], workload: workload({ name: 'b' }) }),
    ];
    expect((await gather(audited, { flags })).stderr.replace(/^(?!Warning).*\n/gm, '')).toBe(said);
  },
);

describe('inside of a pod', () => {
  const client = (fields: object) =>
    web({ namespace: 'bank', name: 'client', ips: ['10.0.0.7'], ...fields });
  const inside = { inside: true };

  test('is seen what listens, and which pod is connected', async () => {
    const { seen, stderr } = await gather([auditedWith({ pods: [web()] })], {
      flags: inside,
      cluster: { pods: [client({})] },
    });
    expect(seen[0]?.listening?.map(({ port, image }) => `${port} ${image}`)).toEqual([
      '9090 base:1',
    ]);
    expect(seen[0]?.connected).toEqual([{ port: 9090, peer: 'bank/client', declared: false }]);
    expect(stderr).toBe('Looking inside 1 pod\n');
  });

  test.each<[string, ManifestCluster['pods']]>([
    ['no pod has', []],
    ['a pod shares with its node', [client({ hostNetwork: true })]],
  ])('is an address told that %s', async (_which, pods) => {
    const { seen } = await gather([auditedWith({ pods: [web()] })], {
      flags: inside,
      cluster: { pods },
    });
    expect(seen[0]?.connected?.map(({ peer }) => peer)).toEqual(['10.0.0.7']);
  });

  test('of each template the same is told once, and every doubt', async () => {
    const pods = [
      web({ name: 'a' }),
      web({ name: 'b', templateHash: 'b' }),
      web({ name: 'c', uid: 'gone', templateHash: 'c' }),
    ];
    const { seen, stderr } = await gather([auditedWith({ pods })], { flags: inside });
    expect(seen[0]?.listening).toHaveLength(1);
    expect(seen[0]?.connected).toHaveLength(1);
    expect(seen[0]?.doubts).toEqual([
      'could not look inside shop/c: another pod has that name now',
    ]);
    expect(stderr).toBe('Looking inside 3 pods\n');
  });

  test('nothing is known where nobody could look', async () => {
    const pods = [web({ uid: 'gone' })];
    const { seen } = await gather([auditedWith({ pods })], { flags: inside });
    expect(seen[0]).toMatchObject({ listening: undefined, connected: undefined });
  });
});

describe('from a pod that is there', () => {
  const from = { probe: true, fromPod: 'ops/asker', ports: [8080, 9090] };
  const expected = async (given: Given) => {
    const { seen } = await gather([auditedWith({ pods: [web()] })], { open: [9090], ...given });
    return seen[0]?.reachable?.map(({ port, expected: policies }) => `${port} ${policies}`);
  };

  test('is seen what is reachable, and what policies say of it', async () => {
    expect(await expected({ flags: from })).toEqual(['9090 Allowed']);
  });

  test.each<[string, Given]>([
    ['of a namespace that was not read', { flags: { ...from, fromPod: 'other/asker' } }],
    ['on the network of its node', { flags: from, hostNetwork: true }],
  ])('%s, nobody knows what policies say', async (_which, given) => {
    expect(await expected(given)).toEqual(['9090 Unknown']);
  });

  test('each port is told once, of however many templates, and what speaks against the network counts', async () => {
    const old = { app: 'web', version: 'old' };
    const pods = [
      web({ name: 'a', ips: ['10.0.0.1'] }),
      web({ name: 'b', ips: ['10.0.0.2'], templateHash: 'old', labels: old }),
    ];
    const closes = policy('old', { podSelector: { matchLabels: { version: 'old' } } });
    const policies = [{ value: closes }] as unknown as ManifestCluster['policies'];
    const { seen } = await gather([auditedWith({ pods })], {
      flags: from,
      open: [8080, 9090],
      cluster: { policies },
    });
    expect(seen[0]?.reachable).toEqual([
      { port: 8080, declared: true, expected: 'Denied' },
      { port: 9090, declared: false, expected: 'Denied' },
    ]);
  });

  test.each<[string, readonly Pod[]]>([
    ['that is gone', []],
    ['whose name another one has', [web({ uid: 'another' })]],
    ['that has another address', [web({ ips: ['10.0.0.7'] })]],
    ['that is ending', [web({ terminating: true })]],
    ['that has ended', [web({ live: false })]],
  ])('nothing is claimed of a pod %s in the end', async (_which, later) => {
    const { seen } = await gather([auditedWith({ pods: [web()] })], {
      flags: from,
      open: [9090],
      later,
    });
    expect(seen[0]).toMatchObject({
      reachable: undefined,
      doubts: ['nothing is told of shop/web-1: it ended, or lost its address, meanwhile'],
    });
  });

  test('nothing is claimed of a pod that has lost one of its addresses', async () => {
    const both = web({ ips: ['10.0.0.1', 'fd00::1'] });
    const given = { flags: from, later: [web()] };
    const { seen } = await gather([auditedWith({ pods: [both] })], given);
    expect(seen[0]?.reachable).toBeUndefined();
  });

  test('pods of several namespaces are looked for in all', async () => {
    const other = web({ name: 'b', namespace: 'bank', ips: ['10.0.0.2'] });
    const audited = [auditedWith({ pods: [web()] }), auditedWith({ pods: [other] })];
    const { seen } = await gather(audited, { flags: from });
    expect(seen.map((each) => each?.reachable)).toEqual([[], []]);
  });

  test('to pods of owners who allow it alone', async () => {
    const annotations = { 'portlock.dev/probe': 'off' };
    const closed = auditedWith({
      workload: workload({ annotations }),
      pods: [web({ ips: ['10.0.0.2'] })],
    });
    const { seen, asked, stderr } = await gather([auditedWith({ pods: [web()] }), closed], {
      flags: from,
    });
    expect(seen.map((each) => each?.reachable)).toEqual([[], undefined]);
    expect([asked.length, stderr]).toEqual([1, 'Connecting to 1 address\n']);
    expect((await gather([closed], { flags: from })).stderr).toBe('');
  });

  test('to what listens inside, too', async () => {
    const { ports: _, ...common } = from;
    const { asked } = await gather([auditedWith({ pods: [web()] })], {
      flags: { ...common, inside: true },
    });
    expect(asked[0]).toEqual(expect.arrayContaining([8080, 9090]));
  });

  test.each(['asker', '/asker', 'ops/', 'a/b/c', ''])('%j is none', async (fromPod) => {
    await expect(expected({ flags: { ...from, fromPod } })).rejects.toThrow(
      `--from-pod must be NAMESPACE/NAME, not ${JSON.stringify(fromPod)}`,
    );
  });
});
