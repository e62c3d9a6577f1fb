import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { application } from '../harness/application.ts';
import { Namespace } from '../harness/deployment.ts';
import { kubectlOf } from '../harness/environment.ts';
import { eventually } from '../harness/eventually.ts';
import { OPERATOR_ACCOUNT } from '../harness/installation.ts';
import { status } from '../harness/sample.ts';
import { inNamespace } from './manifests.ts';
import type { Delivery } from './tool.ts';
import { both } from './tools.ts';
import { isWanted } from './wanted.ts';
import { auditPosition, writesOf } from './writes.ts';

const { auditLog = '', ...environment } = inject('environment');
const kubectl = kubectlOf({ ...environment, auditLog });
const PREFIX = 'quiet-';
const MINUTES = Number(process.env.GITOPS_QUIET_MINUTES ?? '1');

const accounts = [
  ...(isWanted('flux') ? ['system:serviceaccount:flux-system:kustomize-controller'] : []),
  ...(isWanted('argocd') ? ['system:serviceaccount:argocd:argocd-application-controller'] : []),
];

/** Both tools at work on one application each, with nothing to do for anybody. */
describe.skipIf(auditLog === '')('once converged', () => {
  const deliveries: Delivery[] = [];
  const namespaces: Namespace[] = [];

  beforeAll(async () => {
    for (const [index, tool] of both().entries()) {
      const name = `${PREFIX}${index}`;
      namespaces.push(await Namespace.create(kubectl, name));
      const delivery = await tool.deliver(name);
      deliveries.push(delivery);
      const fields = { mode: 'enforce', listens: [8080, 9090], replicas: 2 };
      const web = application('web', { ...fields, declares: [{ containerPort: 8080 }] });
      await delivery.commit({ 'web.yaml': [inNamespace(name, web)] });
    }
    for (const namespace of namespaces) {
      await namespace.report(
        'web',
        (report) =>
          status(report, 'EnforcementVerified') === 'True' &&
          report.status.probe?.sweeps !== undefined,
      );
    }
    await eventually('the last write', writesInFiveSeconds, (writes) => writes.length === 0);
  });
  afterAll(async () => {
    for (const delivery of deliveries) await delivery.end();
    for (const namespace of namespaces) await namespace.remove();
  });

  test(`portlock writes nothing in ${MINUTES} min, whatever the tools do`, {
    timeout: (MINUTES + 5) * 60_000,
  }, async () => {
    const since = await auditPosition(auditLog);
    const end = performance.now() + MINUTES * 60_000;
    while (performance.now() < end) {
      for (const delivery of deliveries) await delivery.refresh();
      await sleep(1000);
    }
    expect(await writesHere(since)).toEqual([]);
    for (const account of accounts) {
      expect(await writesOf(auditLog, account, since), account).not.toEqual([]);
    }
  });
});

async function writesInFiveSeconds(): Promise<string[]> {
  const since = await auditPosition(auditLog);
  await sleep(5000);
  return writesHere(since);
}

/** What portlock wrote in these namespaces; in others, it may still be telling of what was before. */
async function writesHere(since: number): Promise<string[]> {
  const writes = await writesOf(auditLog, OPERATOR_ACCOUNT, since);
  return writes.filter((write) => write.includes(` ${PREFIX}`));
}
