import { describe, expect, test } from 'vitest';
import { madeOf } from './made-of.ts';

const token = (name: string) => ({ name, projected: { sources: [] } });
const mounting = (name: string) => ({
  name: 'app',
  image: 'example.test/web:1',
  imagePullPolicy: 'IfNotPresent',
  args: ['--port', '8080'],
  volumeMounts: [{ name, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
});
const claim = (claimName: string) => ({ name: 'data', persistentVolumeClaim: { claimName } });
const spec = (fields: object = {}) => ({
  containers: [mounting('kube-api-access-abcde')],
  volumes: [token('kube-api-access-abcde'), claim('data-web-0')],
  nodeName: 'node-1',
  ...fields,
});
const [app] = spec().containers;
const of = (fields: object = {}, metadata: object = {}) =>
  madeOf({ name: 'web-1', ...metadata }, spec(fields));
const RESTARTED = { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-02T00:00:00Z' } };

const reading = (fieldPath: string) => ({
  containers: [{ ...app, env: [{ name: 'X', valueFrom: { fieldRef: { fieldPath } } }] }],
});
const INDEX = 'batch.kubernetes.io/job-completion-index';

describe('pods are made of the same', () => {
  test.each<[string, string]>([
    [
      'by whatever volume they get their token',
      of({
        containers: [mounting('kube-api-access-fgh12')],
        volumes: [token('kube-api-access-fgh12'), claim('data-web-0')],
      }),
    ],
    ['whichever claim they have', of({ volumes: [token('kube-api-access-abcde'), claim('x')] })],
    ['on whatever node', of({ nodeName: 'node-2' })],
    ['whatever their name and labels', of({}, { name: 'web-2', labels: { version: '2' } })],
    ['once somebody has restarted them', of({}, RESTARTED)],
    ['by Rancher, too', of({}, { annotations: { 'cattle.io/timestamp': '2026' } })],
    ['with annotations of their own', of({}, { annotations: { 'example.test/address': 'x' } })],
  ])('%s', (_what, other) => {
    expect(other).toBe(of());
  });
});

test('pods that read of themselves what tells replicas apart, or another label, are made of the same', () => {
  const ofIndex = (value: string) =>
    of(reading(`metadata.labels['${INDEX}']`), { labels: { [INDEX]: value, port: value } });
  expect(ofIndex('1')).toBe(ofIndex('0'));
});

describe('pods are made of something else', () => {
  const pulling = { containers: [{ ...app, imagePullPolicy: 'Always' }] };
  test.each<[string, string, string]>([
    ['by another image', of({ containers: [{ ...app, image: 'example.test/web:2' }] }), of()],
    ['by other arguments', of({ containers: [{ ...app, args: [] }] }), of()],
    ['by another container', of({ containers: [app, { name: 'proxy' }] }), of()],
    ['by a sidecar', of({ initContainers: [{ name: 'proxy' }] }), of()],
    ['by another volume', of({ volumes: [{ name: 'c', configMap: { name: 'c' } }] }), of()],
    ['where their images are pulled anew', of(pulling, RESTARTED), of(pulling)],
    [
      'where a chart tells of another configuration',
      of({}, { annotations: { 'checksum/config': '2' } }),
      of({}, { annotations: { 'checksum/config': '1' } }),
    ],
    [
      'where a controller does',
      of({}, { annotations: { 'reloader.stakater.com/last-reloaded-from': 'x' } }),
      of(),
    ],
    [
      'where they read annotations that differ',
      of(reading("metadata.annotations['example.test/port']"), {
        annotations: { 'example.test/port': '1' },
      }),
      of(reading("metadata.annotations['example.test/port']"), {
        annotations: { 'example.test/port': '2' },
      }),
    ],
    [
      'where they read all labels, and one differs',
      of(reading('metadata.labels'), { labels: { port: '1' } }),
      of(reading('metadata.labels'), { labels: { port: '2' } }),
    ],
    [
      'where they read labels that differ',
      of(reading("metadata.labels['port']"), { labels: { port: '1' } }),
      of(reading("metadata.labels['port']"), { labels: { port: '2' } }),
    ],
  ])('%s', (_what, one, other) => {
    expect(one).not.toBe(other);
  });
});

test.each([undefined, null, {}, { volumes: 'x' }, { volumes: [null], containers: null }])(
  'of %j it is something, too',
  (damaged) => {
    expect(madeOf({ name: 'web-1' }, damaged)).toMatch(/^[0-9a-f]{16}$/);
  },
);
