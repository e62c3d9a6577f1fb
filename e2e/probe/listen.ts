/**
 * Listens on the given TCP ports of all addresses until its standard input ends, and accepts all that
 * come; says `listening` when it does.
 *
 *     ip netns exec NAME node listen.ts 8080 9090
 */
import { once } from 'node:events';
import { createServer } from 'node:net';

for (const port of process.argv.slice(2)) {
  const server = createServer((socket) => socket.on('error', () => {}));
  server.listen({ port: Number(port), backlog: 4_096 });
  await once(server, 'listening');
}
console.log('listening');
process.stdin.resume().on('end', () => process.exit());
