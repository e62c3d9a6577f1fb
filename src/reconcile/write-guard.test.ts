import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KubeClient } from '../kube/client.ts';
import { NotLeaderError } from '../kube/errors.ts';
import { NETWORK_POLICIES, REPORTS } from '../kube/resources.ts';
import { ScriptedApiServer, sendJson } from '../testing/scripted-api-server.ts';
import { writeGuard } from './write-guard.ts';

const held = { assertLeading: () => {} };
const lost = {
  assertLeading: () => {
    throw new NotLeaderError('this replica does not hold the lease');
  },
};
const FORCE = { fieldManager: 'test', conflicts: 'force' } as const;

let server: ScriptedApiServer;
let client: KubeClient;

beforeEach(async () => {
  server = await ScriptedApiServer.start();
});
afterEach(async () => {
  await server.verify();
  await client.close();
  await server.close();
});

function connect(leader: typeof held, member: typeof held): void {
  client = new KubeClient({
    kubeConfig: server.kubeConfig(),
    writeGuard: writeGuard(leader, member),
  });
}

describe('a follower', () => {
  beforeEach(() => connect(lost, held));

  // Paths with the plural of policies in them: the names are the users' to choose.
  test.each([
    ['networkpolicies', 'shop'],
    ['networkpolicies-2', 'networkpolicies'],
  ])('writes the report of a workload named %s in the namespace %s', async (name, namespace) => {
    const path = `/apis/portlock.dev/v1alpha1/namespaces/${namespace}/portexposurereports/${name}`;
    server.expect(`PATCH ${path}/status`, (response) => sendJson(response, {}));
    const report = { apiVersion: 'a/v1', kind: 'A', metadata: { name, namespace } };
    await client.apply(REPORTS, report, { ...FORCE, subresource: 'status' });
  });

  test('writes no policy, whatever it is called', async () => {
    const policy = { metadata: { name: 'portexposurereports', namespace: 'shop' } };
    const location = { name: 'x', namespace: 'shop' };
    for (const write of [
      () => client.create(NETWORK_POLICIES, policy),
      () => client.apply(NETWORK_POLICIES, policy, FORCE),
      () => client.replace(NETWORK_POLICIES, policy),
      () => client.delete(NETWORK_POLICIES, location),
    ])
      await expect(write()).rejects.toThrow(NotLeaderError);
    expect(server.requests).toEqual([]);
  });
});

test('a leader that the others cannot see writes policies and nothing else', async () => {
  connect(held, lost);
  const path = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';
  server.expect(`POST ${path}`, (response) => sendJson(response, {}));
  const object = { metadata: { name: 'web', namespace: 'shop' } };
  await client.create(NETWORK_POLICIES, object);
  await expect(client.create(REPORTS, object)).rejects.toThrow(NotLeaderError);
});
