import { describe, expect, test } from 'vitest';
import { pod, template, workload } from '../../testing/builders.ts';
import { settings } from '../../testing/intent-builders.ts';
import type { Mesh } from '../workload/mesh.ts';
import { type ProbePermissionInput, probePermission } from './probe-permission.ts';

const MESH: Mesh = { reason: 'Linkerd', message: 'Linkerd answers' };
const ON_HOST = workload({ template: template({ hostNetwork: true }) });

function permission(fields: Partial<ProbePermissionInput> = {}) {
  return probePermission({
    pods: [pod()],
    proberUid: 'uid-prober',
    settings: settings(),
    workload: workload(),
    meshes: [],
    ...fields,
  });
}

describe('no pod is probed', () => {
  test.each<[string, string, Partial<ProbePermissionInput>]>([
    ['ProbeOff', 'keeps portlock from connecting', { settings: settings({ probe: false }) }],
    ['NotInPod', 'does not run in a pod of this cluster', { proberUid: '' }],
    ['Linkerd', 'Linkerd answers', { meshes: [MESH] }],
    ['HostNetwork', 'the network of their node', { pods: [pod({ hostNetwork: true })] }],
    ['HostNetwork', 'the network of their node', { pods: [], workload: ON_HOST }],
  ])('%s: %s', (reason, words, fields) => {
    const { pods, unverifiable, leftOut, ...rest } = permission(fields);
    expect(pods).toEqual([]);
    expect(unverifiable).toContain(words);
    expect(leftOut).toBe(unverifiable);
    expect(rest.reason).toBe(reason);
  });

  test('where none is there, and nothing is unverifiable by that', () => {
    const nothing = { pods: [], unverifiable: undefined, reason: 'NoPods', leftOut: '' };
    expect(permission({ pods: [] })).toEqual(nothing);
    expect(permission({ pods: [pod({ live: false, ready: false })] })).toEqual(nothing);
  });
});

describe('pods that are probed', () => {
  const named = (fields: Partial<ProbePermissionInput>) => {
    const { pods, leftOut, reason } = permission(fields);
    return [pods.map(({ name }) => name), leftOut, reason];
  };
  const [one, two] = [pod({ name: 'web-1' }), pod({ name: 'web-2', uid: 'uid-2' })];

  test('are sorted by name, in whatever order they come', () => {
    expect(named({ pods: [two, one] })).toEqual([['web-1', 'web-2'], '', undefined]);
    expect(named({ pods: [one, two] })).toEqual([['web-1', 'web-2'], '', undefined]);
  });

  test('are live ones of their own network, also where the template says otherwise', () => {
    expect(named({ workload: ON_HOST })).toEqual([['web-1'], '', undefined]);
    expect(named({ pods: [one, { ...two, live: false }] })).toEqual([['web-1'], '', undefined]);
  });

  test.each<[string, Parameters<typeof pod>[0], string]>([
    ['is not ready', { ready: false }, '1 pod is not ready'],
    ['has no address', { ips: [] }, '1 pod is not ready'],
    ['is on the host', { hostNetwork: true }, '1 pod uses the network of its node'],
    ['is the prober', { uid: 'uid-prober' }, '1 pod is the prober itself'],
  ])('are not one that %s', (_what, fields, leftOut) => {
    const other = pod({ name: 'web-2', uid: 'uid-2', ...fields });
    expect(named({ pods: [one, other] })).toEqual([['web-1'], leftOut, undefined]);
  });

  test('are told apart from several that are left out', () => {
    const left = [
      pod({ ready: false }),
      pod({ ready: false }),
      pod({ hostNetwork: true }),
      pod({ hostNetwork: true }),
      pod({ uid: 'uid-prober' }),
      pod({ uid: 'uid-prober' }),
    ];
    expect(named({ pods: left })).toEqual([
      [],
      '2 pods are not ready; 2 pods use the network of their node; 2 pods are the prober itself',
      'NoPods',
    ]);
  });
});
