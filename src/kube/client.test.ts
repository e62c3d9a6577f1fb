import { getEventListeners } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { NetworkPolicy } from '../api/kubernetes.ts';
import { createCertificate } from '../testing/certificate.ts';
import {
  type Answer,
  openWatch,
  ScriptedApiServer,
  sendJson,
  sendStatus,
} from '../testing/scripted-api-server.ts';
import { until } from '../testing/until.ts';
import { KubeClient } from './client.ts';
import { ApiError, ApiUnreachableError, NotLeaderError } from './errors.ts';
import type { KubernetesObject, Resource } from './resource.ts';
import type { RequestRecord, TransportOptions } from './transport.ts';

const PODS: Resource = { group: '', version: 'v1', plural: 'pods', namespaced: true };
const POLICIES: Resource = {
  group: 'networking.k8s.io',
  version: 'v1',
  plural: 'networkpolicies',
  namespaced: true,
};
const POD = 'GET /api/v1/namespaces/ns/pods/p';
const pod = { namespace: 'ns', name: 'p' };

let server: ScriptedApiServer;
let client: KubeClient;

function connect(options: Partial<TransportOptions> = {}): KubeClient {
  client = new KubeClient({ kubeConfig: server.kubeConfig(), ...options });
  return client;
}

beforeEach(async () => {
  server = await ScriptedApiServer.start();
  connect();
});

afterEach(async () => {
  await client.close();
  await server.close();
});

function podObject(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'ns' } };
}

