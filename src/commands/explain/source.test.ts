import { describe, expect, test } from 'vitest';
import { namespace, pod, template, workload } from '../../testing/builders.ts';
import { CommandError } from '../command-error.ts';
import type { ManifestCluster } from '../manifests/cluster.ts';
import type { Snapshots } from '../manifests/snapshots.ts';
import { namespaceOfSource, sourceOf } from './source.ts';

const cluster = {
  pods: [pod({ name: 'one', labels: { app: 'one' }, ips: ['10.0.0.9'] })],
  workloads: [
    { value: workload({ template: template({ labels: { app: 'web', tier: 'x' } }) }) },
    { value: workload({ name: 'one', template: template({ labels: { app: 'made' } }) }) },
  ],
} as unknown as ManifestCluster;
const snapshots = {
  namespace: (name: string) => namespace({ name, labels: { team: name } }),
} as Snapshots;
const source = (text: string | undefined) => sourceOf(text, 'shop', cluster, snapshots);

test('whoever it is, where nothing is said', () => {
  expect(source(undefined)).toEqual({ kind: 'anybody' });
});

test('the node of the pod', () => {
  expect(source('node')).toEqual({ kind: 'node' });
});

describe('a peer', () => {
  test.each<[string, string, object]>([
    ['10.1.2.3', 'the address 10.1.2.3', { ips: ['10.1.2.3'] }],
    ['FD00:0::1', 'the address fd00::1', { ips: ['fd00::1'] }],
    [
      'namespace/team-a',
      'a pod without labels in the namespace team-a',
      { namespace: 'team-a', namespaceLabels: { team: 'team-a' }, labels: {}, ips: [] },
    ],
    [
      'ns/team-a',
      'a pod without labels in the namespace team-a',
      { namespace: 'team-a', namespaceLabels: { team: 'team-a' }, labels: {}, ips: [] },
    ],
    [
      'shop/one',
      'the pod shop/one',
      {
        namespace: 'shop',
        namespaceLabels: { team: 'shop' },
        labels: { app: 'one' },
        ips: ['10.0.0.9'],
      },
    ],
    [
      'shop/web',
      'the pods of Deployment shop/web',
      {
        namespace: 'shop',
        namespaceLabels: { team: 'shop' },
        labels: { app: 'web', tier: 'x' },
        ips: [],
      },
    ],
    [
      'pod/one',
      'the pod shop/one',
      {
        namespace: 'shop',
        namespaceLabels: { team: 'shop' },
        labels: { app: 'one' },
        ips: ['10.0.0.9'],
      },
    ],
    [
      'deploy/one',
      'the pods of Deployment shop/one',
      { namespace: 'shop', namespaceLabels: { team: 'shop' }, labels: { app: 'made' }, ips: [] },
    ],
  ])('%s is %s', (text, words, peer) => {
    expect(source(text)).toEqual({ kind: 'peer', text: words, peer });
  });
});

test.each([
  ['shop/gone', 'there is no workload or pod shop/gone among what was read'],
  ['else/web', 'there is no workload or pod else/web among what was read'],
  ['sts/web', 'there is no StatefulSet shop/web among what was read'],
  ['pod/web', 'there is no Pod shop/web among what was read'],
  [
    'web',
    '--from must be NAMESPACE/NAME or TYPE/NAME of a workload or pod, namespace/NAME, an address, node, not "web"',
  ],
  ['a/b/c', '--from must be .*, not "a/b/c"'],
  ['/web', '--from must be .*, not "/web"'],
  ['shop/', '--from must be .*, not "shop/"'],
  ['', '--from must be .*, not ""'],
])('%j is none: %s', (text, message) => {
  expect(() => source(text)).toThrow(CommandError);
  expect(() => source(text)).toThrow(new RegExp(message));
});

test.each([
  ['deployment/client', 'shop'],
  ['bank/client', 'bank'],
  ['pod/bank/client', 'bank'],
  ['ns/bank', 'bank'],
  ['10.0.0.1', undefined],
  ['node', undefined],
])('%s is read of the namespace %s', (text, expected) => {
  expect(namespaceOfSource(text, 'shop')).toBe(expected);
});
