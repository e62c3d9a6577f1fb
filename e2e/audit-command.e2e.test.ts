import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubectlOf, OPERATOR_IMAGE } from './harness/environment.ts';
import { eventually } from './harness/eventually.ts';
import type { WireObject } from './harness/kubectl.ts';
import { type Ended, startPortlock } from './harness/portlock-command.ts';
import { Sample } from './harness/sample.ts';

const environment = inject('environment');
const kubectl = kubectlOf(environment);
const NAMESPACE = 'portlock-audit-command';
const THROWAWAY = 'portlock.dev/throwaway';

let sample: Sample;
beforeAll(async () => {
  sample = await Sample.create(kubectl, NAMESPACE);
});
afterAll(() => sample?.remove());

// Side by side: each of them mostly waits.
describe('before a lock', () => {
  test.concurrent('objects alone: no policy', async () => {
    const { code, app } = await audit();
    expect(app).toMatchObject({ allowed: { verdict: 'All' }, enforce: { applies: true } });
    expect(ids(app)).toContain('PL001');
    expect(code).toBe(1);
  });

  test.concurrent('what is reachable, what listens in which image, and who is connected', async () => {
    const { code, app } = await audit('--probe', '--inside');
    expect(undeclared(app, 'reachable')).toEqual([5000, 9090]);
    expect(undeclared(app, 'listening')).toEqual([5000, 9090]);
    const [listener] = app.listening;
    expect(listener).toMatchObject({ container: 'app', image: expect.stringContaining('node') });
    expect(ids(app)).toEqual(expect.arrayContaining(['PL019', 'PL021']));
    expect(code).toBe(1);
  });

  test.concurrent('from a pod that is there', async () => {
    const { app } = await audit('--from-pod', `${NAMESPACE}/multi-port-client`);
    expect(undeclared(app, 'reachable')).toEqual([5000, 9090]);
  });

  test.concurrent('who may not list policies is told so, and nothing is claimed', async () => {
    await sample.run('create', 'serviceaccount', 'reader');
    const verbs = ['--verb=list', '--resource=deployments.apps,pods,services'];
    await sample.run('create', 'role', 'reader', ...verbs);
    const account = `${NAMESPACE}:reader`;
    await sample.run(
      'create',
      'rolebinding',
      'reader',
      '--role=reader',
      `--serviceaccount=${account}`,
    );
    const { code, app, stderr } = await audit('--as', `system:serviceaccount:${account}`);
    expect(stderr).toMatch(
      /not allowed to list networkpolicies\.networking\.k8s\.io in the namespace/,
    );
    expect(app.allowed.verdict).toBe('Unknown');
    expect(app.enforce.applies).toBeNull();
    expect(code).toBe(2);
  });
});

/** These come last: they lock the sample. */
describe('after a lock', () => {
  beforeAll(async () => {
    await sample.label('enforce');
    await eventually(
      'the lock',
      () => sample.connect([5000, 8080, 9090]),
      (seen) => seen[9090] === 'timeout' && seen[5000] === 'timeout' && seen[8080] === 'open',
    );
  });

  test.concurrent('nothing undeclared is reachable', async () => {
    const { app } = await audit('--probe');
    expect(undeclared(app, 'reachable')).toEqual([]);
    expect(ids(app)).not.toContain('PL019');
    expect(ids(app)).not.toContain('PL020');
  });

  test.concurrent('explain names the policy, and what would be without a rule of it', async () => {
    const command = ['explain', `${NAMESPACE}/multi-port-app`, '9090', '-o', 'json'];
    const { code, stdout } = await startPortlock(environment, command).ended;
    const [port] = JSON.parse(stdout).ports;
    expect(port).toMatchObject({ port: 9090, verdict: 'Closed' });
    expect(port.policies.map(({ name }: WireObject) => name)).toEqual(['multi-port-app-portlock']);
    expect(code).toBe(0);
  });
});

test('no pod and no namespace is left', () =>
  eventually(
    'the end of namespaces',
    () => kubectl.get('namespaces', '--selector', THROWAWAY),
    ({ items }) => items.length === 0,
  ));

function ids(app: WireObject): string[] {
  return app.findings.map(({ id }: { id: string }) => id);
}

function undeclared(app: WireObject, field: 'reachable' | 'listening'): number[] {
  const declared = app.declared.map(({ port }: WireObject) => port);
  const seen: number[] = app[field].map(({ port }: WireObject) => port);
  const ports = seen.filter((port) => !declared.includes(port));
  return [...new Set(ports)].sort((a, b) => a - b);
}

async function audit(...args: string[]): Promise<Ended & { app: WireObject }> {
  const common = ['-n', NAMESPACE, '--image', OPERATOR_IMAGE, '-q', '-o', 'json'];
  const ended = await startPortlock(environment, ['audit', ...common, ...args]).ended;
  const { workloads } = JSON.parse(ended.stdout);
  const app = workloads.find(({ name }: WireObject) => `${name}` === 'multi-port-app');
  return { ...ended, app };
}
