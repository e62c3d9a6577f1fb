import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type Server } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { Gauge, Registry } from 'prom-client';
import { afterEach, describe, expect, test } from 'vitest';
import { recordedLog } from '../testing/recorded-log.ts';
import { until } from '../testing/until.ts';
import { serveMetrics } from './metrics-endpoint.ts';
import { selfSigned } from './self-signed.ts';
import type { ReviewToken } from './token-access.ts';

const MAY_READ = 'the-token';
const NAME = 'portlock-metrics.test.svc';
const servers: Server[] = [];
const folders: string[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

interface Secure {
  review?: ReviewToken;
  certificateFolder?: string;
}

async function serving(secure?: Secure, registry = new Registry()) {
  const { log, lines } = recordedLog();
  const server = await serveMetrics({
    address: '127.0.0.1:0',
    registry,
    log,
    secure: secure && {
      review: async (token) => (token === MAY_READ ? 'allowed' : 'unauthenticated'),
      certificateFolder: undefined,
      dnsName: NAME,
      ...secure,
    },
  });
  servers.push(server);
  return { server, lines, port: (server.address() as AddressInfo).port };
}

interface Got {
  status: number | undefined;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

function get(port: number, options: RequestOptions = {}, make = httpsRequest): Promise<Got> {
  const { promise, resolve, reject } = Promise.withResolvers<Got>();
  const all = { host: '127.0.0.1', port, path: '/metrics', rejectUnauthorized: false, ...options };
  make({ agent: false, ...all }, (response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (chunk) => {
      body += chunk;
    });
    const { statusCode: status, headers } = response;
    response.on('end', () => resolve({ status, headers, body }));
  })
    .on('error', reject)
    .end();
  return promise;
}

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe('metrics on https', () => {
  test.each([
    [401, 'no token', {}],
    [401, 'another scheme', { headers: { authorization: `Basic ${MAY_READ}` } }],
    [401, 'two words', { headers: { authorization: `Bearer ${MAY_READ} x` } }],
    [401, 'a token that nobody knows', bearer('other')],
    [200, 'a token that may', bearer(MAY_READ)],
    [200, 'the scheme in any case', { headers: { authorization: `bearer ${MAY_READ}` } }],
  ])('answer %i for %s', async (status, _what, options) => {
    const { port } = await serving({});
    expect((await get(port, options)).status).toBe(status);
  });

  test('are as the registry says, and whoever is refused sees none of them and has to connect again', async () => {
    const registry = new Registry();
    new Gauge({ name: 'one', help: 'One', registers: [registry] });
    const { port } = await serving({}, registry);
    const allowed = await get(port, bearer(MAY_READ));
    expect(allowed.body).toContain('one 0');
    expect(allowed.headers['content-type']).toContain('text/plain; version=0.0.4');
    const refused = await get(port);
    expect(refused.body).toBe('unauthorized; a bearer token of the cluster is needed\n');
    expect(refused.headers).toMatchObject({ 'www-authenticate': 'Bearer', connection: 'close' });
  });

  test('are forbidden to a known account without the right, which is named', async () => {
    const { port } = await serving({ review: async () => 'forbidden' });
    const { status, body } = await get(port, bearer('known'));
    expect(status).toBe(403);
    expect(body).toContain('ClusterRole portlock-metrics-reader');
  });

  test('are not given out where nobody can say who asks, which is logged once with what is needed', async () => {
    const { port, lines } = await serving({
      review: () => Promise.reject(new Error('tokenreviews is forbidden')),
    });
    for (let index = 0; index < 3; index += 1)
      expect(await get(port, bearer('any'))).toMatchObject({ status: 500 });
    expect(lines).toEqual([
      expect.objectContaining({
        line: 'warn: Could not find out who may read the metrics',
        error: 'tokenreviews is forbidden',
        needed: expect.stringContaining('portlock-metrics-auth'),
      }),
    ]);
  });

  test('are put off where too many ask at once with tokens that nobody has seen', async () => {
    const { promise, resolve } = Promise.withResolvers<'allowed'>();
    const asked: string[] = [];
    const review: ReviewToken = (token) => {
      asked.push(token);
      return promise;
    };
    const { port } = await serving({ review });
    const first = ['a', 'b', 'c', 'd'].map((token) => get(port, bearer(token)));
    await until('four are under way', () => asked.length === 4);
    expect(await get(port, bearer('e'))).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
    });
    resolve('allowed');
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(asked).toHaveLength(4);
  });

  test('have no other path, and speak no plain http', async () => {
    const { port } = await serving({});
    expect((await get(port, { ...bearer(MAY_READ), path: '/' })).status).toBe(404);
    expect((await get(port, { path: '/__proto__' })).status).toBe(404);
    await expect(get(port, bearer(MAY_READ), httpRequest)).rejects.toThrow();
  });

  test('have a certificate of their own for the name of the Service', async () => {
    const { port } = await serving({});
    const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    expect(socket.getPeerCertificate().subjectaltname).toBe(`DNS:${NAME}`);
    socket.destroy();
  });

  test('take no more than so many connections, and headers of so many bytes', async () => {
    const { server, port } = await serving({});
    expect(server.maxConnections).toBe(64);
    const { status } = await get(port, {
      headers: { authorization: `Bearer ${'a'.repeat(17_000)}` },
    });
    expect(status).toBe(431);
    expect(server.requestTimeout).toBe(10_000);
    expect(server.headersTimeout).toBe(10_000);
  });
});

describe('metrics with a certificate from files', () => {
  async function folderWith(pair: { cert: string; key: string }): Promise<string> {
    const folder = mkdtempSync(path.join(tmpdir(), 'portlock-metrics-'));
    folders.push(folder);
    writeFileSync(path.join(folder, 'tls.crt'), pair.cert);
    writeFileSync(path.join(folder, 'tls.key'), pair.key);
    return folder;
  }

  test('can be verified by it', async () => {
    const pair = await selfSigned('of-files.test', Date.now());
    const { port } = await serving({ certificateFolder: await folderWith(pair) });
    const verified = { ca: pair.cert, rejectUnauthorized: true, servername: 'of-files.test' };
    expect((await get(port, { ...bearer(MAY_READ), ...verified })).status).toBe(200);
  });

  test('are not served where the files are missing or do not belong together, which is one line', async () => {
    const [one, other] = [await selfSigned('a.test', 0), await selfSigned('b.test', 0)];
    const certificateFolder = await folderWith({ cert: one.cert, key: other.key });
    await expect(serving({ certificateFolder })).rejects.toMatchObject({
      name: 'ListenError',
      message: expect.stringMatching(
        /^cannot serve metrics on .*cannot be used: .*; mount tls.crt/,
      ),
    });
    await expect(serving({ certificateFolder: '/nowhere' })).rejects.toMatchObject({
      name: 'ListenError',
      message: expect.stringMatching(/ENOENT.*leave --metrics-cert-path out$/),
    });
  });
});

describe('metrics with --metrics-secure=false', () => {
  test('are for everybody, without TLS', async () => {
    const { port } = await serving();
    expect((await get(port, {}, httpRequest)).status).toBe(200);
  });

  test('are served on as few connections', async () => {
    const { server, port } = await serving();
    server.maxConnections = 1;
    const first = connect(port, '127.0.0.1');
    await once(first, 'connect');
    await expect(get(port, {}, httpRequest)).rejects.toThrow(/ECONNRESET|hang up/);
    first.destroy();
  });
});
