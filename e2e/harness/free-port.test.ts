import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePort } from './free-port.ts';

test('a free port is given once, and can be listened on', async () => {
  const ports: number[] = [];
  for (let index = 0; index < 50; index++) ports.push(await freePort());
  expect(new Set(ports).size).toBe(50);
  const server = createServer().listen(ports[0]);
  await once(server, 'listening');
  server.close();
});

test('a port on which somebody listens, on whatever address, is passed over', async () => {
  const taken = (await freePort()) + 1;
  const server = createServer().listen(taken, '127.0.0.2');
  // Where somebody else has it, that is as good.
  await once(server, 'listening').catch(() => {});
  expect(await freePort()).not.toBe(taken);
  server.close();
});
