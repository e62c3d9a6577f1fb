import { createServer, type Server } from 'node:net';

/**
 * Listens on a port that no policy may allow: other replicas connect to it to see what a denied
 * connection looks like. Whoever does get through is sent nothing and hung up on at once.
 *
 * @throws an error with `code` EADDRINUSE where the port is in use
 */
export async function listenAsCanary(port: number): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.resetAndDestroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  return server;
}
