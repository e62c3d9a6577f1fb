import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { connect } from './connect.ts';
import type { Connect } from './connection.ts';
import { connectionsByHandle } from './handle-connection.ts';
import type { ConnectResult } from './outcome.ts';
import { connectBySocket } from './socket-connection.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(host: string): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => socket.on('error', () => {})).listen(0, host);
  servers.push(server);
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

async function closedPort(host: string): Promise<number> {
  const { server, port } = await listen(host);
  server.close();
  await once(server, 'close');
  return port;
}

const hosts = [
  { ip: '127.0.0.1', family: 4 },
  { ip: '::1', family: 6 },
];

it('does without net.Socket on the Node that the image has', () => {
  expect(connectionsByHandle()).toBeDefined();
  expect(connect).not.toBe(connectBySocket);
});

describe.each([
  { how: 'handle', by: connectionsByHandle() as Connect },
  { how: 'socket', by: connectBySocket },
])('a connection by $how', ({ by }) => {
  describe.each(hosts)('to $ip', (host) => {
    const resultOf = (port: number) =>
      new Promise<ConnectResult>((resolve) => by(host, port, resolve));

    it('is made where something listens, and is reset at once', async () => {
      const { server, port } = await listen(host.ip);
      const reset = new Promise((resolve) =>
        server.on('connection', (socket) => socket.on('error', resolve).on('end', resolve)),
      );
      expect(await resultOf(port)).toBe('connected');
      expect(await reset).toMatchObject({ code: 'ECONNRESET' });
    });

    it('is refused where nothing listens', async () => {
      expect(await resultOf(await closedPort(host.ip))).toBe('ECONNREFUSED');
    });
  });

  it('tells once what connect(2) itself says, and nothing after its end', async () => {
    // The broadcast address of the loopback: TCP has no way there, and nothing is sent.
    const host = { ip: '127.255.255.255', family: 4 };
    const results: ConnectResult[] = [];
    const result = new Promise<ConnectResult>((resolve) => {
      by(host, 80, (each) => {
        results.push(each);
        resolve(each);
      });
    });
    by(host, 80, (each) => results.push(each)).end();
    expect(results).toEqual([]);
    expect(await result).toBe('ENETUNREACH');
    await setImmediate();
    expect(results).toEqual(['ENETUNREACH']);
  });

  it('says nothing before it has returned, nor twice, nor after its end', async () => {
    const { port } = await listen('127.0.0.1');
    const host = { ip: '127.0.0.1', family: 4 };
    const results: ConnectResult[] = [];
    const kept = by(host, port, (result) => results.push(result));
    const ended = by(host, port, (result) => results.push(result));
    expect(results).toEqual([]);
    ended.end();
    ended.end();
    await expect.poll(() => results).toEqual(['connected']);
    kept.end();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(results).toEqual(['connected']);
  });
});

it('tells of an address that is not of its family', async () => {
  const by = connectionsByHandle() as Connect;
  const result = new Promise((resolve) => by({ ip: '::1', family: 4 }, 80, resolve));
  expect(await result).toBe('EINVAL');
});

it('leaves it to net.Socket on a Node that is not known', () => {
  const known = Object.getOwnPropertyDescriptor(process, 'versions') as PropertyDescriptor;
  Object.defineProperty(process, 'versions', { ...known, value: { node: '25.0.0' } });
  try {
    expect(connectionsByHandle()).toBeUndefined();
  } finally {
    Object.defineProperty(process, 'versions', known);
  }
});
