import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that Linux gives to connections (net.ipv4.ip_local_port_range): one of them may be taken any moment. */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/** Other processes look for ports at the same time: each begins elsewhere. */
let next = randomInt(LOWEST, HIGHEST);

/**
 * A TCP port on which nobody listens, and that no connection is given by itself. It is not given again until all others
 * were: whoever asked has not listened yet.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = next;
    next = port + 1 < HIGHEST ? port + 1 : LOWEST;
    const server = createServer().listen(port);
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
