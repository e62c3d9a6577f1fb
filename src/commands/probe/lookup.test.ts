import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KubeClient } from '../../kube/client.ts';
import { resourcePath } from '../../kube/resource.ts';
import { WORKLOAD_RESOURCES } from '../../kube/resources.ts';
import { ScriptedApiServer, sendJson, sendStatus } from '../../testing/scripted-api-server.ts';
import type { ClusterAccess } from '../cluster-access.ts';
import { CommandError } from '../command-error.ts';
import { addressLookup, isHeld, podLookup, workloadLookup } from './lookup.ts';

const never = new AbortController().signal;
const ALL_PODS = 'GET /api/v1/pods';
const PODS = 'GET /api/v1/namespaces/shop/pods';
const POD = 'GET /api/v1/namespaces/shop/pods/web-1';

let server: ScriptedApiServer;
let access: ClusterAccess;

beforeEach(async () => {
  server = await ScriptedApiServer.start();
  const client = new KubeClient({ kubeConfig: server.kubeConfig() });
  access = { client, namespace: 'shop', namespaceIsNamed: false };
});
afterEach(async () => {
  await access.client.close();
  await server.close();
});

function pod(name: string, ips: string[], fields: { phase?: string; hostNetwork?: boolean } = {}) {
  return {
    metadata: { namespace: 'shop', name, uid: `uid-${name}` },
    spec: {
      hostNetwork: fields.hostNetwork ?? false,
      containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }],
    },
    status: {
      phase: fields.phase ?? 'Running',
      podIPs: ips.map((ip) => ({ ip })),
      containerStatuses: [{ name: 'app', state: { running: {} } }],
    },
  };
}

function podList(...items: object[]) {
  return { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items };
}

function notFound(name: string) {
  return { reason: 'NotFound', message: `"${name}" not found` };
}

/** Workloads of that name are there in these resources; the others may not be read, or have none. */
function answerWorkloads(name: string, present: readonly string[]) {
  for (const resource of Object.values(WORKLOAD_RESOURCES))
    server.expect(`GET ${resourcePath(resource, { namespace: 'shop', name })}`, (response) => {
      if (present.includes(resource.plural)) return sendJson(response, { metadata: { name } });
      return resource.plural === 'daemonsets'
        ? forbid(response)
        : sendStatus(response, 404, notFound(name));
    });
}

function forbid(response: Parameters<typeof sendStatus>[0]) {
  sendStatus(response, 403, {
    reason: 'Forbidden',
    message: 'pods is forbidden: User "eve" cannot list resource "pods"',
  });
}

describe('a pod', () => {
  it('that is not as the API says is told, and nothing is made of it', async () => {
    const broken = { ...pod('web-1', ['10.0.0.1']), spec: { containers: {} } };
    server.expect(POD, (response) => sendJson(response, broken));
    server.expect(ALL_PODS, (response) => sendJson(response, podList(broken)));
    const message = 'the API server sent pods that are not as the API says: spec.containers';
    await expect(podLookup(access, 'web-1')(never)).rejects.toThrow(new CommandError(message));
    const byAddress = addressLookup(access, ['10.0.0.1'], () => {});
    await expect(byAddress(never)).rejects.toThrow(new CommandError(message));
  });

  it('is found with all its addresses', async () => {
    server.expect(POD, (response) => sendJson(response, pod('web-1', ['10.0.0.1', 'fd00::1'])));
    const places = await podLookup(access, 'web-1')(never);
    expect(places.map(({ address }) => address)).toEqual(['10.0.0.1', 'fd00::1']);
    expect(places[0]?.found).toMatchObject({
      pod: { uid: 'uid-web-1' },
      declared: [{ port: 8080, container: 'app' }],
      containers: [{ name: 'app' }],
    });
  });

  it.each([
    ['Pending', [], 'the pod shop/web-1 has no address yet'],
    ['Succeeded', ['10.0.0.1'], 'the pod shop/web-1 has ended: nobody holds its address'],
  ])('that is %s is none to probe', async (phase, ips, message) => {
    server.expect(POD, (response) => sendJson(response, pod('web-1', ips, { phase })));
    await expect(podLookup(access, 'web-1')(never)).rejects.toMatchObject({
      name: 'CommandError',
      message,
    });
  });

  it('that does not exist, where workloads have that name, names these', async () => {
    server.expect('GET /api/v1/namespaces/shop/pods/web', (response) =>
      sendStatus(response, 404, notFound('web')),
    );
    answerWorkloads('web', ['deployments']);
    await expect(podLookup(access, 'web')(never)).rejects.toMatchObject({
      name: 'CommandError',
      message: 'there is no pod "web" in the namespace "shop"; did you mean deployment/web?',
    });
  });

  it('that does not exist, may not be read or cannot be asked for is one line', async () => {
    const lookup = podLookup(access, 'web-1');
    server.expect(POD, (response) => sendStatus(response, 404, notFound('web-1')));
    answerWorkloads('web-1', []);
    await expect(lookup(never)).rejects.toThrow(
      /^there is no pod "web-1" in the namespace "shop"$/,
    );
    server.expect(POD, forbid);
    await expect(lookup(never)).rejects.toThrow(
      'not allowed to get pods in the namespace "shop": pods is forbidden: User "eve" cannot list',
    );
    await server.close();
    await expect(lookup(never)).rejects.toThrow(/^no answer from the API server: ./);
  });
});

