import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../src/testing/until.ts';
import { freePort } from '../harness/free-port.ts';

const CLI = path.resolve(import.meta.dirname, '../../src/cli.ts');
/** Milliseconds after which something hangs: on a busy machine, to start takes its time. */
const HANGS = 180_000;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'portlock-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function portlock(...args: string[]): Promise<Ended> {
  const env = { PATH: process.env.PATH, HOME: folder };
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { env, timeout: HANGS }, (error, stdout, stderr) => {
      resolve({
        code: typeof error?.code === 'number' ? error.code : error ? -1 : 0,
        stdout,
        stderr,
      });
    });
  });
}

function kubeconfig(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

function kubeconfigFor(port: number): string {
  return `apiVersion: v1
kind: Config
clusters: [{name: a, cluster: {server: "https://127.0.0.1:${port}", insecure-skip-tls-verify: true}}]
users: [{name: a, user: {token: secret-token}}]
contexts: [{name: a, context: {cluster: a, user: a}}]
current-context: a
`;
}

describe('case 50: bad use is one line and exit 2', () => {
  test.each([
    ['an unknown flag', ['operator', '--bogus'], /unknown option '--bogus'/],
    [
      'a target that is written for the terminal',
      ['probe', 'pod/\u001b]0;owned\u0007\u202e'],
      /cannot probe "pod\/\\x1b\]0;owned\\x07\\u202e"/,
    ],
    ['an unknown command', ['oprator'], /unknown command 'oprator'/],
    [
      'a bad number',
      ['operator', '--probe-rate', 'fast'],
      /must be a whole number from 0 to 1000000/,
    ],
    ['a bad duration', ['operator', '--settle', '5'], /must be a duration such as/],
    ['one that is too short', ['operator', '--relist-interval', '1m'], /must be 300s or more/],
    [
      'a bad address',
      ['operator', '--namespace', 'x', '--metrics-bind-address', 'here'],
      /HOST:PORT/,
    ],
    [
      'a certificate that is not there',
      ['operator', '--namespace', 'x', '--metrics-cert-path', '/does/not/exist'],
      /cannot serve metrics on .*ENOENT.*leave --metrics-cert-path out/,
    ],
    ['neither true nor false', ['operator', '--metrics-secure', 'no'], /must be true, false/],
    [
      'a missing kubeconfig',
      ['operator', '--namespace', 'x', '--kubeconfig', '/does/not/exist'],
      /cannot read kubeconfig \/does\/not\/exist/,
    ],
    [
      'a path that is not there, behind flags before the command',
      ['--no-color', '-n', 'shop', 'audit', '-f', '/does/not/exist'],
      /\/does\/not\/exist: there is no such file or folder/,
    ],
    ['no namespace', ['operator'], /name it with --namespace/],
  ])('%s', async (_name, args, message) => {
    const valid = args.includes('--kubeconfig')
      ? []
      : ['--kubeconfig', kubeconfig('ok', kubeconfigFor(1))];
    const withCluster = args[0] === 'operator' ? [...args, ...valid] : args;
    const { code, stdout, stderr } = await portlock(...withCluster);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('a broken kubeconfig', async () => {
    const file = kubeconfig('broken', 'clusters: [{');
    const { code, stderr } = await portlock('operator', '--namespace', 'x', '--kubeconfig', file);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });

  test('a port in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const file = kubeconfig('in-use', kubeconfigFor(1));
    const { code, stderr } = await portlock(
      'operator',
      '--namespace',
      'x',
      '--kubeconfig',
      file,
      '--health-probe-bind-address',
      address,
    );
    server.close();
    expect(stderr).toBe(
      `portlock: cannot serve health on ${address}: the port is in use; choose another address\n`,
    );
    expect(code).toBe(2);
  });
});

test.each(['completion bash', '__complete audit --', 'audit --help'])(
  'what a reader did not wait for is no crash: %s',
  (args) => {
    // The reader has ended before the program begins.
    const script = `exec 3> >(true); wait $!; exec "$0" "$1" ${args} >&3`;
    const bash = spawnSync('bash', ['-c', script, process.execPath, CLI], { encoding: 'utf8' });
    expect({ status: bash.status, stderr: bash.stderr }).toEqual({ status: 0, stderr: '' });
  },
);

test('words that nobody reads change no exit code', () => {
  const file = path.join(folder, 'empty.yaml');
  writeFileSync(file, '');
  const script = 'exec 3> >(true); wait $!; exec "$0" "$@" 2>&3';
  const args = ['-c', script, process.execPath, CLI, 'audit', '-f', file];
  expect(spawnSync('bash', args, { encoding: 'utf8' }).status).toBe(2);
});

describe('help', () => {
  test('has examples and exits 0', async () => {
    const { code, stdout } = await portlock('operator', '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('Examples:');
  });
});

describe('an API server that is away', () => {
  let child: ChildProcess | undefined;
  let silent: Server | undefined;
  afterAll(() => {
    child?.kill('SIGKILL');
    silent?.close();
  });

  test('is said once, and waited for: alive, not ready', async () => {
    const health = await freePort();
    const file = kubeconfig('away', kubeconfigFor(await freePort()));
    const addresses = [
      '--health-probe-bind-address',
      `127.0.0.1:${health}`,
      '--metrics-bind-address',
      '127.0.0.1:0',
    ];
    const args = [
      'operator',
      '--namespace',
      'x',
      '--kubeconfig',
      file,
      '--canary-port',
      String(await freePort()),
    ];
    child = spawn(process.execPath, [CLI, ...args, ...addresses], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    child.stdout?.on('data', (data) => {
      log += data;
    });
    await until('the trouble is logged', () => log.includes('gave no answer'), HANGS);
    const base = `http://127.0.0.1:${health}`;
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    const ready = await fetch(`${base}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).toContain('The API server gave no answer');
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(log.split('\n').filter((line) => line.includes('gave no answer'))).toHaveLength(1);
    expect(log).not.toContain('secret-token');
  });
});
