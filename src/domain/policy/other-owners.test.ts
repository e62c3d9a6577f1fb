import { expect, test } from 'vitest';
import { pod, port, snapshot } from '../../testing/builders.ts';
import type { SelectedPod } from '../snapshot.ts';
import type { Pod } from '../workload/workload.ts';
import { otherOwners, podsOfOtherOwners, usesByOtherOwners } from './other-owners.ts';

function owned(owner: string, fields: Partial<Pod> = {}): SelectedPod {
  return { ...pod({ uid: `uid-${owner}`, ...fields }), owner };
}

const OWN: SelectedPod = { ...pod(), owner: 'Deployment/web' };

test('of the pods that the selector matches, those are others’ that the workload does not own', () => {
  const other = owned('Job/load');
  const before = snapshot({ pods: [pod()], selected: [OWN, other] });
  expect(podsOfOtherOwners(before)).toEqual([other]);
});

test('owners are named once, sorted, with those that have no pod now', () => {
  const before = snapshot({
    pods: [pod()],
    selected: [OWN, owned('Pod/z'), owned('Job/load', { uid: '1' }), owned('Job/load')],
    overlapping: ['Deployment/api', 'Job/load'],
  });
  expect(otherOwners(before, podsOfOtherOwners(before))).toEqual([
    'Deployment/api',
    'Job/load',
    'Pod/z',
  ]);
});

test('a port that only others declare would be closed, and is theirs to declare', () => {
  const ports = [port(8080), port(9000), port(8080, 'UDP')];
  const uses = usesByOtherOwners(
    [owned('Job/load', { ports }), owned('Job/host', { ports, hostNetwork: true })],
    [{ port: 8080, protocol: 'TCP', containers: ['app'] }],
  );
  const user = 'Job/load (declares it, and the selector matches its pods too)';
  const source = { kind: 'anybody' };
  expect(uses).toEqual([
    { port: 9000, protocol: 'TCP', undeclarable: true, user, source },
    { port: 8080, protocol: 'UDP', undeclarable: true, user, source },
  ]);
});
