import { describe, expect, test } from 'vitest';
import { policy } from '../../testing/builders.ts';
import { deployment } from '../../testing/deployments.ts';
import { readAll, readText, serviceTo } from '../../testing/read-texts.ts';

const snapshotOf = (...objects: readonly object[]) => {
  const { found, snapshots } = readAll(...objects);
  return snapshots.snapshotOf(found.value);
};
const names = (policies: readonly { metadata: { name: string } }[]) =>
  policies.map(({ metadata }) => metadata.name).sort();

const NAMESPACE = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop', labels: { team: 'a' }, annotations: { 'portlock.dev/mode': 'x' } },
};

function pod(
  name: string,
  fields: { labels?: object; uid?: string; hostNetwork?: boolean; ip?: string } = {},
) {
  const { labels = { app: 'web' }, uid = 'uid-web', hostNetwork = false, ip = '10.0.0.1' } = fields;
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid, controller: true };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, labels, ownerReferences: [owner] },
    spec: { hostNetwork, containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }] },
    status: { phase: 'Running', podIPs: [{ ip }] },
  };
}

describe('a namespace', () => {
  const NAME = { 'kubernetes.io/metadata.name': 'shop' };
  test('is as its manifest says, with the label that the control plane sets', () => {
    expect(readAll(NAMESPACE).snapshots.namespace('shop')).toMatchObject({
      name: 'shop',
      labels: { team: 'a', ...NAME },
    });
  });
  test('has that label alone where there is no manifest of it', () => {
    expect(readAll().snapshots.namespace('shop')).toEqual({
      name: 'shop',
      labels: NAME,
      annotations: {},
    });
  });
  test('cannot say another name of itself', () => {
    const labels = { 'kubernetes.io/metadata.name': 'other' };
    const lying = { ...NAMESPACE, metadata: { name: 'shop', labels } };
    expect(readAll(lying).snapshots.namespace('shop').labels).toEqual(NAME);
  });
  test('is that of the workload in its snapshot', () => {
    expect(snapshotOf(deployment(), NAMESPACE).namespace.labels).toEqual({ team: 'a', ...NAME });
  });
});

describe('a policy', () => {
  const own = policy('web-portlock', { podSelector: { matchLabels: { app: 'web' } } });
  const objects = [
    deployment(),
    own,
    policy('all'),
    policy('b', { podSelector: { matchLabels: { app: 'b' } } }),
    { ...policy('elsewhere'), metadata: { name: 'elsewhere', namespace: 'bank' } },
  ];
  const { found, snapshots } = readAll(...objects);
  const snapshot = snapshots.snapshotOf(found.value);

  test('of others counts where it may select the pods', () => {
    expect(names(snapshot.policies)).toEqual(['all']);
  });
  test('of the workload’s own name counts among those in force alone', () => {
    expect(names(snapshots.policiesInForce(snapshot, found.value))).toEqual([
      'all',
      'web-portlock',
    ]);
  });
  test('of another workload’s own name is nobody’s either', () => {
    const api = deployment({ name: 'api' });
    const theirs = policy('api-portlock', { podSelector: { matchLabels: { app: 'web' } } });
    expect(names(snapshotOf(deployment(), api, theirs).policies)).toEqual([]);
    expect(names(snapshotOf(deployment(), theirs).policies)).toEqual(['api-portlock']);
  });
  test('is found by its name, in its namespace', () => {
    expect(snapshots.policy('shop', 'all')?.value.metadata.name).toBe('all');
    expect(snapshots.policy('bank', 'all')).toBeUndefined();
    expect(snapshots.policy('shop', 'elsewhere')).toBeUndefined();
    expect(snapshots.committed(found.value)?.manifest.line).toBe(3);
    expect(readAll(deployment()).snapshots.committed(found.value)).toBeUndefined();
  });
  test('counts where it selects a pod that is there, and not the template', () => {
    const old = policy('old', { podSelector: { matchLabels: { version: 'old' } } });
    const labels = { app: 'web', version: 'old' };
    expect(names(snapshotOf(deployment(), old).policies)).toEqual([]);
    expect(names(snapshotOf(deployment(), old, pod('web-1', { labels })).policies)).toEqual([
      'old',
    ]);
  });
  test('counts where it may select a pod by what a controller will add', () => {
    const podSelector = { matchLabels: { app: 'web', 'pod-template-hash': 'a' } };
    expect(names(snapshotOf(deployment(), policy('hash', { podSelector })).policies)).toEqual([
      'hash',
    ]);
  });

  test('is one that asks for labels which a program may put on the pods, once and whoever has them', () => {
    const podSelector = { matchLabels: { app: 'web', role: 'primary' } };
    const leader = policy('leader', { podSelector });
    const labelled = pod('web-1', { labels: podSelector.matchLabels });
    expect(names(snapshotOf(deployment(), leader).policies)).toEqual(['leader']);
    expect(names(snapshotOf(deployment(), leader, labelled).policies)).toEqual(['leader']);
  });

  test('is one that asks for labels which a mesh puts on the pods', () => {
    const podSelector = { matchLabels: { 'security.istio.io/tlsMode': 'istio' } };
    const labels = { 'istio-injection': 'enabled' };
    const shop = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels } };
    const meshed = policy('meshed', { podSelector });
    expect(names(snapshotOf(deployment(), shop, meshed).policies)).toEqual(['meshed']);
    expect(names(snapshotOf(deployment(), meshed).policies)).toEqual([]);
  });
  test('in force counts where it selects a pod of the workload alone', () => {
    const old = policy('old', { podSelector: { matchLabels: { version: 'old' } } });
    const labels = { app: 'web', version: 'old' };
    const read = readAll(deployment(), old, pod('web-1', { labels }));
    const seen = read.snapshots.snapshotOf(read.found.value);
    expect(names(read.snapshots.policiesInForce(seen, read.found.value))).toEqual(['old']);
  });
  test('in force counts by the pods of the workload, and not by what else its selector matches', () => {
    const stranger = pod('x', { uid: 'other', labels: { app: 'web', version: 'x' } });
    const ofX = policy('x', { podSelector: { matchLabels: { version: 'x' } } });
    const read = readAll(deployment(), stranger, ofX);
    const seen = read.snapshots.snapshotOf(read.found.value);
    expect(names(seen.policies)).toEqual(['x']);
    expect(names(read.snapshots.policiesInForce(seen, read.found.value))).toEqual([]);
  });
});

