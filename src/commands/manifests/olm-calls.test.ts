import { describe, expect, test } from 'vitest';
import { emptyCluster } from './cluster.ts';
import type { Wire } from './manifest.ts';
import { type OlmCall, olmCallsOf, takeOlmCalls } from './olm-calls.ts';

const DEPLOYMENT = {
  metadata: { namespace: 'ops', name: 'manager' },
  spec: { selector: { matchLabels: { app: 'manager' } } },
};

/** What calls the Deployment manager by these parts of a ClusterServiceVersion. */
function calls(spec: unknown): OlmCall[] {
  const csv = { apiVersion: 'operators.coreos.com/v1alpha1', kind: 'ClusterServiceVersion', spec };
  return olmCallsOf(csv as Wire, 'manager');
}

function webhook(fields: object): OlmCall[] {
  const one = { type: 'ValidatingAdmissionWebhook', generateName: 'v', deploymentName: 'manager' };
  return calls({ webhookdefinitions: [{ ...one, ...fields }] });
}

describe('a Deployment is called by', () => {
  test.each<[string, object, Partial<OlmCall>]>([
    ['a webhook on 443', {}, { port: 443, targetPort: 443 }],
    ['one on its own port', { containerPort: 8443 }, { port: 8443, targetPort: 8443 }],
    ['one on another port', { targetPort: 9443 }, { port: 443, targetPort: 9443 }],
    ['one on a named port', { targetPort: 'hooks' }, { port: 443, targetPort: 'hooks' }],
    ['one on no port', { containerPort: 'x', targetPort: 0 }, { port: 443, targetPort: 443 }],
    ['one that validates', {}, { by: 'ValidatingWebhookConfiguration', name: 'v' }],
    [
      'one that changes',
      { type: 'MutatingAdmissionWebhook' },
      { by: 'MutatingWebhookConfiguration', name: 'v' },
    ],
    [
      'one that converts',
      { type: 'ConversionWebhook', conversionCRDs: ['a.example.com'] },
      { by: 'CustomResourceDefinition', name: 'a.example.com' },
    ],
  ])('%s', (_by, fields, expected) => {
    expect(webhook(fields)).toEqual([expect.objectContaining(expected)]);
  });

  test('an API that it serves, always on the port of the container', () => {
    const api = { group: 'example.com', version: 'v1', deploymentName: 'manager', targetPort: 1 };
    const owned = [{ ...api, containerPort: 5443 }];
    expect(calls({ apiservicedefinitions: { owned, required: owned } })).toEqual([
      { by: 'APIService', name: 'v1.example.com', port: 5443, targetPort: 5443 },
    ]);
  });

  test.each<[string, object]>([
    ['of another Deployment', { deploymentName: 'other' }],
    ['of a kind that nobody knows', { type: 'Webhook' }],
    ['that converts nothing', { type: 'ConversionWebhook' }],
  ])('no webhook %s', (_which, fields) => {
    expect(webhook(fields)).toEqual([]);
  });

  test.each([
    undefined,
    'a',
    { webhookdefinitions: 'a', apiservicedefinitions: [] },
    { webhookdefinitions: [null, 'a'] },
  ])('nothing where there is only %j', (spec) => {
    expect(calls(spec)).toEqual([]);
  });
});

test('what calls goes through the Service that OLM makes', () => {
  const { usage } = emptyCluster();
  const all: OlmCall[] = [
    { by: 'MutatingWebhookConfiguration', name: 'm', port: 443, targetPort: 9443 },
    { by: 'CustomResourceDefinition', name: 'c', port: 444, targetPort: 'x' },
    { by: 'APIService', name: 'a', port: 445, targetPort: 445 },
  ];
  takeOlmCalls({ ...emptyCluster(), usage }, DEPLOYMENT, all);
  const at = (port: number) => ({ namespace: 'ops', name: 'manager-service', port });
  expect(usage).toMatchObject({
    services: [
      {
        namespace: 'ops',
        name: 'manager-service',
        selector: { app: 'manager' },
        ports: [
          { port: 443, targetPort: 9443 },
          { port: 444, targetPort: 'x' },
          { port: 445, targetPort: 445 },
        ],
      },
    ],
    webhooks: [{ kind: 'MutatingWebhookConfiguration', name: 'm', services: [at(443)] }],
    definitions: [{ name: 'c', service: at(444) }],
    apiServices: [{ name: 'a', service: at(445) }],
  });
});

test('what nothing calls has no Service', () => {
  const cluster = emptyCluster();
  takeOlmCalls(cluster, DEPLOYMENT, []);
  expect(cluster.usage.services).toEqual([]);
});
