import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ScriptedApiServer, sendJson } from '../../src/testing/scripted-api-server.ts';

const CLI = path.resolve(import.meta.dirname, '../../src/cli.ts');
let folder: string;
let listener: Server;
let open: number;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'portlock-probe-'));
  listener = createServer((socket) => socket.on('error', () => {})).listen(0, '127.8.8.8');
  await once(listener, 'listening');
  open = (listener.address() as AddressInfo).port;
});
afterAll(() => {
  listener.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function portlock(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const env = { PATH: process.env.PATH, HOME: folder, ...environment };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [CLI, ...args],
      { env, timeout: 180_000 },
      (error, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0;
        resolve({ code, stdout, stderr });
      },
    );
  });
}

function kubeconfig(server: string, namespace?: string): string {
  const file = path.join(folder, `config-${namespace ?? 'plain'}`);
  const context = { cluster: 'a', user: 'a', ...(namespace && { namespace }) };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'a',
    clusters: [{ name: 'a', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'a', user: { token: 'secret-token' } }],
    contexts: [{ name: 'a', context }],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

describe('bad use is one line and exit 2', () => {
  test.each<[string, string[], RegExp]>([
    ['no target', [], /missing required argument 'target'/],
    ['two targets', ['a', 'b'], /too many arguments/],
    ['another kind', ['service/web'], /it must be pod\/NAME, deployment\/NAME/],
    ['a range that is too large', ['10.0.0.0/16'], /65,536 addresses: at most 1,024 \(\/22\)/],
    [
      'more ports than can be kept',
      ['127.8.0.0/24', '--ports', 'all', '--quiet'],
      /16,776,960 ports are too many at a time: at most 2,000,000/,
    ],
    ['a port that is none', ['10.0.0.1', '--ports', '80,http'], /not "http"/],
    ['a rate that is none', ['10.0.0.1', '--rate', 'fast'], /must be a whole number/],
    ['a format that is none', ['10.0.0.1', '-o', 'xml'], /must be table, wide, json, yaml/],
    ['a timeout that is too long', ['127.8.8.8', '--timeout', '2m'], /from 10 to 60000/],
    ['a pod without a cluster', ['pod/web'], /no cluster to talk to: pass --kubeconfig/],
    ['an address to look inside of without a cluster', ['127.8.8.8', '--inside'], /no cluster/],
    ['a kubeconfig that is not there', ['127.8.8.8', '--kubeconfig', '/not/there'], /cannot read/],
    [
      'a cluster that is away',
      ['pod/web', '--kubeconfig', 'AWAY'],
      /^portlock: no answer from the API server: /,
    ],
  ])('%s', async (_, args, message) => {
    const away = kubeconfig('https://127.8.8.8:1');
    const { code, stdout, stderr } = await portlock([
      'probe',
      ...args.map((arg) => (arg === 'AWAY' ? away : arg)),
    ]);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain('secret-token');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('an address', () => {
  test('needs no cluster; words go to stderr, and none with --quiet', async () => {
    const args = ['probe', '127.8.8.8', '--ports', `1,${open}`];
    const loud = await portlock(args);
    expect(loud).toMatchObject({ code: 0 });
    expect(loud.stdout).toContain('Open');
    expect(loud.stderr).toMatch(/^Warning: nothing is known of pods and what they declare: no clu/);
    expect(loud.stderr).toContain('Probing 2 ports\n127.8.8.8: 1 open, 1 refused\n');
    expect(await portlock([...args, '--quiet'])).toEqual({ ...loud, stderr: '' });
  });

  test('is told as JSON and as YAML alike', async () => {
    const args = ['probe', '127.8.8.8', '--ports', `1,${open}`, '--quiet', '--output'];
    const [json, yaml] = await Promise.all(
      ['json', 'yaml'].map(async (format) => (await portlock([...args, format])).stdout),
    );
    const times = { startedAt: expect.any(String), endedAt: expect.any(String) };
    expect(parse(yaml ?? '')).toEqual({ ...JSON.parse(json ?? ''), ...times });
  });
});

describe('a pod', () => {
  const POD = 'GET /api/v1/namespaces/shop/pods/web-1';
  const pod = {
    metadata: { namespace: 'shop', name: 'web-1', uid: 'uid-1' },
    spec: { nodeName: 'node-1', containers: [{ name: 'app', ports: [{ containerPort: 1 }] }] },
    status: {
      phase: 'Running',
      podIPs: [{ ip: '127.8.8.8' }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };

  async function probe(answers: object[], ...args: string[]) {
    const server = await ScriptedApiServer.start();
    try {
      for (const answer of answers) server.expect(POD, (response) => sendJson(response, answer));
      const file = kubeconfig(server.url, 'shop');
      const flags = ['--kubeconfig', file, '--output', 'json', '--quiet'];
      const ended = await portlock(['probe', ...args, ...flags]);
      await server.verify();
      return { ...ended, result: JSON.parse(ended.stdout) };
    } finally {
      await server.close();
    }
  }

  test('is looked for in the namespace of the context; what is undeclared and open is exit 1', async () => {
    const { code, result } = await probe([pod, pod], 'web-1', '--ports', `1,${open}`);
    expect(code).toBe(1);
    expect(result).toMatchObject({ target: 'web-1', verdict: 'Findings', warnings: [] });
    expect(result.addresses).toMatchObject([
      {
        pod: { namespace: 'shop', name: 'web-1', uid: 'uid-1', node: 'node-1' },
        ports: [
          { port: 1, state: 'Refused', finding: null, declaredBy: [{ container: 'app' }] },
          { port: open, state: 'Open', finding: 'UndeclaredReachable', declaredBy: [] },
        ],
      },
    ]);
  });

  test('that only its declared ports answer of is exit 0', async () => {
    const declared = {
      ...pod,
      spec: { containers: [{ name: 'app', ports: [{ containerPort: open, name: 'http' }] }] },
    };
    const { code, result } = await probe([declared, declared], 'pod/web-1', '--ports', `1,${open}`);
    expect({ code, verdict: result.verdict }).toEqual({ code: 0, verdict: 'Clean' });
  });

  test('that is not ready is probed, and said to be so', async () => {
    const unready = { ...pod, status: { ...pod.status, conditions: [] } };
    const { result } = await probe([unready, unready], 'web-1', '--ports', '1');
    expect(result.warnings).toEqual(['not ready, so what listens may still change: web-1']);
  });

  test('that was replaced under its probe tells nothing: exit 2', async () => {
    const other = { ...pod, metadata: { ...pod.metadata, uid: 'uid-2' } };
    const { code, result } = await probe([pod, other], 'web-1', '--ports', `${open}`);
    expect(code).toBe(2);
    expect(result.addresses).toMatchObject([{ verdict: 'Unknown', ports: [] }]);
  });
});

/** Makes every import of a client library an error. */
const WITHOUT_LIBRARIES = `--import data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve(specifier, context, next) {
      if (/client-node|undici|k8s-operator|prom-client|winston|yaml/.test(specifier))
        throw new Error('loaded ' + specifier);
      return next(specifier, context);
    },
  });
`)}`;

test.each([[['--version']], [['--help']], [['probe', '--help']], [['operator', '--help']]])(
  '%j loads no client library',
  async (args) => {
    const { code, stderr } = await portlock(args, { NODE_OPTIONS: WITHOUT_LIBRARIES });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  },
);

test('what must not be loaded would be noticed', async () => {
  const { stderr } = await portlock(['probe', '127.8.8.8'], { NODE_OPTIONS: WITHOUT_LIBRARIES });
  expect(stderr).toContain('loaded ');
});
