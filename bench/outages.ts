/**
 * `npm run bench:outages`: how soon the operator is ready after its API server was away, and how it ends while that hangs or
 * after an exception of its own. The operator is a process of its own; the API server is one that has nothing but Leases.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lease } from '../src/kube/lease.ts';
import { sendJson, sendStatus } from '../src/testing/scripted-api-server.ts';
import { until } from '../src/testing/until.ts';

const HEALTH_PORT = 18_081;
const PATIENCE = 120_000;

/** An API server without objects, which keeps Leases, and can go away and come back. */
class LeaseServer {
  readonly leases = new Map<string, Lease>();
  /** Answers every call in place of the server. */
  instead: ((response: ServerResponse) => void) | undefined;
  #server: Server | undefined;
  #port = 0;
  #version = 1;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async up(): Promise<void> {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  down(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    if (this.instead !== undefined) return this.instead(response);
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const leaseName = /\/leases\/([^/]+)$/.exec(pathname)?.[1];
    if (body !== '') return this.#write(JSON.parse(body), response);
    if (leaseName !== undefined) {
      const lease = this.leases.get(leaseName);
      if (lease !== undefined) return sendJson(response, lease);
      return sendStatus(response, 404, { reason: 'NotFound', message: '' });
    }
    const resourceVersion = String(this.#version);
    if (!searchParams.has('watch'))
      return sendJson(response, { metadata: { resourceVersion }, items: [] });
    response.writeHead(200).flushHeaders();
  }

  #write(lease: Lease, response: ServerResponse): void {
    this.#version += 1;
    lease.metadata.resourceVersion = String(this.#version);
    this.leases.set(lease.metadata.name, lease);
    sendJson(response, lease);
  }
}

const server = new LeaseServer();
await server.up();
const folder = await mkdtemp(join(tmpdir(), 'outages-'));
const kubeconfig = join(folder, 'kubeconfig');
const cluster = { server: server.url, 'insecure-skip-tls-verify': true };
const context = { cluster: 'c', user: 'u' };
await writeFile(
  kubeconfig,
  JSON.stringify({
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'x', context }],
    'current-context': 'x',
  }),
);

const row = (what: string, result: string) => process.stdout.write(`| ${what} | ${result} |\n`);

for (const seconds of [10, 60])
  row(`away for ${seconds} s`, await withOperator(() => backAfter(seconds, () => {})));
row('away for 20 s, then 403 for 3 s', await withOperator(() => backAfter(20, refuse(403))));
row('away for 20 s, then 429 for 3 s', await withOperator(() => backAfter(20, refuse(429))));
server.down();
row('away for 20 s at the start', await withOperator(() => backAfter(20, () => {}), 'away'));
row('SIGTERM while it hangs', await withOperator(stopWhileItHangs));
row('an exception that nobody caught', await withOperator(crash));
server.down();
await rm(folder, { recursive: true });

/** Runs the operator, which is ready where the server is there, and ends it. */
async function withOperator(
  use: (operator: ChildProcess) => Promise<string>,
  state: 'there' | 'away' = 'there',
): Promise<string> {
  const crashes = 'process.once("SIGUSR2", () => { throw new Error("mistake"); })';
  const words = ['--import', `data:text/javascript,${encodeURIComponent(crashes)}`, 'src/cli.ts'];
  const flags = { kubeconfig, namespace: 'portlock-system', 'canary-port': '18082' };
  const addresses = {
    'health-probe-bind-address': `127.0.0.1:${HEALTH_PORT}`,
    'metrics-bind-address': '127.0.0.1:18083',
  };
  for (const [name, value] of Object.entries({ ...flags, ...addresses }))
    words.push(`--${name}`, value);
  words.splice(3, 0, 'operator');
  const operator = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  operator.stdout.resume();
  try {
    if (state === 'there') await until('it leads', leads, PATIENCE);
    else await until('it serves', async () => (await readiness()) !== undefined, PATIENCE);
    return await use(operator);
  } finally {
    operator.kill('SIGKILL');
    server.instead = undefined;
    server.leases.clear();
  }
}

async function readiness(): Promise<number | undefined> {
  const answer = await fetch(`http://127.0.0.1:${HEALTH_PORT}/readyz`).catch(() => undefined);
  return answer?.status;
}

async function leads(): Promise<boolean> {
  const holder = server.leases.get('portlock-leader')?.spec.holderIdentity;
  return (await readiness()) === 200 && Boolean(holder);
}

/** Seconds from when the server serves again until the operator is ready and leads. */
async function backAfter(seconds: number, begin: () => void | Promise<void>): Promise<string> {
  server.down();
  await sleep(seconds * 1000);
  server.leases.clear();
  const beginning = begin();
  await server.up();
  await beginning;
  const startedAt = performance.now();
  await until('it is ready', async () => (await readiness()) === 200, PATIENCE);
  const ready = (performance.now() - startedAt) / 1000;
  await until('it leads', leads, PATIENCE);
  const leading = (performance.now() - startedAt) / 1000;
  return `ready after ${ready.toFixed(1)} s, leads after ${leading.toFixed(1)} s`;
}

/** Refuses every call for three seconds. */
function refuse(code: 403 | 429): () => Promise<void> {
  const reason = code === 403 ? 'Forbidden' : 'TooManyRequests';
  return async () => {
    server.instead = (response) =>
      sendStatus(
        response,
        code,
        { reason, message: '' },
        code === 429 ? { 'retry-after': '1' } : {},
      );
    await sleep(3_000);
    server.instead = undefined;
  };
}

async function stopWhileItHangs(operator: ChildProcess): Promise<string> {
  server.instead = () => {};
  await sleep(2_000);
  const startedAt = performance.now();
  operator.kill('SIGTERM');
  const [code] = await once(operator, 'exit');
  return `exit ${code} after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
}

async function crash(operator: ChildProcess): Promise<string> {
  const lines: string[] = [];
  operator.stdout?.on('data', (chunk) => lines.push(...String(chunk).trim().split('\n')));
  operator.kill('SIGUSR2');
  const [code] = await once(operator, 'exit');
  const told = lines.map((line) => JSON.parse(line)).find(({ error }) => error === 'mistake');
  const holders = [...server.leases.values()].map(({ spec }) => spec.holderIdentity || 'nobody');
  return `exit ${code}, logged "${told?.message}", leases held by ${holders.join(', ')}`;
}
