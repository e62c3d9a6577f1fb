import { expect, test } from 'vitest';
import { reached, service } from '../../testing/preflight-builders.ts';
import { webhookUses } from './webhook.ts';

test('a webhook configuration uses the ports of every Service that it names here', () => {
  const services = [{ namespace: 'shop', name: 'web', port: 80 }];
  const elsewhere = [{ namespace: 'other', name: 'web', port: 80 }];
  const kind = 'ValidatingWebhookConfiguration';
  const uses = webhookUses(
    [
      { kind, name: 'checks', services: [...services, ...elsewhere] },
      { kind: 'MutatingWebhookConfiguration', name: 'changes', services },
    ],
    'shop',
    reached([service()]),
  );
  expect(uses.map(({ port, user }) => [port, user.split(' ').slice(0, 2)])).toEqual([
    [9090, [kind, 'checks']],
    [9090, ['MutatingWebhookConfiguration', 'changes']],
  ]);
});