describe('the pods', () => {
  test('are those of the workload, and what its selector matches', () => {
    const { pods, selected } = snapshotOf(deployment(), pod('web-1'), pod('x', { uid: 'other' }));
    expect(pods.map(({ name }) => name)).toEqual(['web-1']);
    expect(selected.map(({ name }) => name).sort()).toEqual(['web-1', 'x']);
  });

  test('of other workloads are told by these, sorted', () => {
    const alike = (name: string) => ({ ...deployment({ name }), spec: deployment().spec });
    expect(snapshotOf(deployment(), alike('z'), alike('a')).overlapping).toEqual([
      'Deployment/a',
      'Deployment/z',
    ]);
  });
});

describe('what uses a port', () => {
  const slice = (address: string) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 's', namespace: 'bank', labels: { 'kubernetes.io/service-name': 'far' } },
    addressType: 'IPv4',
    ports: [{ port: 9090 }],
    endpoints: [{ addresses: [address] }],
  });
  const slices = (...objects: readonly object[]) =>
    snapshotOf(...objects).usage.endpointSlices.length;

  test('is found by the labels of the template and of the pods', () => {
    expect(snapshotOf(deployment(), serviceTo(80)).usage.services).toHaveLength(1);
    const canary = serviceTo(80, { selector: { canary: 'yes' } });
    expect(snapshotOf(deployment(), canary).usage.services).toHaveLength(0);
    const labels = { app: 'web', canary: 'yes' };
    expect(snapshotOf(deployment(), canary, pod('web-1', { labels })).usage.services).toHaveLength(
      1,
    );
  });

  test('is found by the addresses of the pods, of other namespaces too', () => {
    expect(slices(deployment(), pod('web-1'), slice('10.0.0.1'))).toBe(1);
    expect(slices(deployment(), pod('web-1'), slice('10.0.0.2'))).toBe(0);
    // That of the node is anybody's on it.
    expect(slices(deployment(), pod('web-1', { hostNetwork: true }), slice('10.0.0.1'))).toBe(0);
  });
});

test('nothing is in force yet, and the operator is where and as it is told', () => {
  const text = JSON.stringify(deployment());
  const { found, snapshots } = readText(text, { namespace: 'ops', widening: 'never' });
  expect(snapshots.source).toBe('manifests');
  expect(snapshots.gaps).toEqual([]);
  expect(snapshots.snapshotOf(found.value)).toMatchObject({
    key: found.value,
    workload: found.value,
    widening: 'never',
    report: undefined,
    evidence: undefined,
    lastApplied: undefined,
    watchedNamespaces: undefined,
    role: { policy: true, probe: false },
    calibrations: [{ state: 'Unknown' }],
    prober: { namespace: 'ops', namespaceLabels: { 'kubernetes.io/metadata.name': 'ops' } },
  });
});
