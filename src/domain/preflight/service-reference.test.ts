import { expect, test } from 'vitest';
import { reached, service, servicePort } from '../../testing/preflight-builders.ts';
import { apiServiceUses } from './api-service.ts';
import { conversionUses } from './conversion.ts';
import { usesOfReference } from './service-reference.ts';
import { webhookUses } from './webhook.ts';

const SERVICES = reached([
  service({
    ports: [
      servicePort({ port: 443, targetPort: 9443 }),
      servicePort({ name: 'other', port: 8443, targetPort: 9444 }),
    ],
  }),
]);
const HOOK = { namespace: 'shop', name: 'web', port: undefined };

test.each([
  ['443 by default', {}, [9443]],
  ['a port', { port: 8443 }, [9444]],
  ['a port that the Service lacks', { port: 80 }, []],
  ['another namespace', { namespace: 'other' }, []],
  ['another Service', { name: 'api' }, []],
])('%s', (_name, fields, expected) => {
  const uses = usesOfReference('X y', { ...HOOK, ...fields }, 'shop', SERVICES);
  expect(uses.map((use) => use.port)).toEqual(expected);
});

test('who calls is named by kind', () => {
  const kind = 'MutatingWebhookConfiguration';
  const uses = [
    ...webhookUses([{ kind, name: 'm', services: [HOOK, HOOK] }], 'shop', SERVICES),
    ...conversionUses([{ name: 'c', versions: [], service: HOOK }], 'shop', SERVICES),
    ...conversionUses([{ name: 'none', versions: [], service: undefined }], 'shop', SERVICES),
    ...apiServiceUses([{ name: 'a', service: HOOK }], 'shop', SERVICES),
    ...apiServiceUses([{ name: 'local', service: undefined }], 'shop', SERVICES),
  ];
  expect([...new Set(uses.map(({ user }) => user))]).toEqual([
    'MutatingWebhookConfiguration m through Service web',
    'CustomResourceDefinition c through Service web',
    'APIService a through Service web',
  ]);
});
