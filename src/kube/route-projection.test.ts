import { describe, expect, test } from 'vitest';
import { projectIngress } from './ingress-projection.ts';
import { projectRoute } from './usage-projections.ts';

const metadata = { namespace: 'shop', name: 'web' };

function service(name: unknown, port: unknown) {
  return { service: { name, port } };
}

describe('an Ingress', () => {
  test('sends requests to its default backend and to those of its paths', () => {
    const spec = {
      defaultBackend: service('fallback', { number: 80 }),
      rules: [
        { host: 'a', http: { paths: [{ backend: service('a', { name: 'http' }) }] } },
        { http: { paths: [{ backend: service('b', { number: 1, name: 'b' }) }, { path: '/' }] } },
        { host: 'none' },
        { http: { paths: 'all' } },
        null,
      ],
    };
    const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } };
    expect(projectIngress({ metadata, spec, status })).toEqual({
      ...metadata,
      backends: [
        { service: 'fallback', port: 80 },
        { service: 'a', port: 'http' },
        { service: 'b', port: 1 },
      ],
      addresses: ['192.0.2.1'],
    });
  });

  test.each([
    ['no port', service('a', undefined)],
    ['an empty name for a port', service('a', { name: '' })],
    ['a number out of range', service('a', { number: 65_536 })],
    ['a port that is none', service('a', 80)],
    ['a resource', { resource: { kind: 'Bucket', name: 'a' } }],
    ['nothing', null],
  ])('sends nothing to a backend with %s', (_, defaultBackend) => {
    expect(projectIngress({ metadata, spec: { defaultBackend } }).backends).toEqual([]);
  });

  test('sends what an action says to its backends, once for all paths', () => {
    const action = { backend: service('weighted', { name: 'use-annotation' }) };
    const targetGroups = [
      { serviceName: 'a', servicePort: 80 },
      { serviceName: 'b', servicePort: 'http' },
    ];
    const annotations = {
      'alb.ingress.kubernetes.io/actions.weighted': JSON.stringify({
        type: 'forward',
        forwardConfig: { targetGroups },
      }),
      'alb.ingress.kubernetes.io/healthcheck-port': '8085',
    };
    const paths = [action, action, { backend: service('c', { name: 'web' }) }];
    const spec = { rules: [{ http: { paths } }] };
    expect(projectIngress({ metadata: { ...metadata, annotations }, spec })).toEqual({
      ...metadata,
      backends: [
        { service: 'c', port: 'web' },
        { service: 'a', port: 80 },
        { service: 'b', port: 'http' },
      ],
      addresses: [],
      albHealth: { port: 8085 },
    });
  });

  test.each([
    ['as a field', {}, 'nginx', 'nginx'],
    ['as an annotation', { 'kubernetes.io/ingress.class': 'gce' }, undefined, 'gce'],
    ['as both', { 'kubernetes.io/ingress.class': 'gce' }, 'nginx', 'gce'],
    ['not at all', {}, undefined, undefined],
  ])('has its class %s', (_how, annotations, ingressClassName, ingressClass) => {
    const wire = { metadata: { ...metadata, annotations }, spec: { ingressClassName } };
    expect(projectIngress(wire).ingressClass).toBe(ingressClass);
  });

  test('names Services in annotations, too', () => {
    const annotations = { 'nginx.ingress.kubernetes.io/default-backend': 'errors' };
    expect(projectIngress({ metadata: { ...metadata, annotations } }).named).toEqual([
      { annotation: 'default-backend', namespace: 'shop', service: 'errors', port: undefined },
    ]);
  });

  test('without a spec sends nothing', () => {
    expect(projectIngress({ metadata })).toStrictEqual({
      ...metadata,
      backends: [],
      addresses: [],
    });
  });
});

describe('a route', () => {
  const reference = (name: string) => ({
    group: undefined,
    kind: undefined,
    namespace: undefined,
    name,
    port: 80,
  });

  test('sends requests to the backends of its rules, and of all filters', () => {
    const mirror = (name: string) => ({ requestMirror: { backendRef: { name, port: 80 } } });
    const authorizer = { externalAuth: { backendRef: { name: 'auth', port: 80 } } };
    const spec = {
      rules: [
        {
          backendRefs: [
            { name: 'a', port: 80, filters: [mirror('b')] },
            { name: 'c', port: 80, filters: 'none' },
          ],
          filters: [mirror('d'), authorizer, { type: 'URLRewrite' }, null],
        },
        { backendRefs: [{ name: 'e', port: 80 }] },
        null,
      ],
    };
    const { backends } = projectRoute('HTTPRoute')({ metadata, spec });
    expect(backends).toEqual(['a', 'c', 'd', 'auth', 'b', 'e'].map(reference));
  });

  test('says of a backend what it is, where and on which port', () => {
    const backend = { group: 'g', kind: 'K', namespace: 'n', name: 'a', port: 443, weight: 1 };
    const wire = { metadata, spec: { rules: [{ backendRefs: [backend] }] } };
    const { weight: _, ...kept } = backend;
    expect(projectRoute('TLSRoute')(wire)).toEqual({
      kind: 'TLSRoute',
      ...metadata,
      backends: [kept],
    });
  });

  test('keeps of what is no backend that there is one', () => {
    const odd = { group: 1, kind: null, namespace: [], name: {}, port: '80' };
    const wire = { metadata, spec: { rules: [{ backendRefs: [odd, null] }] } };
    const none = { ...reference(''), port: undefined };
    expect(projectRoute('GRPCRoute')(wire).backends).toEqual([none, none]);
  });

  test.each([undefined, null, 'spec', { rules: {} }, { rules: [{ backendRefs: 'a' }] }])(
    'of %j sends nothing',
    (spec) => {
      expect(projectRoute('TCPRoute')({ metadata, spec }).backends).toEqual([]);
    },
  );
});

describe('a route of a mesh', () => {
  const byMesh = (...parentRefs: unknown[]) =>
    projectRoute('HTTPRoute')({ metadata, spec: { parentRefs } }).byMesh;
  const service = { group: '', kind: 'Service', name: 'web' };

  test('is one that is attached to Services alone', () => {
    expect(byMesh(service)).toBe(true);
    expect(byMesh(service, { name: 'gateway' })).toBeUndefined();
    expect(byMesh({ name: 'gateway' })).toBeUndefined();
    expect(byMesh()).toBeUndefined();
  });
});

test('a backend may be a host that is a name of a Service', () => {
  const backendRefs = ['web.shop.svc.cluster.local', 'example.com'].map((name) => ({
    group: 'networking.istio.io',
    kind: 'Hostname',
    name,
    port: 80,
  }));
  const { backends } = projectRoute('TCPRoute')({ metadata, spec: { rules: [{ backendRefs }] } });
  const none = { group: undefined, kind: undefined };
  expect(backends).toEqual([
    { ...none, namespace: 'shop', name: 'web', port: 80 },
    { ...backendRefs[1], namespace: undefined },
  ]);
});