describe('calls', () => {
  it('sends a NetworkPolicy byte for byte: `from` is not lost', async () => {
    const policy: NetworkPolicy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'n', namespace: 'ns' },
      spec: {
        podSelector: {},
        ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 8080, protocol: 'TCP' }] }],
      },
    };
    const object = '/apis/networking.k8s.io/v1/namespaces/ns/networkpolicies/n';
    server.expect(`PATCH ${object}`, (response) => sendJson(response, policy));
    server.expect(`PUT ${object}`, (response) => sendJson(response, policy));
    server.expect(`POST ${object.replace(/\/n$/, '')}`, (response) => sendJson(response, policy));
    await client.apply(POLICIES, policy, { fieldManager: 'portlock', conflicts: 'force' });
    await client.replace(POLICIES, policy);
    await client.create(POLICIES, policy);
    await server.verify();
    expect(server.requests.map(({ body }) => body)).toEqual(Array(3).fill(JSON.stringify(policy)));
    expect(server.requests[0]?.headers['content-type']).toBe('application/apply-patch+yaml');
    expect(String(server.requests[0]?.query)).toBe('fieldManager=portlock&force=true');
  });

  it('applies without force unless asked for, and to the status if asked for', async () => {
    const call = 'PATCH /api/v1/namespaces/ns/pods/p/status';
    server.expect(call, (response) => sendJson(response, podObject('p')));
    await client.apply(PODS, podObject('p'), { fieldManager: 'm', subresource: 'status' });
    expect(String(server.requests[0]?.query)).toBe('fieldManager=m');
  });

  it('deletes with preconditions', async () => {
    server.expect('DELETE /api/v1/namespaces/ns/pods/p', (response) => sendJson(response, {}));
    const preconditions = { uid: 'u', resourceVersion: '5' };
    await client.delete(PODS, pod, { preconditions });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Background',
      preconditions,
    });
  });

  it('says who it is, what it wants, and what it sends', async () => {
    server.expect(POD, (response) => sendJson(response, podObject('p')));
    server.expect('PUT /api/v1/namespaces/ns/pods/p', (response) => sendJson(response, {}));
    await client.get(PODS, pod);
    await client.replace(PODS, podObject('p'), { fieldManager: 'm' });
    const [read, write] = server.requests.map(({ headers }) => headers);
    for (const headers of [read, write])
      expect(headers).toMatchObject({ 'user-agent': 'portlock', accept: 'application/json' });
    expect(read).not.toHaveProperty('content-type');
    expect(write).toMatchObject({ 'content-type': 'application/json' });
    expect(server.requests.map(({ query }) => String(query))).toEqual(['', 'fieldManager=m']);
  });

  it('names as the manager of fields whoever it is told to', async () => {
    server.expect('POST /api/v1/namespaces/ns/pods', (response) => sendJson(response, {}));
    await client.create(PODS, podObject('p'), { fieldManager: 'm' });
    expect(String(server.requests[0]?.query)).toBe('fieldManager=m');
  });

  it('leaves nothing on the signal of a call that has ended, however it did', async () => {
    const { signal } = new AbortController();
    server.expect(POD, (response) => sendJson(response, podObject('p')));
    await client.get(PODS, pod, { signal });
    server.expect(POD, (response) => sendStatus(response, 404, { reason: '', message: '' }));
    await client.get(PODS, pod, { signal }).catch(() => {});
    server.expect(POD, (response) => response.destroy());
    await client.get(PODS, pod, { signal }).catch(() => {});
    server.expect('GET /api/v1/pods', (response) => openWatch(response) && response.end());
    const watch = client.watch(PODS, { resourceVersion: '1', timeoutSeconds: 1, signal });
    await Array.fromAsync(watch);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('ends with all that is under way when it is closed', async () => {
    server.expect(POD, () => void client.close());
    await expect(client.get(PODS, pod)).rejects.toThrow(ApiUnreachableError);
  });

  it('lists page by page, without a resourceVersion, and gives items their kind', async () => {
    const collection = 'GET /api/v1/namespaces/ns/pods';
    const page = (name: string, token?: string) => ({
      apiVersion: 'v1',
      kind: 'PodList',
      metadata: { resourceVersion: '7', continue: token },
      items: [{ metadata: { name } }],
    });
    server.expect(collection, (response) => sendJson(response, page('a', 'next?&')));
    server.expect(collection, (response) => sendJson(response, page('b')));
    const pages = [];
    for await (const each of client.list(PODS, { namespace: 'ns', labelSelector: 'x=y' })) {
      pages.push(each);
    }
    const pods = { apiVersion: 'v1', kind: 'Pod' };
    expect(pages).toEqual([
      { resourceVersion: '7', items: [{ ...pods, metadata: { name: 'a' } }] },
      { resourceVersion: '7', items: [{ ...pods, metadata: { name: 'b' } }] },
    ]);
    expect(server.requests.map(({ query }) => Object.fromEntries(query))).toEqual([
      { labelSelector: 'x=y', limit: '500' },
      { labelSelector: 'x=y', limit: '500', continue: 'next?&' },
    ]);
  });

  it('reaches a server that lives under a path', async () => {
    const cluster = { server: `${server.url}/k8s/clusters/c-1` };
    connect({ kubeConfig: server.kubeConfig({ cluster }) });
    server.expect('GET /k8s/clusters/c-1/api/v1/namespaces/ns/pods/p', (response) =>
      sendJson(response, podObject('p')),
    );
    await client.get(PODS, pod);
  });

  it('keeps its connections', async () => {
    const ports = new Set<number | undefined>();
    for (let count = 0; count < 10; count += 1) {
      server.expect(POD, (response) => {
        ports.add(response.socket?.remotePort);
        sendJson(response, podObject('p'));
      });
      await client.get(PODS, pod);
    }
    // A second one, where the first has not noticed yet that it is free.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('renews the lease and opens watches however many requests are under way', async () => {
    const abort = new AbortController();
    server.allow(POD, () => {});
    const requests = Array.from({ length: 100 }, () =>
      client.get(PODS, pod, { signal: abort.signal }).catch(() => 'aborted'),
    );
    await until('all connections are in use', () => server.requests.length === 64);
    const lease = 'GET /api/v1/namespaces/ns/pods/lease';
    server.expect(lease, (response) => sendJson(response, podObject('lease')));
    await client.get(PODS, { namespace: 'ns', name: 'lease' }, { pool: 'lease' });
    server.expect('GET /api/v1/pods', (response) => openWatch(response) && response.end());
    await client.watch(PODS, { resourceVersion: '1', timeoutSeconds: 1 }).next();
    abort.abort();
    await Promise.all(requests);
  });

  it('tells every call for metrics', async () => {
    const records: RequestRecord[] = [];
    const start = performance.now();
    connect({ onRequest: (record) => records.push(record) });
    server.expect(POD, (response) => sendJson(response, podObject('p')));
    server.expect(POD, (response) =>
      sendStatus(response, 404, { reason: 'NotFound', message: '' }),
    );
    server.expect(POD, (response) => response.destroy());
    await client.get(PODS, pod);
    await client.get(PODS, pod).catch(() => {});
    await client.get(PODS, pod).catch(() => {});
    expect(records.map(({ method, code }) => `${method} ${code}`)).toEqual([
      'GET 200',
      'GET 404',
      'GET <error>',
    ]);
    const elapsed = (performance.now() - start) / 1000;
    for (const { durationSeconds, host } of records) {
      expect(durationSeconds).toBeGreaterThan(0);
      expect(durationSeconds).toBeLessThan(elapsed);
      expect(host).toBe(new URL(server.url).host);
    }
  });
});

