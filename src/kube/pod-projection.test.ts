import { describe, expect, test } from 'vitest';
import { keptAnnotations, projectNamespace, projectPod } from './projections.ts';
import { MalformedObjectError } from './shape.ts';

const owner = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: 'web-1',
  uid: 'rs',
  controller: true,
};
const bystander = { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: 'cm' };
const read = {
  'portlock.dev/extra-ports': '9102/TCP',
  'sidecar.istio.io/inject': 'true',
};
const annotations = { ...read, 'kubectl.kubernetes.io/last-applied-configuration': '{}' };

describe('a pod', () => {
  const ready = { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-02T03:04:05Z' };
  const wire = {
    metadata: {
      name: 'web-1-x',
      namespace: 'shop',
      uid: 'p',
      labels: { app: 'web', 'pod-template-hash': 'h' },
      annotations,
      ownerReferences: [bystander, owner],
    },
    spec: { nodeName: 'node-1', containers: [{ name: 'app', ports: [{ containerPort: 80 }] }] },
    status: {
      phase: 'Running',
      podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }],
      conditions: [{ type: 'PodScheduled', status: 'False' }, ready],
    },
  };

  test('keeps what decisions read, and its controller of all owners', () => {
    expect(projectPod(wire)).toEqual({
      namespace: 'shop',
      name: 'web-1-x',
      uid: 'p',
      labels: { app: 'web', 'pod-template-hash': 'h' },
      annotations: read,
      ownerUid: 'rs',
      ownerKind: 'ReplicaSet',
      ownerName: 'web-1',
      templateHash: 'h',
      madeOf: expect.stringMatching(/^[0-9a-f]{16}$/),
      node: 'node-1',
      ips: ['10.0.0.1', 'fd00::1'],
      ready: true,
      readySince: Date.parse('2026-01-02T03:04:05Z'),
      terminating: false,
      live: true,
      hostNetwork: false,
      ports: [{ port: 80, protocol: 'TCP', container: 'app' }],
      use: { containers: ['app'], handlers: [], scrape: { scrape: undefined, port: undefined } },
    });
  });

  test('has defaults for all that it need not say', () => {
    expect(projectPod({ metadata: { name: 'a' } })).toEqual({
      namespace: '',
      name: 'a',
      uid: '',
      labels: {},
      annotations: {},
      ownerUid: undefined,
      ownerKind: undefined,
      ownerName: undefined,
      templateHash: 'ca5d9266decdc312',
      madeOf: 'ca5d9266decdc312',
      node: '',
      ips: [],
      ready: false,
      readySince: 0,
      terminating: false,
      live: true,
      hostNetwork: false,
      ports: [],
      use: { containers: [], handlers: [], scrape: { scrape: undefined, port: undefined } },
    });
  });

  test.each([
    ['Pending', true],
    ['Unknown', true],
    ['Succeeded', false],
    ['Failed', false],
  ])('of phase %s lives: %s', (phase, live) => {
    expect(projectPod({ ...wire, status: { phase } }).live).toBe(live);
  });

  test('that is being deleted is terminating, and not ready whatever it says', () => {
    const metadata = { ...wire.metadata, deletionTimestamp: '2026-01-02T03:04:05Z' };
    expect(projectPod({ ...wire, metadata })).toMatchObject({ ready: false, terminating: true });
  });

  test.each([
    ['False', undefined],
    ['Unknown', '2026-01-02T03:04:05Z'],
    ['true', 'noon'],
  ])('whose Ready is %s is not ready', (status, lastTransitionTime) => {
    const conditions = [{ type: 'Ready', status, lastTransitionTime }];
    const { ready, readySince } = projectPod({ ...wire, status: { conditions } });
    expect(ready).toBe(false);
    expect(readySince).toBe(Date.parse(lastTransitionTime ?? '') || 0);
  });

  test.each([
    ['StatefulSet or DaemonSet', 'controller-revision-hash'],
    ['Rollout', 'rollouts-pod-template-hash'],
  ])('of a %s has its template hash in another label', (_kind, label) => {
    const metadata = { name: 'a', labels: { [label]: 'r' } };
    expect(projectPod({ metadata }).templateHash).toBe('r');
  });

  test('has no owner where none of them is its controller', () => {
    const ownerReferences = [bystander, { ...owner, controller: false }];
    const { ownerUid, ownerKind } = projectPod({ metadata: { name: 'a', ownerReferences } });
    expect([ownerUid, ownerKind]).toEqual([undefined, undefined]);
  });

  test('on the network of its node says so', () => {
    const spec = { hostNetwork: true };
    expect(projectPod({ metadata: { name: 'a' }, spec }).hostNetwork).toBe(true);
  });

  test.each([
    ['metadata', {}],
    ['metadata.name', { metadata: {} }],
    ['metadata.labels.app', { metadata: { name: 'a', labels: { app: 1 } } }],
    [
      'spec.containers[0].ports[0].containerPort',
      {
        metadata: { name: 'a' },
        spec: { containers: [{ name: 'c', ports: [{ containerPort: '80' }] }] },
      },
    ],
    ['status.podIPs[0].ip', { metadata: { name: 'a' }, status: { podIPs: [{}] } }],
    ['(all of it)', []],
  ])('is refused where %s is not as the API says', (wrong, object) => {
    expect(() => projectPod(object)).toThrow(new MalformedObjectError(wrong));
  });
});

