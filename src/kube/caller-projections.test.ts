import { describe, expect, test } from 'vitest';
import {
  projectApiService,
  projectDefinition,
  projectWebhookConfiguration,
} from './usage-projections.ts';

/** Kinds by which the API server itself calls a Service. */

const metadata = { name: 'a' };
const service = { namespace: 'shop', name: 'hook', port: 8443, path: '/convert' };
const reference = { namespace: 'shop', name: 'hook', port: 8443 };

describe('a webhook configuration', () => {
  test('calls the Services of its webhooks, and no URLs', () => {
    const webhooks = [
      { clientConfig: { service } },
      { clientConfig: { url: 'https://a.example' } },
      { clientConfig: null },
      null,
      { clientConfig: { service: { name: 'b' } } },
      { clientConfig: { service: { namespace: 'shop', name: 7 } } },
    ];
    const project = projectWebhookConfiguration('ValidatingWebhookConfiguration');
    expect(project({ metadata, webhooks })).toEqual({
      kind: 'ValidatingWebhookConfiguration',
      name: 'a',
      services: [reference, { namespace: '', name: 'b', port: undefined }],
    });
  });

  test.each([undefined, null, {}, 'all'])('with %j for webhooks calls nothing', (webhooks) => {
    const project = projectWebhookConfiguration('MutatingWebhookConfiguration');
    expect(project({ metadata, webhooks }).services).toEqual([]);
  });
});

describe('a definition', () => {
  const versions = [
    { name: 'v1', served: true },
    { name: 'v1beta1', served: false },
    { name: 'v2' },
    { name: 'v3', served: 'true' },
    null,
  ];
  const webhook = { clientConfig: { service } };

  test('calls the Service that converts, for the versions that are served', () => {
    const spec = { versions, conversion: { strategy: 'Webhook', webhook } };
    expect(projectDefinition({ metadata, spec })).toEqual({
      name: 'a',
      versions: ['v1'],
      service: reference,
    });
  });

  test.each([
    ['another strategy', { strategy: 'None', webhook }],
    ['no strategy', { webhook }],
    ['a URL', { strategy: 'Webhook', webhook: { clientConfig: { url: 'https://a' } } }],
    ['no webhook', { strategy: 'Webhook' }],
    ['nothing', undefined],
  ])('with %s calls nothing', (_, conversion) => {
    expect(projectDefinition({ metadata, spec: { versions, conversion } }).service).toBeUndefined();
  });

  test('of a single version converts nothing, and without a list it may have several', () => {
    const conversion = { strategy: 'Webhook', webhook };
    const single = { versions: [{ name: 'v1', served: true }], conversion };
    expect(projectDefinition({ metadata, spec: single }).service).toBeUndefined();
    expect(projectDefinition({ metadata, spec: { conversion } }).service).toEqual(reference);
  });

  test('without a spec serves nothing', () => {
    expect(projectDefinition({ metadata })).toEqual({
      name: 'a',
      versions: [],
      service: undefined,
    });
  });
});

test.each([
  ['a Service', { service }, reference],
  ['a port that is none', { service: { ...service, port: 0 } }, { ...reference, port: undefined }],
  ['no Service, as the API server itself', { service: null }, undefined],
  ['nothing', undefined, undefined],
])('an APIService with %s', (_, spec, expected) => {
  expect(projectApiService({ metadata, spec })).toEqual({ name: 'a', service: expected });
});