describe('the write guard', () => {
  it('is asked before every write but the lease’s, and before no read', async () => {
    let asked = 0;
    connect({
      writeGuard: () => {
        asked += 1;
        throw new NotLeaderError('not the leader');
      },
    });
    server.expect(POD, (response) => sendJson(response, podObject('p')));
    server.expect('PUT /api/v1/namespaces/ns/pods/p', (response) => sendJson(response, {}));
    await client.get(PODS, pod);
    await client.replace(PODS, podObject('p'), { pool: 'lease' });
    expect(asked).toBe(0);
    const writes = [
      () => client.create(PODS, podObject('p')),
      () => client.apply(PODS, podObject('p'), { fieldManager: 'm' }),
      () => client.replace(PODS, podObject('p')),
      () => client.delete(PODS, pod),
    ];
    for (const write of writes) await expect(write()).rejects.toThrow(NotLeaderError);
    expect(asked).toBe(4);
    await server.verify();
  });
});

describe('the log of a pod', () => {
  const LOG = 'GET /api/v1/namespaces/ns/pods/p/log';

  async function lines(): Promise<string[]> {
    return await Array.fromAsync(client.followLog(pod));
  }

  it('is read line by line until it ends; what is not finished then is lost', async () => {
    server.expect(LOG, (response) => response.writeHead(200).end('one\ntwo\nthr'));
    expect(await lines()).toEqual(['one', 'two']);
    expect(String(server.requests[0]?.query)).toBe('follow=true');
  });

  it('cannot be read where the API server says so, or breaks off', async () => {
    const message = 'container "app" is waiting to start';
    server.expect(LOG, (response) => sendStatus(response, 400, { reason: 'BadRequest', message }));
    await expect(lines()).rejects.toThrow(new RegExp(message));
    server.expect(LOG, (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('one\n', () => response.destroy());
    });
    await expect(lines()).rejects.toThrow(ApiUnreachableError);
  });
});

describe('what an outage is', () => {
  const answer =
    (code: number): Answer =>
    (response) =>
      sendStatus(response, code, { reason: '', message: 'no' });

  /** Fails so, and succeeds after more time than a single failure takes. */
  async function outagesAfter(failure: Answer): Promise<number> {
    server.expect(POD, failure);
    server.expect(POD, (response) => sendJson(response, podObject('p')));
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    connect();
    vi.advanceTimersByTime(4_000);
    await client.get(PODS, pod).catch(() => {});
    await client.get(PODS, pod);
    return client.recovery.outages;
  }

  it.each([403, 429, 500, 503])('answers with code %i to all are one', async (code) => {
    expect(await outagesAfter(answer(code))).toBe(1);
  });

  it('no answer at all is one', async () => {
    expect(await outagesAfter((response) => response.destroy())).toBe(1);
  });

  it.each([404, 409, 422])('an answer with code %i to one call is none', async (code) => {
    expect(await outagesAfter(answer(code))).toBe(0);
  });
});

