import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { sendJson } from '../testing/scripted-api-server.ts';
import { scriptedCluster } from '../testing/scripted-cluster.ts';
import { type ProbeFlags, runProbe } from './probe.ts';

const never = new AbortController().signal;
const ADDRESS = '127.0.0.77';
let listener: Server;
let open: number;

beforeEach(async () => {
  vi.stubEnv('KUBECONFIG', '/none/config');
  listener = createServer((socket) => socket.on('error', () => {})).listen(0, ADDRESS);
  await once(listener, 'listening');
  open = (listener.address() as AddressInfo).port;
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  listener.close();
});

/** What a probe says, and how it ends. */
async function probed(given: Partial<ProbeFlags> = {}) {
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    vi.spyOn(process[name], 'write').mockImplementation(((text: string, done?: () => void) => {
      said[name] += text;
      done?.();
      return true;
    }) as never);
  const flags: ProbeFlags = {
    target: ADDRESS,
    ports: [open],
    rate: 0,
    concurrency: 64,
    timeout: 200,
    output: 'json',
    color: true,
    quiet: false,
    inside: false,
    kubeconfig: undefined,
    context: undefined,
    as: undefined,
    namespace: undefined,
    ...given,
  };
  const exitCode = await runProbe(flags, never).finally(() => vi.restoreAllMocks());
  return { ...said, exitCode };
}

describe('a probe of an address without a cluster', () => {
  test('tells what is open, and that nothing is known of it', async () => {
    const { stdout, stderr, exitCode } = await probed();
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      kind: 'ProbeResult',
      target: ADDRESS,
      silentAddresses: 0,
      addresses: [{ address: ADDRESS, pod: null, ports: [{ port: open, state: 'Open' }] }],
    });
    expect(result.warnings).toEqual([expect.stringContaining('nothing is known of pods')]);
    expect(stderr).toContain('Probing 1 port\n');
    expect(stderr).toContain(`${ADDRESS}: 1 open`);
    expect(exitCode).toBe({ Clean: 0, Findings: 1, Unknown: 2 }[result.verdict as 'Clean']);
  });

  test('cannot look inside', async () => {
    await expect(probed({ inside: true })).rejects.toThrow('/none/config');
  });

  test('of more ports than can be kept is refused before any is asked', async () => {
    const target = '127.0.0.0/22';
    await expect(probed({ target, ports: 'all' })).rejects.toThrow(
      /^[\d,]+ ports are too many at a time: at most 2,000,000; name fewer with --ports, or fewer addresses$/,
    );
  });
});

test('a range is a table without colours where there is no terminal, and nothing else where that is asked for', async () => {
  const { stdout, stderr } = await probed({
    target: '127.0.0.76/31',
    output: 'table',
    quiet: true,
  });
  expect(stdout).toMatch(
    new RegExp(`^ADDRESS .*\\n(.*\\n)*${ADDRESS} +${open}/TCP +Open .*\\n(.*\\n)*Seen from .*\\n$`),
  );
  expect(stderr).toBe('');
});

describe('a probe of a pod', () => {
  const cluster = scriptedCluster();

  /** A pod at the address that listens, as it is at the first look and later. */
  function pods(...looks: { uid: string; ready?: boolean }[]): void {
    let times = 0;
    cluster.server.allow('GET /api/v1/namespaces/default/pods/web', (response) => {
      const look = looks[Math.min(times, looks.length - 1)];
      times += 1;
      const conditions = [{ type: 'Ready', status: look?.ready === false ? 'False' : 'True' }];
      sendJson(response, {
        metadata: { namespace: 'default', name: 'web', uid: look?.uid },
        spec: { containers: [{ name: 'app' }] },
        status: { phase: 'Running', podIPs: [{ ip: ADDRESS }], conditions },
      });
    });
  }
  const ofPod = () => probed({ target: 'web', kubeconfig: cluster.kubeconfig });

  test('finds an open port that it does not declare, and says that it is not ready', async () => {
    pods({ uid: 'a', ready: false });
    const { stdout, stderr, exitCode } = await ofPod();
    expect(JSON.parse(stdout).addresses).toMatchObject([
      { pod: { namespace: 'default', name: 'web', uid: 'a' } },
    ]);
    expect(stderr).toContain('Warning: not ready, so what listens may still change: web\n');
    expect(exitCode).toBe(1);
  });

  test('whose address another pod has by now proves nothing', async () => {
    pods({ uid: 'a' }, { uid: 'b' });
    const { stdout, exitCode } = await ofPod();
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'Unknown' });
    expect(exitCode).toBe(2);
  });
});
