import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PreflightInput, preflight } from '../domain/preflight/preflight.ts';
import { goldenManifests } from '../testing/golden-manifests.ts';
import { preflightInput, usedPod } from '../testing/preflight-builders.ts';
import { clusterUsage, type Wire } from '../testing/preflight-manifests.ts';
import { runs } from '../testing/property-runs.ts';
import { projectIngress } from './ingress-projection.ts';
import { projectMonitor } from './monitor-projection.ts';
import { projectTemplateUse } from './template-use-projection.ts';
import { projectEndpointSlice, projectRoute, projectService } from './usage-projections.ts';

const CASES = join(import.meta.dirname, '../domain/testdata/decide');
const MANIFESTS = readdirSync(CASES).flatMap((name) => goldenManifests(join(CASES, name)));
const KINDS = [...new Set(MANIFESTS.map(({ kind }) => kind))];

const garbage = fc.anything({
  withBigInt: true,
  withNullPrototype: true,
  maxDepth: 3,
  key: fc.constantFrom('metadata', 'spec', 'name', 'ports', 'selector', '__proto__', 'length'),
});

/** Pre-flight with any of it as the cluster, and as the pods' own template. */
function preflightWith(objects: readonly Wire[]): ReturnType<typeof preflight> {
  const byKind = Map.groupBy(objects, ({ kind }) => kind);
  const cluster = clusterUsage((kind) => byKind.get(kind) ?? []);
  const pods: PreflightInput['pods'] = objects.map((wire) => ({
    ...usedPod({ use: projectTemplateUse(wire.spec?.template ?? wire) }),
    ips: ['10.0.0.1'],
  }));
  return preflight(preflightInput({ pods, cluster }));
}

describe('nothing throws', () => {
  test('at an object of any kind with anything in it', () => {
    const wire = fc.record({
      kind: fc.constantFrom(...KINDS),
      metadata: garbage,
      spec: garbage,
      webhooks: garbage,
      endpoints: garbage,
      ports: garbage,
    });
    fc.assert(
      fc.property(fc.array(wire, { maxLength: 5 }), (objects) => {
        preflightWith(objects as Wire[]);
      }),
      runs(100),
    );
  });

  test('at a real object in which anything has taken the place of any field', () => {
    const spoilt = fc
      .tuple(fc.constantFrom(...MANIFESTS), fc.array(fc.nat(7), { maxLength: 8 }), garbage)
      .map(([wire, path, value]) => replaced(wire, path, value) as Wire);
    fc.assert(
      fc.property(fc.array(spoilt, { maxLength: 5 }), (objects) => {
        preflightWith(objects.filter((each) => typeof each?.kind === 'string'));
      }),
      runs(100),
    );
  });
});

/** A copy in which the value at a path, given by the positions of fields, is another. */
function replaced(node: unknown, path: readonly number[], value: unknown): unknown {
  const [position, ...rest] = path;
  if (position === undefined || typeof node !== 'object' || node === null) return value;
  const entries = Object.entries(node);
  const [key] = entries[position % Math.max(1, entries.length)] ?? [];
  if (key === undefined) return value;
  const copy = entries.map(([each, field]) => [
    each,
    each === key ? replaced(field, rest, value) : field,
  ]);
  return Array.isArray(node) ? copy.map(([, field]) => field) : Object.fromEntries(copy);
}