test('ports are those of what runs while the pod serves', () => {
  const spec = {
    initContainers: [
      { name: 'setup', ports: [{ containerPort: 1 }] },
      { name: 'once', restartPolicy: 'Never', ports: [{ containerPort: 2 }] },
      { name: 'proxy', restartPolicy: 'Always', ports: [{ containerPort: 3, name: 'admin' }] },
    ],
    containers: [
      {
        name: 'app',
        ports: [
          { containerPort: 80, name: 'http', protocol: 'TCP', hostPort: 80 },
          { containerPort: 53, protocol: 'UDP' },
          { containerPort: 54, protocol: 'SCTP', name: '' },
          { containerPort: 55, protocol: 'tcp' },
          { containerPort: 56, protocol: null },
        ],
      },
      { name: 'silent' },
      { name: 'null', ports: null },
    ],
    ephemeralContainers: [{ name: 'debug', ports: [{ containerPort: 4 }] }],
  };
  expect(projectPod({ metadata: { name: 'a' }, spec }).ports).toEqual([
    { port: 80, protocol: 'TCP', name: 'http', container: 'app', hostPort: 80 },
    { port: 53, protocol: 'UDP', container: 'app' },
    { port: 54, protocol: 'SCTP', container: 'app' },
    { port: 56, protocol: 'TCP', container: 'app' },
    { port: 3, protocol: 'TCP', name: 'admin', container: 'proxy' },
  ]);
});

test.each<[string, number | undefined]>([
  ['127.0.0.1', undefined],
  ['::1', undefined],
  ['::ffff:127.0.0.1', undefined],
  ['0.0.0.0', 80],
  ['::', 80],
  ['::12', 80],
  ['10.127.0.1', 80],
  ['', 80],
])('a port of the host at %s is reached from elsewhere at %j', (hostIP, expected) => {
  const ports = [{ containerPort: 80, hostPort: 80, hostIP }];
  const spec = { containers: [{ name: 'app', ports }] };
  const [port] = projectPod({ metadata: { name: 'a' }, spec }).ports;
  expect(port?.hostPort).toBe(expected);
});

describe('a Namespace', () => {
  test('keeps little of its metadata', () => {
    const metadata = { name: 'shop', uid: 'u', labels: { app: 'web' }, annotations };
    expect(projectNamespace({ metadata })).toEqual({
      name: 'shop',
      labels: { app: 'web' },
      annotations: read,
    });
  });

  test('needs no more than a name', () => {
    expect(projectNamespace({ metadata: { name: 'a' } })).toEqual({
      name: 'a',
      labels: {},
      annotations: {},
    });
  });

  test('that is being deleted is known as such', () => {
    const metadata = { name: 'a', deletionTimestamp: '2026-01-01T00:00:00Z' };
    expect(projectNamespace({ metadata }).terminating).toBe(true);
  });

  test('is refused without one', () => {
    const wrong = (field: string) => new MalformedObjectError(field);
    expect(() => projectNamespace({ metadata: {} })).toThrow(wrong('metadata.name'));
    expect(() => projectNamespace({})).toThrow(wrong('metadata'));
  });
});

test('annotations that are no text are not kept, where the rest of an object is', () => {
  const annotations: Record<string, unknown> = { ...read, 'portlock.dev/closed-ports': 8181 };
  expect(keptAnnotations(annotations as Record<string, string>)).toEqual(read);
});
