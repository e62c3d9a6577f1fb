/**
 * Listens on the given TCP ports of all addresses until its standard input ends; says `listening` when
 * it does. A port by itself accepts all that come and never reads what they send; `:hangs-up` closes them
 * at once, `:resets` with RST, `:tarpit` holds them and takes nothing from them; `:full` accepts nobody,
 * and its queue is full, so that the kernel drops every SYN.
 *
 *     ip netns exec NAME node listen.ts 8080 9090:hangs-up 9091:full
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { Worker } from 'node:worker_threads';

for (const argument of process.argv.slice(2)) {
  const [port, kind] = argument.split(':');
  if (kind === 'full') await listenFull(Number(port));
  else await listen(Number(port), kind);
}
console.log('listening');
process.stdin.resume().on('end', () => process.exit());

async function listen(port: number, kind: string | undefined): Promise<void> {
  const server = createServer({ pauseOnConnect: kind === 'tarpit' }, (socket) => {
    socket.on('error', () => {});
    if (kind === 'hangs-up') socket.destroy();
    if (kind === 'resets') socket.resetAndDestroy();
  });
  server.listen({ port, backlog: 4_096 });
  await once(server, 'listening');
}

/** Linux holds one connection more than the backlog says; a third one already gets no answer. */
async function listenFull(port: number): Promise<void> {
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     require('node:net').createServer().listen({ port: workerData, backlog: 1 }, () => {
       parentPort.postMessage('listening');
       setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
     });`,
    { eval: true, workerData: port },
  );
  await once(worker, 'message');
  for (let i = 0; i < 2; i++) await once(connect(port, '127.0.0.1'), 'connect');
}
