import { describe, expect, test } from 'vitest';
import { policy } from '../../testing/builders.ts';
import { deployment, onHostNetwork } from '../../testing/deployments.ts';
import { readAll } from '../../testing/read-texts.ts';
import { type Migration, migrationOf } from './migration.ts';
import { stillIsolated } from './still-isolated.ts';

const IN_BOTH = {
  podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' as const }] },
};
const DENY = policy('deny', IN_BOTH);
const HTTP = policy('http', {
  podSelector: { matchLabels: { app: 'web' } },
  ingress: [{ ports: [{ port: 8080 }] }],
});
const WEB = deployment();
const CLIENT = deployment({ name: 'client' });

function pod(name: string, fields: object = {}, owner?: { kind: string; name: string }) {
  const ownerReferences = owner && [
    { ...owner, apiVersion: 'apps/v1', uid: 'u', controller: true },
  ];
  const metadata = { name, namespace: 'shop', labels: { app: 'x' }, ownerReferences };
  const spec = { containers: [{ name: 'a' }], ...fields };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec };
}

/** `policy: what` it isolates besides. */
function told(...objects: readonly object[]): string[] {
  const { cluster, snapshots } = readAll(WEB, DENY, HTTP, ...objects);
  const migrations: Migration[] = cluster.workloads.flatMap(
    (found) => migrationOf(found, snapshots) ?? [],
  );
  expect(migrations.map(({ found }) => found.value.name)).toEqual(['web']);
  return [...stillIsolated(migrations, cluster, snapshots)].map(
    ([{ metadata }, what]) => `${metadata.name}: ${what}`,
  );
}

describe('a policy isolates besides', () => {
  test.each<[string, object, string]>([
    ['a workload that it closes to everybody', CLIENT, 'deny: Deployment client'],
    ['a pod that nobody made', pod('alone'), 'deny: Pod alone'],
    [
      'a pod of what is not read',
      pod('kafka-0', {}, { kind: 'StrimziPodSet', name: 'kafka' }),
      'deny: Pod kafka-0',
    ],
  ])('%s', (_what, object, expected) => {
    expect(told(object)).toEqual([expected]);
  });
});

test('a policy isolates pods of a workload by a label that its template lacks', () => {
  const labels = { app: 'client', role: 'primary' };
  const client = deployment({ name: 'client' });
  const there = { ...client, metadata: { ...client.metadata, uid: 'u' } };
  const made = pod('client-1', {}, { kind: 'Deployment', name: 'client' });
  const labelled = { ...made, metadata: { ...made.metadata, labels } };
  const roles = policy('roles', {
    podSelector: { matchExpressions: [{ key: 'role', operator: 'Exists' }] },
    ingress: [{ ports: [{ port: 'none' }] }],
  });
  const { cluster, snapshots } = readAll(WEB, HTTP, there, labelled, roles);
  const [migration] = cluster.workloads.flatMap((found) => migrationOf(found, snapshots) ?? []);
  if (!migration) throw new Error('nothing is to be taken over');
  const policyOfRoles = snapshots.policy('shop', 'roles')?.value;
  if (!policyOfRoles) throw new Error('there is no such policy');
  const both = { ...migration, policies: [...migration.policies, policyOfRoles] };
  expect([...stillIsolated([both], cluster, snapshots).values()]).toEqual(['Deployment client']);
});

describe('it does not isolate besides', () => {
  test.each<[string, readonly object[]]>([
    ['what is not there', []],
    ['a workload of another namespace', [deployment({ name: 'client', namespace: 'bank' })]],
    ['pods on the network of their node', [onHostNetwork(CLIENT)]],
    ['a pod on the network of its node', [pod('alone', { hostNetwork: true })]],
    ['a pod that has ended', [{ ...pod('alone'), status: { phase: 'Succeeded' } }]],
    ['a workload that has its policy', [CLIENT, policy('client-portlock', HTTP.spec)]],
    ['a pod of a workload', [pod('web-1', {}, { kind: 'Deployment', name: 'web' })]],
  ])('%s', (_what, objects) => {
    expect(told(...objects)).toEqual([]);
  });
});