describe('a workload', () => {
  const WEB = 'GET /apis/apps/v1/namespaces/shop/deployments/web';
  const web = {
    metadata: {
      name: 'web',
      annotations: {
        'portlock.dev/extra-ports': '9102/TCP,9200-9201/TCP,9300-9400/UDP',
        'portlock.dev/closed-ports': '8443/TCP',
      },
    },
    spec: { selector: { matchLabels: { app: 'web' } }, template: {} },
  };

  it('is its pods that live and have an address, with what its annotation declares', async () => {
    const pods = podList(
      pod('web-2', ['10.0.0.2']),
      pod('web-1', ['10.0.0.1']),
      pod('web-3', []),
      pod('web-4', ['10.0.0.4'], { phase: 'Failed' }),
    );
    server
      .expect(WEB, (response) => sendJson(response, web))
      .expect(PODS, (response, { query }) => {
        expect(query.get('labelSelector')).toBe('app=web');
        sendJson(response, pods);
      });
    const places = await workloadLookup(access, 'Deployment', 'web')(never);
    expect(places.map(({ address }) => address)).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(places[0]?.found?.declared.map(({ port, container }) => [port, container])).toEqual([
      [8080, 'app'],
      [9102, ''],
      [9200, ''],
      [9201, ''],
    ]);
    await server.verify();
  });

  it('without a pod, or that does not exist, is one line', async () => {
    const lookup = workloadLookup(access, 'Deployment', 'web');
    server
      .expect(WEB, (response) => sendJson(response, web))
      .expect(PODS, (response) => sendJson(response, podList()));
    await expect(lookup(never)).rejects.toThrow(
      'the Deployment shop/web has no running pod with an address',
    );
    server.expect(WEB, (response) =>
      sendStatus(response, 404, { reason: 'NotFound', message: 'x' }),
    );
    await expect(lookup(never)).rejects.toThrow('there is no Deployment "web"');
  });
});

