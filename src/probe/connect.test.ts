import { once } from 'node:events';
import {
  type AddressInfo,
  createServer,
  type Server,
  type ServerOpts,
  type Socket,
} from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { connect } from './connect.ts';
import { type Connect, type Connection, MOST_BYTES_READ } from './connection.ts';
import { connectionsByHandle } from './handle-connection.ts';
import type { ConnectResult } from './outcome.ts';
import { connectBySocket } from './socket-connection.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(
  host: string,
  options: ServerOpts = {},
): Promise<{ server: Server; port: number }> {
  const server = createServer(options, (socket) => socket.on('error', () => {})).listen(0, host);
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

/** Resolves with the connection once it is made. */
function made(by: Connect, port: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const host = { ip: '127.0.0.1', family: 4 };
    const connection = by(host, port, (result) =>
      result === 'connected' ? resolve(connection) : reject(new Error(result)),
    );
  });
}

async function hungUp(by: Connect, port: number): Promise<void> {
  const connection = await made(by, port);
  await new Promise<void>((resolve) => connection.hangUp(resolve));
}

/** How the next connection to a server ends there. */
function servedBy(server: Server, serve: (socket: Socket) => void): Promise<unknown> {
  return new Promise((resolve) => {
    server.on('connection', (socket) => {
      socket.on('error', resolve).on('close', () => resolve('closed in order'));
      serve(socket);
    });
  });
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
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

    it('is made where something listens', async () => {
      const { port } = await listen(host.ip);
      expect(await resultOf(port)).toBe('connected');
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

describe.each([
  { how: 'handle', by: connectionsByHandle() as Connect },
  { how: 'socket', by: connectBySocket },
])('hanging up by $how', ({ by }) => {
  it.each<[string, (socket: Socket) => void]>([
    ['waits to be spoken to', (socket) => socket.resume()],
    ['greets', (socket) => socket.resume().write('220 here\r\n')],
    ['greets at length', (socket) => socket.resume().end(Buffer.alloc(500_000))],
    ['closes at once', (socket) => socket.end()],
  ])('gives no error to a server that %s, and leaves nothing open', async (_, serve) => {
    const { server, port } = await listen('127.0.0.1');
    const served = servedBy(server, serve);
    await hungUp(by, port);
    expect(await served).toBe('closed in order');
    expect(await connectionsOf(server)).toBe(0);
  });

  it('waits for a server that does not close its side until it is ended', async () => {
    const { server, port } = await listen('127.0.0.1', { allowHalfOpen: true });
    const heard = new Promise<Socket>((resolve) =>
      server.on('connection', (socket) => socket.resume().on('end', () => resolve(socket))),
    );
    let closed = 0;
    const connection = await made(by, port);
    connection.hangUp(() => closed++);
    const socket = await heard;
    connection.end();
    connection.end();
    socket.end();
    await once(socket, 'close');
    // Its own end may hear of it later.
    await setImmediate();
    await setImmediate();
    expect([closed, socket.errored]).toEqual([0, null]);
  });

  it('reads a mebibyte of a server that never stops, and no more', async () => {
    const { server, port } = await listen('127.0.0.1');
    let sent = 0;
    server.on('connection', (socket) => {
      const send = () => {
        while (socket.writable && socket.write(Buffer.alloc(65_536)));
        sent = socket.bytesWritten;
      };
      socket.on('drain', send);
      send();
    });
    await hungUp(by, port);
    expect(sent).toBeGreaterThan(MOST_BYTES_READ);
    await expect.poll(() => connectionsOf(server)).toBe(0);
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
