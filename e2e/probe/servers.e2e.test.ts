/** A probe harms nobody: servers as people write them, in the simplest form that each language has. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProbeJob } from '../../src/probe/job.ts';
import { DEFAULT_LIMITS } from '../../src/probe/options.ts';
import { until } from '../../src/testing/until.ts';
import { goProgram } from '../cluster/go-program.ts';
import { NetworkNamespaces } from './network-namespaces.ts';

const PROBES = 200;
const folder = (name: string) => fileURLToPath(new URL(`servers/${name}`, import.meta.url));

interface Server {
  language: string;
  ports: number[];
  command: () => string[] | Promise<string[]>;
}
const servers: Server[] = [
  {
    language: 'Node',
    ports: [7001, 7002, 7003],
    command: () => [process.execPath, folder('node.js')],
  },
  {
    language: 'Python',
    ports: [7011, 7012, 7013],
    command: () => ['python3', folder('python.py')],
  },
  { language: 'Perl', ports: [7021], command: () => ['perl', folder('perl.pl')] },
  {
    language: 'Go',
    ports: [7031, 7032],
    command: async () => {
      const source = { directory: folder('go'), name: 'servers', go: '1.24' };
      return [await goProgram(source, AbortSignal.timeout(300_000))];
    },
  },
  {
    language: 'C, as BusyBox has it',
    ports: [7041],
    command: () => ['busybox', 'httpd', '-f', '-p', '7041', '-h', folder('')],
  },
];

let network: NetworkNamespaces;
const started: ChildProcess[] = [];
beforeAll(async () => {
  network = await NetworkNamespaces.create();
});
afterAll(async () => {
  for (const process of started.filter(({ exitCode }) => exitCode === null)) {
    process.kill('SIGKILL');
    await once(process, 'exit');
  }
  await network?.remove();
});

describe.each(servers)('servers in $language', ({ ports, command }) => {
  it('outlive a probe, log nothing of it, and keep no file of it', async () => {
    const words = ['netns', 'exec', network.target, ...(await command())];
    const server = spawn('ip', words, { stdio: ['ignore', 'pipe', 'pipe'] });
    started.push(server);
    let log = '';
    for (const stream of [server.stdout, server.stderr])
      stream.on('data', (data) => {
        log += String(data);
      });
    await until('they listen', async () => ports.every(isIn(await listening())));

    const job: ProbeJob = { ip: network.ipv4, ports, priority: 'check' };
    const jobs = new Array<ProbeJob>(PROBES).fill(job);
    const { readings } = await network.scan({ options: DEFAULT_LIMITS, jobs });
    expect(readings.every(({ counts }) => counts.open === ports.length)).toBe(true);

    await until('they have closed all connections', async () => {
      const left = await held();
      if (left !== '') throw new Error(left);
      return true;
    });
    expect({ exitCode: server.exitCode, signal: server.signalCode, log }).toEqual({
      exitCode: null,
      signal: null,
      log: '',
    });
  });
});

async function listening(): Promise<Set<number>> {
  const sockets = await network.run(network.target, ['ss', '-Hltn']);
  return new Set(sockets.split('\n').map((line) => Number(/:(\d+)\s+\S+\s*$/.exec(line)?.[1])));
}

function isIn(set: ReadonlySet<number>): (port: number) => boolean {
  return (port) => set.has(port);
}

/** Connections whose file a server still has. */
function held(): Promise<string> {
  const states = ['state', 'established', 'state', 'close-wait'];
  return network.run(network.target, ['ss', '-Htn', ...states]);
}
