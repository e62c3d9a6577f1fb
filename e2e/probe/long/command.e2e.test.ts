import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../harness/eventually.ts';
import { NetworkNamespaces, SYN } from '../network-namespaces.ts';

const CLI = path.resolve(import.meta.dirname, '../../../src/cli.ts');
const ALL = 65_535;

let network: NetworkNamespaces;
let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'portlock-home-'));
  network = await NetworkNamespaces.create();
  await network.listen(8_080, 9_090);
});
afterAll(async () => {
  await network?.remove();
  await rm(home, { recursive: true });
});

/** Starts the command in the client, where there is no cluster to ask. */
function start(...args: string[]) {
  const command = ['netns', 'exec', network.client, process.execPath, CLI, 'probe', ...args];
  const env = { PATH: process.env.PATH, HOME: home };
  return spawn('ip', command, { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function probe(...args: string[]) {
  const child = start(...args);
  const ended = once(child, 'close');
  const [stdout, stderr] = await Promise.all([child.stdout, child.stderr].map(text));
  const [code] = await ended;
  return { code, stdout: stdout ?? '', stderr: stderr ?? '' };
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += chunk;
  return all;
}

async function probeJson(...args: string[]) {
  const { code, stdout } = await probe(...args, '--output', 'json', '--quiet');
  return { code, result: JSON.parse(stdout) };
}

describe.each(['ipv4', 'ipv6'] as const)('over %s, an address without a cluster', (family) => {
  it('is swept: open ports are listed, and nothing is declared', async () => {
    await network.filter([]);
    const { code, result } = await probeJson(network[family], '--rate', '0');
    expect(code).toBe(0);
    expect(result.warnings).toEqual([expect.stringContaining('no cluster to talk to')]);
    expect(result.addresses).toMatchObject([
      {
        address: network[family],
        pod: null,
        verdict: 'Clean',
        portsAsked: ALL,
        counts: { open: 2, refused: ALL - 2, filtered: 0, unreachable: 0, error: 0 },
        ports: [
          { port: 8_080, state: 'Open', finding: null },
          { port: 9_090, state: 'Open', finding: null },
        ],
      },
    ]);
  });

  it('that lets one port through is told port by port', async () => {
    await network.filter(['tcp dport 8080 accept', `${SYN} drop`]);
    const { code, stdout } = await probe(network[family], '--ports', '8080,9090');
    expect(stdout.split('\n')).toEqual([
      'PORT       STATE      DECLARED BY   NOTE',
      '8080/TCP   Open       -',
      '9090/TCP   Filtered   -',
      `Seen from ${hostname()}`,
      '',
    ]);
    expect(code).toBe(0);
  });

  it('on which every port answers proves nothing, and is not swept', async () => {
    await network.filter([], ['tcp dport 1-65535 redirect to :8080']);
    const swept = await probeJson(network[family], '--rate', '0');
    expect(await network.synCount()).toBeLessThan(200);
    expect(swept.code).toBe(2);
    expect(swept.result.addresses[0]).toMatchObject({
      verdict: 'Unknown',
      reason: expect.stringMatching(/^every port answers here, \d+, \d+, \d+ too/),
    });
    const asked = await probeJson(network[family], '--ports', '8080,9090');
    expect(asked.code).toBe(2);
    expect(asked.result.addresses[0].ports).toMatchObject([
      { port: 8_080, state: 'Unverifiable', finding: 'Unverifiable' },
      { port: 9_090, state: 'Unverifiable', finding: 'Unverifiable' },
    ]);
  });

  it('that answers nothing is not called clean', async () => {
    await network.filter([`${SYN} drop`]);
    const { code, stderr } = await probe(network[family], '--ports', '8080,9090');
    expect(code).toBe(2);
    expect(stderr).toContain(`It cannot be told of ${network[family]}: nothing answers`);
  });
});

it('an address to which there is no route is one line, at once', async () => {
  const { code, stdout, stderr } = await probe('10.98.0.1', '--quiet');
  expect(stderr).toBe(
    'portlock: there is no way to 10.98.0.1 from here: the network says it is unreachable\n',
  );
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});

it('of a range without a cluster, the addresses that answer are told', async () => {
  await network.filter([]);
  const { code, result } = await probeJson('10.99.0.0/30', '--ports', '8080,9090');
  expect(code).toBe(0);
  // The client itself, the target, and the two that no host may have.
  expect(result.addresses.map((each: { address: string }) => each.address)).toEqual([
    '10.99.0.1',
    '10.99.0.2',
  ]);
  expect(result.silentAddresses).toBe(2);
});

it('Ctrl-C ends a sweep long before its end, with 130, and no connection is left', async () => {
  await network.filter([`${SYN} drop`]);
  const child = start(network.ipv4, '--rate', '500');
  const closed = once(child, 'close');
  await eventually(
    'a sweep',
    () => network.synCount(),
    (count) => count > 300,
  );
  const interruptedAt = performance.now();
  child.kill('SIGINT');
  const [code] = await closed;
  // The whole sweep would take 131 s.
  expect(performance.now() - interruptedAt).toBeLessThan(20_000);
  expect(code).toBe(130);
  // What was closed in order before stays in TIME-WAIT for a minute.
  const others = ['exclude', 'time-wait'];
  expect(await network.run(network.client, ['ss', '-Hta', 'state', 'all', ...others])).toBe('');
});