describe('failures', () => {
  it('throws what the server says', async () => {
    const status = { reason: 'TooManyRequests', message: 'slow down' };
    server.expect(POD, (response) => sendStatus(response, 429, status, { 'retry-after': '7' }));
    await expect(client.get(PODS, pod)).rejects.toMatchObject({
      name: 'ApiError',
      status: 429,
      ...status,
      retryAfterSeconds: 7,
      method: 'GET',
      path: '/api/v1/namespaces/ns/pods/p',
    });
  });

  it('throws ApiUnreachableError for a server that is away, and recovers', async () => {
    const { port } = server;
    await server.close();
    await expect(client.get(PODS, pod)).rejects.toMatchObject({
      name: 'ApiUnreachableError',
      reason: 'ApiServerUnreachable',
      cause: { code: 'ECONNREFUSED' },
    });
    server = await ScriptedApiServer.start({ port });
    server.expect(POD, (response) => sendJson(response, podObject('p')));
    await client.get(PODS, pod);
  });

  it('throws ApiUnreachableError for an answer that breaks off, or is no JSON', async () => {
    server.expect(POD, (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"kind":', () => response.destroy());
    });
    server.expect(POD, (response) => response.writeHead(200).end('<html>'));
    await expect(client.get(PODS, pod)).rejects.toThrow(ApiUnreachableError);
    const refused = client.get(PODS, pod);
    await expect(refused).rejects.toMatchObject({ reason: 'ApiServerResponseInvalid' });
  });

  it.each([
    ['a request', 'request', 'headers', 30_000],
    ['a request', 'request', 'body', 30_000],
    ['a lease call', 'lease', 'headers', 5_000],
    ['a lease call', 'lease', 'body', 5_000],
  ] as const)(
    'case 12: gives %s up (%s pool) when the %s do not come within %i ms',
    async (_, pool, missing, limit) => {
      const received = Promise.withResolvers<void>();
      server.expect(POD, (response) => {
        if (missing === 'body') response.writeHead(200).write('{');
        setImmediate(received.resolve);
      });
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      try {
        let outcome: unknown;
        const call = client.get(PODS, pod, { pool }).catch((error: unknown) => {
          outcome = error;
        });
        await received.promise;
        vi.advanceTimersByTime(limit - 1);
        await new Promise(setImmediate);
        expect(outcome).toBeUndefined();
        vi.advanceTimersByTime(1);
        await call;
        expect(outcome).toMatchObject({ reason: 'ApiServerTimeout' });
      } finally {
        vi.useRealTimers();
      }
    },
  );

  it('throws the reason of the signal when aborted, at any stage', async () => {
    const reason = new Error('stop');
    const stages: ((abort: AbortController) => void)[] = [
      (abort) => abort.abort(reason),
      (abort) => server.expect(POD, () => abort.abort(reason)),
      (abort) =>
        server.expect(POD, (response) => {
          response.writeHead(200);
          response.write('{', () => setImmediate(() => abort.abort(reason)));
        }),
    ];
    for (const prepare of stages) {
      const abort = new AbortController();
      prepare(abort);
      await expect(client.get(PODS, pod, { signal: abort.signal })).rejects.toBe(reason);
    }
  });
});

