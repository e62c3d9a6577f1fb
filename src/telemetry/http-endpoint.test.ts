import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, test } from 'vitest';
import { parseAddress, plainText, REQUEST_BOUNDS, serve } from './http-endpoint.ts';

describe('an address to listen on', () => {
  it.each([
    [':8081', { host: undefined, port: 8081 }],
    [':0', { host: undefined, port: 0 }],
    [':65535', { host: undefined, port: 65_535 }],
    ['127.0.0.1:80', { host: '127.0.0.1', port: 80 }],
    ['[::1]:8081', { host: '::1', port: 8081 }],
    ['::1:8081', { host: '::1', port: 8081 }],
    ['a[b]:1', { host: 'a[b]', port: 1 }],
    ['[b]c:1', { host: '[b]c', port: 1 }],
  ])('%s', (text, expected) => {
    expect(parseAddress(text)).toEqual(expected);
  });

  it.each(['8081', '', ':', ':65536', ':123456', ':80a', ':-1', 'localhost', '127.0.0.1:80 '])(
    '%j is refused',
    (text) => {
      const message = `must be HOST:PORT or :PORT, not "${text}"`;
      expect(() => parseAddress(text)).toThrow(new RangeError(message));
    },
  );
});

test('an answer of one line ends it', () => {
  expect(plainText(404, 'not found')).toEqual({
    status: 404,
    contentType: 'text/plain',
    body: 'not found\n',
  });
});

test('a client that sends slowly, or without end, is not waited for', () => {
  expect(REQUEST_BOUNDS.headersTimeout).toBeLessThanOrEqual(10_000);
  expect(REQUEST_BOUNDS.requestTimeout).toBeLessThanOrEqual(10_000);
  expect(REQUEST_BOUNDS.maxHeaderSize).toBeLessThanOrEqual(16_384);
});

describe('an endpoint', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function listening(address = '127.0.0.1:0'): Promise<string> {
    const server = await serve(address, 'the test', {
      '/slow': async () => ({ status: 503, contentType: 'text/csv', body: 'a,b' }),
      '/broken': () => {
        throw new Error('a secret of the process');
      },
      '/refused': () => ({
        status: 401,
        contentType: 'text/plain',
        body: 'no',
        headers: { 'www-authenticate': 'Bearer' },
      }),
      '/now': () => ({ status: 200, contentType: 'text/html', body: 'now' }),
    });
    servers.push(server);
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function asked(path: string, method = 'GET') {
    const answer = await fetch(`http://${await listening()}${path}`, { method });
    const body = await answer.text();
    return [answer.status, answer.headers.get('content-type'), body];
  }

  it('answers by path, whatever the query', async () => {
    expect(await asked('/now')).toEqual([200, 'text/html', 'now']);
    expect(await asked('/now?a=b?c')).toEqual([200, 'text/html', 'now']);
    expect(await asked('/slow')).toEqual([503, 'text/csv', 'a,b']);
  });

  it.each([
    ['/other', 'GET'],
    ['/', 'GET'],
    ['/now', 'POST'],
    ['/now', 'DELETE'],
    ['/now/', 'GET'],
    ['/constructor', 'GET'],
    ['/__proto__', 'GET'],
  ])('has nothing at %s for %s', async (path, method) => {
    expect(await asked(path, method)).toEqual([404, 'text/plain', 'not found\n']);
  });

  it('says nothing of its own mistake, and goes on', async () => {
    expect(await asked('/broken')).toEqual([500, 'text/plain', 'internal error\n']);
    expect(await asked('/now')).toEqual([200, 'text/html', 'now']);
  });

  it('sends the headers of an answer', async () => {
    const { status, headers } = await fetch(`http://${await listening()}/refused`);
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  it('tells a port in use, and what else is wrong with an address, in one line', async () => {
    const address = await listening();
    await expect(listening(address)).rejects.toMatchObject({
      name: 'ListenError',
      message: `cannot serve the test on ${address}: the port is in use; choose another address`,
    });
    await expect(listening('192.0.2.1:0')).rejects.toMatchObject({
      name: 'ListenError',
      message: expect.stringMatching(
        /^cannot serve the test on 192\.0\.2\.1:0: .*EADDRNOTAVAIL.*;/,
      ),
    });
  });
});