describe('an address', () => {
  const narrowed: string[] = [];
  const lookup = (addresses: string[], changes: Partial<ClusterAccess> = {}) =>
    addressLookup({ ...access, ...changes }, addresses, (namespace) => narrowed.push(namespace));
  const holders = async (find: ReturnType<typeof lookup>) =>
    (await find(never)).map(({ address, found }) => [address, found?.pod.name]);

  it('is asked for by its pod’s first address', async () => {
    server.expect(ALL_PODS, (response, { query }) => {
      expect(query.get('fieldSelector')).toBe('status.podIP=10.0.0.1');
      sendJson(response, podList(pod('web-1', ['10.0.0.1', 'fd00::1'])));
    });
    expect(await holders(lookup(['10.0.0.1']))).toEqual([['10.0.0.1', 'web-1']]);
    await server.verify();
  });

  it('may be a pod’s second one, or nobody’s', async () => {
    const all = podList(pod('web-1', ['10.0.0.1', 'fd00::1']));
    for (const [address, holder] of [
      ['fd00::1', 'web-1'],
      ['fd00::2', undefined],
    ] as const) {
      server
        .expect(ALL_PODS, (response) => sendJson(response, podList()))
        .expect(ALL_PODS, (response) => sendJson(response, all));
      expect(await holders(lookup([address]))).toEqual([[address, holder]]);
    }
    await server.verify();
  });

  it('of a node is no pod’s, even where pods use it', async () => {
    const agent = pod('agent', ['192.168.0.1'], { hostNetwork: true });
    server.expect(ALL_PODS, (response) => sendJson(response, podList(agent)));
    expect(await holders(lookup(['192.168.0.1']))).toEqual([['192.168.0.1', undefined]]);
  });

  it('is looked for in the one namespace that may be listed, and that is told once', async () => {
    server.expect(ALL_PODS, forbid);
    server.allow(PODS, (response) => sendJson(response, podList(pod('web-1', ['10.0.0.1']))));
    const find = lookup(['10.0.0.1', '10.0.0.2']);
    const expected = [
      ['10.0.0.1', 'web-1'],
      ['10.0.0.2', undefined],
    ];
    expect(await holders(find)).toEqual(expected);
    expect(await holders(find)).toEqual(expected);
    expect(narrowed.splice(0)).toEqual(['shop']);
    await server.verify();
  });

  it('that may be looked for nowhere is one line that names the narrower right', async () => {
    server.expect(ALL_PODS, forbid).expect(PODS, forbid);
    await expect(lookup(['10.0.0.1'])(never)).rejects.toThrow(
      'not allowed to list pods in the namespace "shop": ',
    );
    expect(narrowed).toEqual([]);
    await server.verify();
  });

  it('is looked for in the namespace that the user named', async () => {
    server.expect(PODS, forbid);
    await expect(lookup(['10.0.0.1'], { namespaceIsNamed: true })(never)).rejects.toThrow(
      'not allowed to list pods in the namespace "shop"',
    );
    await server.verify();
  });
});

describe('a result counts', () => {
  it('only if the same pod held the address before and after', async () => {
    server
      .expect(POD, (response) => sendJson(response, pod('web-1', ['10.0.0.1'])))
      .expect(POD, (response) =>
        sendJson(response, {
          ...pod('web-1', ['10.0.0.1']),
          metadata: { namespace: 'shop', name: 'web-1', uid: 'another' },
        }),
      );
    const lookup = podLookup(access, 'web-1');
    const [before] = await lookup(never);
    const after = await lookup(never);
    if (before === undefined) throw new Error('no place');
    expect(isHeld(before, [before])).toBe(true);
    expect(isHeld(before, after)).toBe(false);
    expect(isHeld(before, [])).toBe(false);
    expect(isHeld({ address: '10.0.0.9', found: undefined }, after)).toBe(true);
    expect(isHeld({ address: '10.0.0.1', found: undefined }, after)).toBe(false);
  });
});

describe('a workload without a selector of its own', () => {
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }] },
  };

  it('that is a Rollout with the template of a Deployment has its selector', async () => {
    const metadata = { namespace: 'shop', name: 'canary' };
    const rollout = { metadata, spec: { workloadRef: { kind: 'Deployment', name: 'web' } } };
    server
      .expect('GET /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/canary', (response) =>
        sendJson(response, rollout),
      )
      .expect('GET /apis/apps/v1/namespaces/shop/deployments/web', (response) =>
        sendJson(response, {
          metadata: { namespace: 'shop', name: 'web' },
          spec: { selector: { matchLabels: { app: 'web' } }, template },
        }),
      )
      .expect(PODS, (response, { query }) => {
        expect(query.get('labelSelector')).toBe('app=web');
        sendJson(response, podList(pod('canary-1', ['10.0.0.1'])));
      });
    const places = await workloadLookup(access, 'Rollout', 'canary')(never);
    expect(places.map(({ address }) => address)).toEqual(['10.0.0.1']);
    await server.verify();
  });

  it.each([
    ['with labels is probed by them', { template }, undefined],
    ['without labels has none to be found by', { template: {} }, /no label tells its pods/],
  ])('that is a CronJob %s', async (_what, spec, message) => {
    const metadata = { namespace: 'shop', name: 'nightly' };
    server
      .expect('GET /apis/batch/v1/namespaces/shop/cronjobs/nightly', (response) =>
        sendJson(response, { metadata, spec: { jobTemplate: { spec } } }),
      )
      .allow(PODS, (response, { query }) => {
        expect(query.get('labelSelector')).toBe('app=web');
        sendJson(response, podList(pod('nightly-1', ['10.0.0.1'])));
      });
    const found = workloadLookup(access, 'CronJob', 'nightly')(never);
    if (message) await expect(found).rejects.toThrow(message);
    else expect(await found).toHaveLength(1);
  });
});
