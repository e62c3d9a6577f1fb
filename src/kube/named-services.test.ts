import { expect, test } from 'vitest';
import { namedByService, namedServices } from './named-services.ts';

const NGINX = 'nginx.ingress.kubernetes.io/';

/** In short: `namespace/service:port`, with `*` where a host is looked up. */
function found(annotations: Record<string, unknown>): string[] {
  return namedServices(annotations, 'shop').map(
    ({ namespace, service, port, byHost }) =>
      `${namespace}/${service}:${port ?? 'first'}${byHost ? '*' : ''}`,
  );
}

test.each<[url: unknown, string[]]>([
  ['http://auth.bank.svc.cluster.local', ['bank/auth:80*']],
  ['https://auth.bank.svc.cluster.local/check?rd=$escaped_request_uri', ['bank/auth:443*']],
  ['http://auth.bank:4180/oauth2/auth', ['bank/auth:4180*']],
  [' HTTP://user:word@Auth.Bank.svc:4180?x=http://other.bank.svc', ['bank/auth:4180*']],
  ['http://auth.bank.svc:4180$request_uri', ['bank/auth:4180*']],
  ['svc://auth:4180/oauth2/auth', ['shop/auth:4180']],
  ['svc://bank/auth:http', ['bank/auth:http']],
  ['svc://auth/path', []],
  ['svc://auth:0', []],
  ['http://auth/check', []],
  ['http://auth.example.com/check', []],
  ['http://auth.bank.svc:65536', []],
  ['http://auth.bank.svc:$port', []],
  ['http://$service_name.$namespace.svc.cluster.local', []],
  ['http://auth.bank$suffix', []],
  ['see http://auth.bank.svc', []],
  ['auth.bank.svc', []],
  ['http://', []],
  ['', []],
  [7, []],
  [null, []],
])('an auth-url of %j names %j', (url, services) => {
  expect(found({ [`${NGINX}auth-url`]: url })).toEqual(services);
});

test.each(['auth-url', 'auth-uri', 'mirror-target'])('%s counts, of whatever prefix', (key) => {
  const url = 'http://auth.bank.svc:81';
  expect(namedServices({ [`edge.example.test/${key}`]: url }, 'shop')).toEqual([
    { annotation: key, namespace: 'bank', service: 'auth', port: 81, byHost: true },
  ]);
  expect(found({ [`${NGINX}not-${key}`]: url, [`${NGINX}auth-signin`]: url })).toEqual([]);
});

test.each([
  ['errors', ['shop/errors:first']],
  [' errors ', ['shop/errors:first']],
  ['bank/errors', []],
  ['errors.bank', []],
  ['', []],
])('a default-backend of %j names %j, in the namespace of the Ingress', (value, services) => {
  expect(found({ [`${NGINX}default-backend`]: value })).toEqual(services);
});

test.each(['configuration-snippet', 'server-snippet', 'location-snippets', 'skipper-filter'])(
  'in a %s every URL with the name of a Service counts, and no other',
  (key) => {
    const text = `location /a { proxy_pass http://auth.bank.svc:4180/; }
      set $up "https://audit.bank.svc.cluster.local"; grpc_pass grpc://a.bank.svc:9;
      return 302 https://shop.example;`;
    expect(found({ [`example.test/${key}`]: text })).toEqual([
      'bank/auth:4180*',
      'bank/audit:443*',
      'bank/a:9*',
    ]);
  },
);

test('each is kept once, and of very many the first', () => {
  const url = 'http://auth.bank.svc';
  expect(found({ 'a.test/auth-url': url, 'b.test/auth-url': url })).toEqual(['bank/auth:80*']);
  const many = Array.from({ length: 20_000 }, (_, index) => `http://s${index}.bank.svc `).join('');
  const kept = found({ [`${NGINX}server-snippet`]: many });
  expect(kept).toHaveLength(64);
  expect(kept[63]).toBe('bank/s63:80*');
});

test.each([
  ['slashes', 'http://'.repeat(100_000)],
  ['letters', `http://${'a'.repeat(500_000)}`],
  ['an at sign that never comes', `http://${'a:'.repeat(250_000)}`],
  ['dots', `http://${'.'.repeat(500_000)}!`],
  ['many hosts that end badly', `http://${'a'.repeat(253)}!`.repeat(2000)],
])('half a megabyte of %s takes no time', (_what, text) => {
  const start = performance.now();
  const annotations = { [`${NGINX}server-snippet`]: text, [`${NGINX}auth-url`]: text };
  expect(found(annotations)).toEqual([]);
  expect(performance.now() - start).toBeLessThan(1000);
});

const CONFIG = `---
apiVersion: getambassador.io/v3alpha1
kind:  Mapping
name:  front
prefix: /front/
service: front
---
kind: Mapping
service: "https://pay.bank"   # by TLS
tls: upstream
---
kind: AuthService
auth_service: auth.bank.svc.cluster.local:3000
tls: false
---
kind: TCPMapping
service: 'db.bank:5432'
---
kind: Mapping
service: api.bank
tls: true
---
kind: Mapping
service: plain.bank
tls: false
---
kind: Mapping
service: shop.example.com
not_a_service: other.bank
`;

test('what Emissary is told in an annotation counts, of an Ingress and of a Service', () => {
  const annotations = { 'getambassador.io/config': CONFIG };
  const expected = [
    'shop/front:80*',
    'bank/pay:443*',
    'bank/auth:3000*',
    'bank/db:5432*',
    'bank/api:443*',
    'bank/plain:80*',
  ];
  expect(found(annotations)).toEqual(expected);
  expect(namedByService(annotations, 'shop')).toEqual(namedServices(annotations, 'shop'));
  expect(namedByService(annotations, 'shop')[0]).toEqual({
    annotation: 'getambassador.io/config',
    whose: 'Emissary',
    namespace: 'shop',
    service: 'front',
    port: 80,
    byHost: true,
  });
});

test('of a Service nothing else counts but what HAProxy Ingress reads there', () => {
  const url = 'svc://auth:http';
  const names = (annotations: Record<string, unknown>) =>
    namedByService(annotations, 'shop').map(({ service }) => service);
  expect(names({ 'haproxy-ingress.github.io/auth-url': url })).toEqual(['auth']);
  expect(names({ 'ingress.kubernetes.io/auth-url': url })).toEqual(['auth']);
  expect(names({ [`${NGINX}auth-url`]: url, [`${NGINX}default-backend`]: 'auth' })).toEqual([]);
  expect(names({ 'getambassador.io/config': 7 })).toEqual([]);
});

test.each([
  ['documents', '---\n'.repeat(100_000)],
  ['spaces', `${' '.repeat(200_000)}service${' '.repeat(200_000)}`],
  ['spaces before a word', `tls:${' '.repeat(400_000)}false\nservice:${' '.repeat(100_000)}`],
])('half a megabyte of %s for Emissary takes no time', (_what, text) => {
  const start = performance.now();
  expect(found({ 'getambassador.io/config': text })).toEqual([]);
  expect(performance.now() - start).toBeLessThan(1000);
});
