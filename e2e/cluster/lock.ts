import { createConnection, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { ClusterError } from './cluster-error.ts';

/**
 * A lock that the kernel gives back when its holder ends, however it ends: a Unix socket in the
 * abstract namespace, which has one owner and leaves no file. Who connects is told who holds it.
 */
export interface Lock {
  release(): Promise<void>;
}

/** Somebody else has the lock. */
export class LockHeldError extends ClusterError {}

const answerTimeoutMilliseconds = 1_000;
const retryMilliseconds = 100;

/**
 * Takes one of this machine's locks. Throws a LockHeldError that says who has it.
 * `purpose` completes "process 123 is ...".
 */
export async function takeLock(purpose: string, name: string): Promise<Lock> {
  const holder = `process ${process.pid} is ${purpose}, since ${new Date().toISOString()}`;
  const server = createServer((socket) => socket.on('error', () => {}).end(holder));
  if (!(await listen(server, `\0${name}`))) {
    throw new LockHeldError(`Another one is at work: ${await askHolder(`\0${name}`)}.`);
  }
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Takes the lock as soon as whoever has it gives it back. Throws the signal's reason on abort. */
export async function waitForLock(
  purpose: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Lock> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await takeLock(purpose, name);
    } catch (error) {
      if (!(error instanceof LockHeldError)) throw error;
      await sleep(retryMilliseconds, undefined, { signal });
    }
  }
}

function listen(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('listening', () => resolve(true));
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(path);
  });
}

function askHolder(path: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = createConnection(path);
    const done = () => {
      socket.destroy();
      resolve(answer || 'a process that does not answer');
    };
    socket.setTimeout(answerTimeoutMilliseconds, done);
    socket.setEncoding('utf8').on('data', (text) => {
      answer += text;
    });
    socket.on('error', done).on('end', done);
  });
}
