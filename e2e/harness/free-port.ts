import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that Linux gives to connections (net.ipv4.ip_local_port_range): one of them may be taken any moment. */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/** A TCP port of the loopback interface on which nobody listens, and that no connection is given by itself. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    server.close();
    if (isFree) return port;
  }
}
