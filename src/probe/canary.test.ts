import { once } from 'node:events';
import { type AddressInfo, connect, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { listenAsCanary } from './canary.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function canary(port: number): Promise<number> {
  const server = await listenAsCanary(port);
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

test('whoever gets through is sent nothing and hung up on', async () => {
  const socket = connect(await canary(0), '127.0.0.1');
  const heard: unknown[] = [];
  socket.on('data', (chunk) => heard.push(chunk));
  const [error] = await once(socket, 'close').catch((cause: unknown) => [cause]);
  expect(error).toMatchObject({ code: 'ECONNRESET' });
  expect(heard).toEqual([]);
});

test('a port in use is told', async () => {
  const port = await canary(0);
  await expect(listenAsCanary(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
