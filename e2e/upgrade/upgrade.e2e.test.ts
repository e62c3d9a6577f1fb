import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { auditPosition, writesOf } from '../gitops/writes.ts';
import { application } from '../harness/application.ts';
import { deployment, Namespace } from '../harness/deployment.ts';
import { kubectlOf, repository } from '../harness/environment.ts';
import { OPERATOR_ACCOUNT, operatorReady } from '../harness/installation.ts';
import type { WireObject } from '../harness/kubectl.ts';
import { status } from '../harness/sample.ts';
import { SteadyClient } from '../harness/steady-client.ts';
import { type PreviousVersion, previousVersion } from './previous-version.ts';

const { auditLog, ...environment } = inject('environment');
const kubectl = kubectlOf({ ...environment, auditLog });
const DECLARED = 8080;
const UNDECLARED = 9090;

/** The previous version's operator is replaced by this one's and back again, under clients that connect all the while. */
describe.skipIf(auditLog === undefined)('an upgrade', () => {
  let previous: PreviousVersion;
  let namespace: Namespace;
  let client: SteadyClient;

  beforeAll(async () => {
    previous = await previousVersion(kubectl);
    await install(previous.manifests);
    namespace = await Namespace.create(kubectl, 'portlock-upgrade');
    await namespace.apply(
      application('web', {
        mode: 'enforce',
        replicas: 2,
        listens: [DECLARED, UNDECLARED],
        declares: [{ containerPort: DECLARED }],
      }),
    );
    await namespace.report('web', (report) => status(report, 'EnforcementVerified') === 'True');
    const { items } = await namespace.get('pods', '--selector=app=web');
    const targets = items.flatMap(({ status }: WireObject) =>
      [DECLARED, UNDECLARED].map((port) => `${status.podIP}:${port}`),
    );
    client = await SteadyClient.start(namespace, targets);
    await client.connections();
  });
  afterAll(() => namespace?.remove());

  const newVersion = () => kubectl.run(['kustomize', path.join(repository, 'e2e/config/operator')]);

  test.each([
    { to: 'this version', name: 'new', manifests: newVersion },
    { to: 'the one before, again,', name: 'old', manifests: async () => previous.manifests },
  ])('to $to closes no declared port and opens no other', async ({ name, manifests }) => {
    const before = await namespace.policy('web');
    const since = await auditPosition(auditLog ?? '');
    await install(await manifests());
    // The one that came works: a new workload gets its policy from it.
    const later = `later-${name}`;
    await namespace.apply(deployment(later, { mode: 'enforce' }));
    await namespace.policy(later);
    const connections = await client.connections();
    for (const [target, { connected, examples }] of Object.entries(connections)) {
      if (target.endsWith(`:${DECLARED}`)) expect(examples, target).toEqual([]);
      else expect(connected, target).toBe(0);
    }
    const after = await namespace.get('networkpolicy', 'web-portlock');
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(after.spec).toEqual(before.spec);
    const writes = await writesOf(auditLog ?? '', OPERATOR_ACCOUNT, since);
    expect(writes.filter((write) => write.endsWith(' of networkpolicies'))).toEqual([
      expect.stringContaining(`/${later}-portlock `),
    ]);
  });

  async function install(manifests: string): Promise<void> {
    await kubectl.run(['apply', '--filename', '-'], manifests);
    await operatorReady(kubectl);
  }
});
