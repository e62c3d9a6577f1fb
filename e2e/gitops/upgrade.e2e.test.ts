import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { run } from '../cluster/command.ts';
import { directories } from '../cluster/directories.ts';
import { containerdSocket } from '../cluster/node.ts';
import { runningNodes } from '../cluster/running-cluster.ts';
import { deployment, Namespace } from '../harness/deployment.ts';
import { kubectlOf, repository } from '../harness/environment.ts';
import {
  installOperator,
  OPERATOR_ACCOUNT,
  OPERATOR_DEPLOYMENT,
  OPERATOR_NAMESPACE,
} from '../harness/installation.ts';
import { type Delivery, nameOf } from './tool.ts';
import { both } from './tools.ts';
import { auditPosition, writesOf } from './writes.ts';

const environment = inject('environment');
const kubectl = kubectlOf(environment);
const IMAGE = 'localhost/portlock-e2e/portlock';

/** The operator itself is delivered by a tool, which then gives it another image. */
describe.skipIf(environment.auditLog === undefined).each(both())('an upgrade by $name', (tool) => {
  const name = nameOf('upgrade', tool);
  let namespace: Namespace;
  let delivery: Delivery;

  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, name);
    delivery = await tool.deliver(name);
    await tagImage(name);
  });
  afterAll(async () => {
    await delivery?.end();
    await namespace?.remove();
    await installOperator(kubectl);
  });

  test('replaces the operator and touches no policy', async () => {
    const folder = path.join(repository, 'e2e/config/operator');
    const install = await kubectl.run(['kustomize', folder]);
    await delivery.commit({ 'install.yaml': install });
    await namespace.apply(deployment('web', { mode: 'enforce' }));
    const before = await namespace.policy('web');
    const since = await auditPosition(environment.auditLog ?? '');
    await delivery.commit({
      'install.yaml': install.replaceAll(`${IMAGE}:test`, `${IMAGE}:${name}`),
    });
    const where = ['--namespace', OPERATOR_NAMESPACE];
    const { spec, status } = await kubectl.get('deployment', OPERATOR_DEPLOYMENT, ...where);
    expect(spec.template.spec.containers[0].image).toBe(`${IMAGE}:${name}`);
    expect(status).toMatchObject({ replicas: 2, updatedReplicas: 2, readyReplicas: 2 });
    // It works: a new workload gets its policy from the new one.
    await namespace.apply(deployment('later', { mode: 'enforce' }));
    await namespace.policy('later');
    const after = await namespace.get('networkpolicy', 'web-portlock');
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    const writes = await writesOf(environment.auditLog ?? '', OPERATOR_ACCOUNT, since);
    expect(writes.filter((write) => write.endsWith(' of networkpolicies'))).toEqual([
      `create ${name}/later-portlock of networkpolicies`,
    ]);
  });
});

/** Gives the image of this checkout another tag, on every node. */
async function tagImage(tag: string): Promise<void> {
  for (const { folder } of await runningNodes(directories().state)) {
    const ctr = ['ctr', '--address', containerdSocket(folder), '--namespace', 'k8s.io'];
    await run([...ctr, 'images', 'tag', '--force', `${IMAGE}:test`, `${IMAGE}:${tag}`]);
  }
}