describe('credentials', () => {
  let directory: string;
  let tokenFile: string;

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'portlock-credentials-'));
    tokenFile = path.join(directory, 'token');
    writeFileSync(tokenFile, 'first\n');
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  function connectWithTokenFile(): void {
    const user = { authProvider: { name: 'tokenFile', config: { tokenFile } } };
    connect({ kubeConfig: server.kubeConfig({ user }) });
  }

  function accept(token: string, count: number): void {
    for (let index = 0; index < count; index += 1) {
      server.expect(POD, (response, { headers }) => {
        if (headers.authorization === `Bearer ${token}`) sendJson(response, podObject('p'));
        else sendStatus(response, 401, { reason: 'Unauthorized', message: 'Unauthorized' });
      });
    }
  }

  it('case 16: reads a token file anew on a 401, at once, and tries once more', async () => {
    connectWithTokenFile();
    accept('first', 1);
    await client.get(PODS, pod);
    writeFileSync(tokenFile, 'second\n');
    accept('second', 2);
    await client.get(PODS, pod);
    await server.verify();
  });

  it('case 16: reads it once for many calls that are refused together', async () => {
    connectWithTokenFile();
    accept('first', 1);
    await client.get(PODS, pod);
    writeFileSync(tokenFile, 'second');
    accept('second', 20);
    await Promise.all(Array.from({ length: 10 }, () => client.get(PODS, pod)));
    await server.verify();
  });

  it('throws the 401 when the new token is refused too, and does not read without a pause', async () => {
    connectWithTokenFile();
    accept('never', 3);
    await expect(client.get(PODS, pod)).rejects.toMatchObject({ reason: 'Unauthorized' });
    await expect(client.get(PODS, pod)).rejects.toThrow(ApiError);
    await server.verify();
  });

  it('throws CredentialsUnavailable while the file is away, and recovers', async () => {
    connectWithTokenFile();
    rmSync(tokenFile);
    const call = client.get(PODS, pod);
    await expect(call).rejects.toMatchObject({
      reason: 'CredentialsUnavailable',
      message: expect.stringMatching(/^no credentials: .*ENOENT/),
    });
    writeFileSync(tokenFile, 'third');
    accept('third', 1);
    await client.get(PODS, pod);
  });

  it('sends a password as basic authentication, and whom to impersonate', async () => {
    const user = { username: 'u', password: 'p', impersonateUser: 'somebody' };
    connect({ kubeConfig: server.kubeConfig({ user }) });
    server.expect(POD, (response) => sendJson(response, podObject('p')));
    await client.get(PODS, pod);
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('u:p').toString('base64')}`,
      'impersonate-user': 'somebody',
    });
  });

  it('takes a token from an exec plugin, and runs it again on a 401', async () => {
    const credential = (token: string) =>
      JSON.stringify({
        kind: 'ExecCredential',
        apiVersion: 'client.authentication.k8s.io/v1',
        status: { token },
      });
    writeFileSync(tokenFile, credential('first'));
    const user = {
      exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'cat', args: [tokenFile] },
    };
    connect({ kubeConfig: server.kubeConfig({ user }) });
    accept('first', 1);
    await client.get(PODS, pod);
    writeFileSync(tokenFile, credential('second'));
    accept('second', 2);
    await client.get(PODS, pod);
    await server.verify();
  });

  it('case 18: connects anew when the CA file has changed, with one failed call', async () => {
    const caFile = path.join(directory, 'ca.crt');
    const [before, after] = [createCertificate(), createCertificate()];
    const plain = server;
    server = await ScriptedApiServer.start({ certificate: before });
    writeFileSync(caFile, before.certificate);
    connect({ kubeConfig: server.kubeConfig({ cluster: { caData: undefined, caFile } }) });
    server.expect(POD, (response) => sendJson(response, podObject('p')));
    await client.get(PODS, pod);
    const { port } = server;
    await server.close();
    server = await ScriptedApiServer.start({ certificate: after, port });
    writeFileSync(caFile, after.certificate);
    const outcomes: string[] = [];
    server.expect(POD, (response) => sendJson(response, podObject('p')));
    await until('a call succeeds', async () => {
      const outcome = await client
        .get(PODS, pod)
        .catch((error: ApiUnreachableError) => error.reason);
      outcomes.push(typeof outcome === 'string' ? outcome : 'ok');
      return outcomes.at(-1) === 'ok';
    });
    expect(outcomes.filter((each) => each !== 'ok').length).toBeLessThanOrEqual(1);
    await plain.close();
  });

  it('does not talk to a server whose certificate it cannot verify', async () => {
    const plain = server;
    server = await ScriptedApiServer.start({ certificate: createCertificate() });
    const caData = Buffer.from(createCertificate().certificate).toString('base64');
    connect({ kubeConfig: server.kubeConfig({ cluster: { caData } }) });
    const call = client.get(PODS, pod);
    await expect(call).rejects.toMatchObject({ reason: 'ApiServerCertificateInvalid' });
    expect(server.requests).toHaveLength(0);
    await plain.close();
  });
});

describe('watch', () => {
  const WATCH = 'GET /api/v1/pods';
  const options = { resourceVersion: '5', timeoutSeconds: 300 };

  async function watch(signal?: AbortSignal): Promise<string[]> {
    const seen: string[] = [];
    for await (const { type, object } of client.watch(PODS, { ...options, signal })) {
      seen.push(`${type} ${object.metadata.resourceVersion}`);
    }
    return seen;
  }

  it('asks for bookmarks and yields events until the server ends it', async () => {
    server.expect(WATCH, (response) => {
      const send = openWatch(response);
      send('ADDED', { metadata: { name: 'a', resourceVersion: '6' } });
      send('BOOKMARK', { metadata: { resourceVersion: '9' } });
      response.end();
    });
    expect(await watch()).toEqual(['ADDED 6', 'BOOKMARK 9']);
    expect(Object.fromEntries(server.requests[0]?.query ?? [])).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '5',
      timeoutSeconds: '300',
    });
  });

  it('throws an ERROR event as the error that it stands for', async () => {
    server.expect(WATCH, (response) => {
      const object = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
      openWatch(response)('ERROR', object);
    });
    await expect(watch()).rejects.toMatchObject({ status: 410, reason: 'Expired' });
  });

  it.each(['{"type":', '[]', 'null', '{"type":"NEWS","object":{}}', '{"type":"ADDED"}'])(
    'throws on the line %s',
    async (line) => {
      server.expect(WATCH, (response) => response.writeHead(200).end(`${line}\n`));
      await expect(watch()).rejects.toThrow('a line of the watch is no');
    },
  );

  it('ends when it is aborted, though the server is silent', async () => {
    const abort = new AbortController();
    const closed = Promise.withResolvers<void>();
    server.expect(WATCH, (response) => {
      openWatch(response);
      response.on('close', () => closed.resolve());
      setImmediate(() => abort.abort(new Error('stop')));
    });
    await expect(watch(abort.signal)).rejects.toThrow('stop');
    await closed.promise;
  });

  it('has no limit of time once it is open', async () => {
    const opened = Promise.withResolvers<void>();
    const proceed = Promise.withResolvers<void>();
    server.expect(WATCH, async (response) => {
      const send = openWatch(response);
      await proceed.promise;
      send('ADDED', { metadata: { name: 'a', resourceVersion: '6' } });
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const events = client.watch(PODS, { ...options, onOpen: opened.resolve });
      const event = events.next();
      await opened.promise;
      vi.advanceTimersByTime(600_000);
      proceed.resolve();
      expect((await event).value).toMatchObject({ type: 'ADDED' });
      await events.return();
    } finally {
      vi.useRealTimers();
    }
  });

  it('closes the connection when nobody reads on', async () => {
    const closed = Promise.withResolvers<void>();
    server.expect(WATCH, (response) => {
      response.on('close', () => closed.resolve());
      openWatch(response)('ADDED', { metadata: { name: 'a', resourceVersion: '6' } });
    });
    for await (const _ of client.watch(PODS, options)) break;
    await closed.promise;
  });
});
