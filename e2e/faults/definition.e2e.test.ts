import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isNotFound } from '../../src/kube/errors.ts';
import type { KubernetesObject } from '../../src/kube/resource.ts';
import { DEFINITIONS, NETWORK_POLICIES, REPORTS } from '../../src/kube/resources.ts';
import { until } from '../../src/testing/until.ts';
import { repository } from '../harness/environment.ts';
import { faultScene, listAll } from './fault-scene.ts';

const scene = faultScene();

const NAMESPACE = 'definition';
const PATIENCE = 90_000;
const FILE = path.join(repository, 'crds/portlock.dev_portexposurereports.yaml');
const DEFINITION = parse(readFileSync(FILE, 'utf8')) as KubernetesObject;
const { name } = DEFINITION.metadata;

const install = () =>
  scene.client.apply(DEFINITIONS, DEFINITION, { fieldManager: 'owner', conflicts: 'force' });
const count = async (resource: typeof REPORTS) =>
  (await listAll(scene.client, resource, NAMESPACE)).length;

afterEach(async () => {
  await install();
  await until('reports are served', async () => (await count(REPORTS)) >= 0, PATIENCE);
});

test('case 40: without its definition reports are left out, and said to be; policies go on, and reports come back with it', async () => {
  await scene.namespace(NAMESPACE);
  const operator = await scene.start();
  await scene.put({ name: 'first', namespace: NAMESPACE });
  await until('it is reported', async () => (await count(REPORTS)) === 1, PATIENCE);
  await scene.client.delete(DEFINITIONS, { name });
  const gone = () => scene.client.get(DEFINITIONS, { name }).then(() => false, isNotFound);
  await until('the definition is gone', gone, PATIENCE);
  await scene.put({ name: 'second', namespace: NAMESPACE });
  await until('there is a policy', async () => (await count(NETWORK_POLICIES)) === 2, PATIENCE);
  const told = () => operator.lines.filter((line) => line.includes('definition is not installed'));
  await until('it is told', () => told().length > 0, PATIENCE);
  expect(await operator.readiness()).toBe(200);
  await install();
  await until('both are reported', async () => (await count(REPORTS)) === 2, PATIENCE);
  expect(told()).toHaveLength(1);
  expect(operator.hasEnded).toBe(false);
});
