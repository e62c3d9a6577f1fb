import { expect, test } from 'vitest';
import { ciliumProxy } from './cilium-proxy.ts';
import type { PluginPolicy } from './plugins/plugin-policy.ts';

const policy = (fields: Partial<PluginPolicy>): PluginPolicy => ({
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumNetworkPolicy',
  metadata: { name: 'web' },
  ...fields,
});
const ingress = (...rules: unknown[]) => policy({ spec: { ingress: rules } });
const port = (fields: object) => ingress({ toPorts: [{ ports: [{ port: '80' }] }, fields] });
const NOTHING = { redirects: false, authenticates: false };
const REDIRECTS = { ...NOTHING, redirects: true };
const AUTHENTICATES = { ...NOTHING, authenticates: true };

test.each<[string, PluginPolicy, object]>([
  ['a port', port({}), NOTHING],
  ['a port with no rules', port({ rules: {} }), NOTHING],
  ['rules of HTTP', port({ rules: { http: [{}] } }), REDIRECTS],
  ['a listener', port({ listener: { name: 'x' } }), REDIRECTS],
  ['TLS that ends at the proxy', port({ terminatingTLS: { secret: {} } }), REDIRECTS],
  ['names of TLS servers', port({ serverNames: ['a.example'] }), REDIRECTS],
  [
    'rules of HTTP, in a list of rules',
    policy({ specs: [{}, { ingress: [{ toPorts: [{ rules: { http: [] } }] }] }] }),
    REDIRECTS,
  ],
  [
    'rules of HTTP for what pods send',
    policy({ spec: { egress: [{ toPorts: [{ rules: { http: [] } }] }] } }),
    NOTHING,
  ],
  ['authentication', ingress({}, { authentication: { mode: 'required' } }), AUTHENTICATES],
  ['no authentication', ingress({ authentication: { mode: 'disabled' } }), NOTHING],
  [
    'authentication in a policy of another plugin',
    { ...ingress({ authentication: { mode: 'required' } }), apiVersion: 'crd.antrea.io/v1beta1' },
    NOTHING,
  ],
  ['what is no list', policy({ spec: { ingress: 'all' }, specs: 7 }), NOTHING],
  ['what is no rule', policy({ spec: { ingress: [null, 7, { toPorts: [null] }] } }), NOTHING],
])('of a policy with %s', (_, each, expected) => {
  expect(ciliumProxy([each])).toEqual(expected);
});
