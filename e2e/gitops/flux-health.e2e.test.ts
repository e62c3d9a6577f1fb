import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import { application } from '../harness/application.ts';
import { Namespace } from '../harness/deployment.ts';
import { kubectlOf, repository } from '../harness/environment.ts';
import { eventually } from '../harness/eventually.ts';
import { conditionOf, status } from '../harness/sample.ts';
import type { FluxDelivery } from './flux/flux.ts';
import { inNamespace } from './manifests.ts';
import { flux } from './tools.ts';
import { isWanted } from './wanted.ts';

const kubectl = kubectlOf(inject('environment'));
const NAME = 'flux-health';

/** The Kustomization of config/gitops/flux, in another namespace. */
async function sample(): Promise<object> {
  const file = path.join(repository, 'config/gitops/flux/health-checks.yaml');
  const { spec } = parse(await readFile(file, 'utf8'));
  const healthChecks = spec.healthChecks.map((each: object) => ({ ...each, namespace: NAME }));
  return { wait: false, healthChecks, healthCheckExprs: spec.healthCheckExprs };
}

describe.runIf(isWanted('flux'))("Flux's health checks of reports", () => {
  let namespace: Namespace;
  let delivery: FluxDelivery;
  const web = (mode: string) =>
    inNamespace(
      NAME,
      application('web', { mode, listens: [8080, 9090], declares: [{ containerPort: 8080 }] }),
    );

  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, NAME);
    delivery = await flux(await sample()).deliver(NAME);
  });
  afterAll(async () => {
    await delivery?.end();
    await namespace?.remove();
  });

  test('the Kustomization is Ready once the lock is proven', async () => {
    await delivery.commit({ 'web.yaml': [web('enforce')] });
    const report = await namespace.get('portexposurereport', 'web');
    expect(status(report, 'EnforcementVerified')).toBe('True');
  });

  test('it fails where a person has to act, and names the report', async () => {
    await delivery.offer({ 'web.yaml': [web('enforced')] });
    const failed = await eventually(
      'the failed health check',
      () => delivery.read(),
      (found) => conditionOf(found, 'Ready')?.reason === 'HealthCheckFailed',
    );
    expect(conditionOf(failed, 'Ready')?.message).toContain(`PortExposureReport/${NAME}/web`);
  });
});
