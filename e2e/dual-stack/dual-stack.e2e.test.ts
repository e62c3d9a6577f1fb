import { isIPv6 } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubectlOf } from '../harness/environment.ts';
import { eventually } from '../harness/eventually.ts';
import { leaderPod, OPERATOR_NAMESPACE } from '../harness/installation.ts';
import type { WireObject } from '../harness/kubectl.ts';
import { filterReceived } from '../harness/packet-filter.ts';
import { reason, rowOf, Sample, status } from '../harness/sample.ts';

const PORTS = [8080, 9090, 5000];
const ALL_OPEN = { 8080: 'open', 9090: 'open', 5000: 'open' };
const LOCKED = { 8080: 'open', 9090: 'timeout', 5000: 'timeout' };

/** Connects to ports of the pod that it runs in, at every address of it, and prints each outcome. */
const CONNECT_TO_ITSELF = `
  const { connect } = require('node:net');
  const own = Object.values(require('node:os').networkInterfaces()).flat()
    .filter(({ internal, scopeid }) => !internal && !scopeid);
  const outcome = (host, port) => new Promise((resolve) => {
    const socket = connect(port, host);
    // Whoever is accepted may be hung up on before it is told so: the canary does that.
    const failed = ({ code }) => resolve(code === 'ECONNRESET' ? 'open' : code);
    socket.once('connect', () => resolve('open')).once('error', failed);
  });
  (async () => {
    for (const { family, address } of own)
      for (const port of process.argv.slice(1))
        console.log(family, port, await outcome(address, Number(port)));
    process.exit();
  })();
`;

const kubectl = kubectlOf(inject('environment'));

/** The story over both IP families; each step begins where the one before ended. */
describe('a workload whose pods have addresses of both IP families', () => {
  let sample: Sample;
  let addresses: string[];
  beforeAll(async () => {
    sample = await Sample.create(kubectl, 'portlock-dual-stack');
    addresses = await sample.addresses();
  });
  afterAll(() => sample?.remove());

  test('1. can be reached at each of them, and the operator listens on both', async () => {
    expect(addresses.map((ip) => isIPv6(ip))).toEqual([false, true, false, true]);
    await reach(ALL_OPEN);
    for (const ip of await serviceAddresses())
      await eventually(
        `the Service at ${ip}`,
        () => sample.connectTo(ip, [80]),
        (seen) => seen[80] === 'open',
      );
    // No policy is about what a pod tells itself, and the canary is closed to all others.
    const leader = await leaderPod(kubectl);
    const inLeader = ['exec', leader, '--namespace', OPERATOR_NAMESPACE, '--', '/nodejs/bin/node'];
    const ports = ['8081', '8443', '9447'];
    const said = await kubectl.run([...inLeader, '-e', CONNECT_TO_ITSELF, '--', ...ports]);
    expect(said.trim().split('\n').sort()).toEqual(
      ['IPv4', 'IPv6'].flatMap((family) => ports.map((port) => `${family} ${port} open`)),
    );
  });

  test('2. is locked over both, and both are swept', async () => {
    await sample.label('enforce');
    await reach(LOCKED);
    const report = await sample.report(
      'everything verified and swept',
      (each) => status(each, 'Ready') === 'True' && each.status.probe?.sweeps?.length === 2,
    );
    expect(status(report, 'EnforcementVerified')).toBe('True');
    expect(status(report, 'DriftDetected')).toBe('False');
    const sweeps: { ip: string }[] = report.status.probe.sweeps;
    expect(sweeps.map(({ ip }) => isIPv6(ip)).sort()).toEqual([false, true]);
    for (const sweep of sweeps) expect(sweep).toMatchObject({ open: 1, filtered: 65_534 });
  });

  test('3. what is open or closed over one of them alone is reported so', async () => {
    await overIPv6('tcp dport { 8080, 9090 } drop;');
    await kubectl.apply({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'allow-all', namespace: sample.namespace },
      spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] },
    });
    const expected = [
      { port: 5000, finding: 'UndeclaredReachable' },
      { port: 9090, finding: 'UndeclaredReachable', families: ['IPv4'] },
      { port: 8080, finding: 'DeclaredUnreachable', families: ['IPv6'] },
    ];
    const report = await sample.report(
      JSON.stringify(expected),
      (each) => JSON.stringify(told(each)) === JSON.stringify(expected),
    );
    expect(rowOf(report, 8080)?.message).toMatch(/^No policy closes it over IPv6/);
    expect(rowOf(report, 5000)?.message).toMatch(/^Widened by allow-all(?! over)/);
    expect(rowOf(report, 9090)?.message).toMatch(/^Widened by allow-all over IPv4/);
    expect(reason(report, 'EnforcementVerified')).toBe('Widened');
  });

  test('4. and is no more once both are alike', async () => {
    await overIPv6();
    await sample.run('delete', 'networkpolicy', 'allow-all');
    await reach(LOCKED);
    const report = await sample.report(
      'good news',
      (each) =>
        status(each, 'EnforcementVerified') === 'True' && status(each, 'DriftDetected') === 'False',
    );
    expect(rowOf(report, 8080)).toMatchObject({ expected: 'Allowed', observed: 'Open' });
    expect(rowOf(report, 8080)).not.toHaveProperty('families');
  });

  test('5. without the label everything is as before', async () => {
    await sample.label(undefined);
    await reach(ALL_OPEN);
  });

  /** Makes a Service of both families. */
  async function serviceAddresses(): Promise<string[]> {
    await kubectl.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'multi-port-app', namespace: sample.namespace },
      spec: {
        ipFamilyPolicy: 'RequireDualStack',
        selector: { app: 'multi-port-app' },
        ports: [{ port: 80, targetPort: 8080 }],
      },
    });
    const { spec } = await sample.get('service', 'multi-port-app');
    return spec.clusterIPs;
  }

  /** What the pods do with what they receive over IPv6. */
  async function overIPv6(...rules: string[]): Promise<void> {
    const { items } = await sample.get('pods', '--selector', 'app=multi-port-app');
    const uids = items.map(({ metadata }: WireObject) => metadata.uid);
    await filterReceived(
      uids,
      rules.map((rule) => `meta nfproto ipv6 ${rule}`),
    );
  }

  async function reach(expected: object): Promise<void> {
    await eventually(
      JSON.stringify(expected),
      () => sample.connect(PORTS),
      (seen) => JSON.stringify(seen) === JSON.stringify(expected),
    );
  }
});

/** The findings of a report, in its order. */
function told(report: WireObject): object[] {
  const rows: { port: number; finding?: string; families?: string[] }[] =
    report.status?.ports ?? [];
  return rows.map(({ port, finding, families }) => ({ port, finding, families }));
}
