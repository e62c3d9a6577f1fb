import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { removeWebhook, startWebhook, WEBHOOK_PORT } from '../harness/admission-webhook.ts';
import { Namespace } from '../harness/deployment.ts';
import { kubectlOf } from '../harness/environment.ts';
import { eventually } from '../harness/eventually.ts';
import { conditionOf, status } from '../harness/sample.ts';

const kubectl = kubectlOf(inject('environment'));

/** The API server is no pod: no namespace that could be listed lets it in. */
describe('a webhook whose pods let in their own namespace', () => {
  let namespace: Namespace;
  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, 'portlock-webhook');
    await startWebhook(kubectl, namespace, { resource: 'configmaps' });
  });
  afterAll(async () => {
    await removeWebhook(kubectl, namespace);
    await namespace.remove();
  });

  test('waits for the line that is advised, and answers the API server throughout', async () => {
    const writer = writeSteadily(namespace);
    await namespace.run(
      'annotate',
      'deployment',
      'webhook',
      'portlock.dev/allow-from=same-namespace',
    );
    await namespace.run('label', 'deployment', 'webhook', 'portlock.dev/mode=enforce');
    const held = await namespace.report(
      'webhook',
      (report) => status(report, 'PreflightPassed') === 'False',
    );
    const message = conditionOf(held, 'PreflightPassed')?.message ?? '';
    expect(message).toContain(`MutatingWebhookConfiguration ${namespace.name}`);
    expect(await namespace.find('networkpolicy', 'webhook-portlock')).toBeUndefined();
    const [, line = ''] = /'(portlock\.dev\/allow-from=[^']+)' --overwrite/.exec(message) ?? [];
    expect(line).toBe(`portlock.dev/allow-from=same-namespace;${WEBHOOK_PORT}/TCP=any`);
    await namespace.run('annotate', 'deployment', 'webhook', line, '--overwrite');
    await namespace.report('webhook', (each) => status(each, 'EnforcementVerified') === 'True');
    const inForce = writer.written();
    await eventually(
      'writes under the policy',
      async () => writer.written() - inForce,
      (more) => more >= 20,
    );
    expect(await writer.end()).toEqual([]);
  });

  test('keeps answering where the line is taken away again, which is told', async () => {
    const before = await namespace.policy('webhook');
    const narrow = 'portlock.dev/allow-from=same-namespace';
    await namespace.run('annotate', 'deployment', 'webhook', narrow, '--overwrite');
    await eventually(
      'an Event on the workload',
      () => namespace.get('events', '--field-selector=reason=NarrowingHeld'),
      ({ items }) => items.length > 0,
    );
    await namespace.report('webhook', (report) => status(report, 'PreflightPassed') === 'False');
    expect((await namespace.policy('webhook')).spec).toEqual(before.spec);
    await namespace.run('create', 'configmap', 'asked', '--dry-run=server');
  });
});

/** Creates objects that the webhook is asked about, one after the other, and keeps what was refused. */
function writeSteadily(namespace: Namespace) {
  const failed: string[] = [];
  let written = 0;
  let isEnding = false;
  const ended = (async () => {
    while (!isEnding) {
      await namespace
        .run('create', 'configmap', 'asked', '--dry-run=server')
        .then(() => (written += 1))
        .catch((error: unknown) => failed.push(String(error)));
    }
  })();
  return {
    written: () => written,
    end: async () => {
      isEnding = true;
      await ended;
      return failed;
    },
  };
}
