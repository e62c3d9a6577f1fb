import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { describe, expect, inject, test } from 'vitest';
import { kubectlOf } from './harness/environment.ts';
import { OPERATOR_ACCOUNT, OPERATOR_NAMESPACE } from './harness/installation.ts';
import type { WireObject } from './harness/kubectl.ts';

const environment = inject('environment');
const kubectl = kubectlOf(environment);

/** One right: `verb group/resource`, as RBAC grants it and as the audit log shows it. */
type Right = string;

/**
 * Runs after all other tests (see rights-last.ts): the API server's audit log then tells which of its rights
 * the operator has used. A cluster of somebody else's has no audit log that we could read.
 */
describe.skipIf(environment.auditLog === undefined)('the rights of the operator', () => {
  test('every right that it has was used, and no other was tried', async () => {
    const granted = await grantedRights();
    const { used, denied } = await usedRights(environment.auditLog ?? '');
    expect([...granted].filter((right) => !used.has(right))).toEqual([]);
    // The one test that takes a right away makes the operator try it all the same.
    const tried = [...denied].filter((right) => !granted.has(right));
    expect(tried).toEqual([]);
  });

  test('nothing was written but policies, reports, Events and the lease', async () => {
    const { used } = await usedRights(environment.auditLog ?? '');
    const writes = [...used].filter((right) => !/^(get|list|watch) /.test(right));
    expect(writes.sort()).toEqual([
      // Asked, and never kept.
      'create authentication.k8s.io/tokenreviews',
      'create authorization.k8s.io/subjectaccessreviews',
      'create coordination.k8s.io/leases',
      'create events.k8s.io/events',
      'create networking.k8s.io/networkpolicies',
      'delete networking.k8s.io/networkpolicies',
      'delete portlock.dev/portexposurereports',
      'patch events.k8s.io/events',
      'patch networking.k8s.io/networkpolicies',
      'patch portlock.dev/portexposurereports',
      'patch portlock.dev/portexposurereports/status',
      'update coordination.k8s.io/leases',
      'update networking.k8s.io/networkpolicies',
    ]);
  });
});

async function grantedRights(): Promise<Set<Right>> {
  const roles = [
    await kubectl.get('clusterrole', 'portlock-operator'),
    await kubectl.get('clusterrole', 'portlock-metrics-auth'),
    await kubectl.get('role', 'portlock-leader-election', '--namespace', OPERATOR_NAMESPACE),
  ];
  const rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[] = roles.flatMap(
    (role: WireObject) => role.rules,
  );
  const rights = rules.flatMap(({ apiGroups, resources, verbs }) =>
    verbs.flatMap((verb) =>
      apiGroups.flatMap((group) => resources.map((resource) => `${verb} ${group}/${resource}`)),
    ),
  );
  // A server-side apply that makes an object is a patch in the audit log, and needs both rights.
  return new Set(rights.filter((right) => !/^create portlock/.test(right)));
}

async function usedRights(auditLog: string): Promise<{ used: Set<Right>; denied: Set<Right> }> {
  const used = new Set<Right>();
  const denied = new Set<Right>();
  for await (const line of createInterface({ input: createReadStream(auditLog) })) {
    const event = JSON.parse(line);
    if (event.user?.username !== OPERATOR_ACCOUNT || event.impersonatedUser || !event.objectRef)
      continue;
    const { apiGroup = '', resource, subresource } = event.objectRef;
    const right = `${event.verb} ${apiGroup}/${resource}${subresource ? `/${subresource}` : ''}`;
    if (event.responseStatus?.code === 403) denied.add(right);
    else if (event.responseStatus?.code < 500) used.add(right);
  }
  return { used, denied };
}