describe('a Service', () => {
  test.each([
    ['a number', 9090, [9090]],
    ['a name', 'http', ['http']],
    ['absent', undefined, [undefined]],
    ['null', null, [undefined]],
    ['0, which is absent', 0, [undefined]],
    ['empty, which is absent', '', [undefined]],
    ['refused by the API', 65_536, []],
    ['an object', {}, []],
  ])('with a targetPort that is %s', (_name, targetPort, expected) => {
    const { ports } = projectService({ spec: { ports: [{ port: 80, targetPort }] } });
    expect(ports.map((each) => each.targetPort)).toEqual(expected);
  });
  test.each([
    ['absent: TCP', undefined, ['TCP']],
    ['UDP', 'UDP', ['UDP']],
    ['in lower case, which the API refuses', 'udp', []],
  ])('with a protocol that is %s', (_name, protocol, expected) => {
    const { ports } = projectService({ spec: { ports: [{ port: 80, protocol }] } });
    expect(ports.map((each) => each.protocol)).toEqual(expected);
  });
  test('whose selector has a key like a part of an object', () => {
    const wire = JSON.parse('{"spec":{"selector":{"__proto__":"x"}}}');
    expect(Object.entries(projectService(wire).selector)).toEqual([['__proto__', 'x']]);
  });
});

test('an EndpointSlice that the control plane makes from a selector keeps no addresses', () => {
  const slice = (manager: string) =>
    projectEndpointSlice({
      metadata: { labels: { 'endpointslice.kubernetes.io/managed-by': manager } },
      endpoints: [{ addresses: ['10.0.0.1'] }],
    }).addresses;
  expect(slice('endpointslice-controller.k8s.io')).toEqual([]);
  expect(slice('endpointslicemirroring-controller.k8s.io')).toEqual(['10.0.0.1']);
});

test('a route sends to what its rules, their filters and its backends’ filters name', () => {
  const mirror = (name: string) => [{ requestMirror: { backendRef: { name } } }];
  const rule = {
    backendRefs: [{ name: 'a', filters: mirror('b') }],
    filters: [...mirror('c'), { externalAuth: { backendRef: { name: 'd' } } }, { urlRewrite: {} }],
  };
  const { backends } = projectRoute('HTTPRoute')({ spec: { rules: [rule] } });
  expect(backends.map(({ name }) => name)).toEqual(['a', 'c', 'd', 'b']);
});

test.each([
  ['$1:9102', [9102]],
  ['[$1]:9102', [9102]],
  ['$1:$2', []],
  ['$1:99999', []],
  ['9102', []],
  [undefined, []],
])('a relabeling of __address__ to %j scrapes %j', (replacement, expected) => {
  const relabelings = [{ targetLabel: '__address__', replacement }];
  const { endpoints } = projectMonitor('PodMonitor')({
    spec: { podMetricsEndpoints: [{ relabelings }] },
  });
  expect(endpoints.flatMap(({ addressPorts }) => addressPorts)).toEqual(expected);
});

test('a name that is longer than a port can have is not kept as it is', () => {
  const name = 'x'.repeat(500_000);
  const replacement = { targetLabel: '__address__', replacement: '$1:9102' };
  const relabelings = Array.from({ length: 10_000 }, () => replacement);
  const podMetricsEndpoints = [{ port: name, targetPort: name, relabelings }];
  const [endpoint] = projectMonitor('PodMonitor')({ spec: { podMetricsEndpoints } }).endpoints;
  expect([endpoint?.port, endpoint?.targetPort].map((each) => `${each}`.length)).toEqual([64, 64]);
  expect(endpoint?.addressPorts).toHaveLength(16);
});

test('an action of an Ingress is read once, however many paths lead to it', () => {
  const targetGroups = Array.from({ length: 300 }, (_, index) => ({
    serviceName: `web-${index}`,
    servicePort: 80,
  }));
  const annotations = {
    'alb.ingress.kubernetes.io/actions.split': JSON.stringify({ forwardConfig: { targetGroups } }),
  };
  const backend = { service: { name: 'split', port: { name: 'use-annotation' } } };
  const paths = Array.from({ length: 300 }, () => ({ backend }));
  const metadata = { name: 'web', namespace: 'shop', annotations };
  const { backends } = projectIngress({ metadata, spec: { rules: [{ http: { paths } }] } });
  expect(backends).toHaveLength(300);
  expect(backends[1]).toEqual({ service: 'web-1', port: 80 });
});
