import { describe, expect, test } from 'vitest';
import {
  NO_USAGE,
  pod,
  probed,
  service,
  settled,
  snapshot,
  workload,
} from '../testing/builders.ts';
import { monitor } from '../testing/preflight-builders.ts';
import { decide } from './decide.ts';
import type { Plan } from './plan.ts';
import type { Snapshot } from './snapshot.ts';

/** A monitor of the namespace evil that names a port which nobody declares. */
const nosy = monitor(
  { targetPort: 31_337 },
  {
    namespace: 'evil',
    name: 'nosy',
    selector: {},
    namespaceSelector: { any: true, matchNames: [] },
  },
);
const usage = { ...NO_USAGE, services: [service(8080)], serviceMonitors: [nosy] };
const referred = (fields: Partial<Snapshot> = {}) => snapshot({ usage, ...fields });
const REFUSING = { open: [8080], otherwise: 'refused' } as const;

function condition({ report }: Plan, type: string) {
  const status = report.do === 'ensure' ? report.report.status : undefined;
  return status?.conditions?.find((each) => each.type === type);
}

/** As another replica sees it, which keeps the policies and probes nothing. */
function asLeader(probing: Snapshot, fields: Partial<Snapshot> = {}): Plan {
  const role = { policy: true, probe: false, secondProbe: false, hasSecond: true };
  return decide({ ...probing, role, evidence: undefined, ...fields });
}

test('before the pods were asked, enforcement waits, and the report names who refers', () => {
  const plan = decide(referred());
  expect(plan.policy.do).toBe('nothing');
  expect(condition(plan, 'PreflightPassed')?.message).toContain('ServiceMonitor evil/nosy');
  expect(condition(plan, 'PreflightPassed')?.message).not.toContain('extra-ports');
  expect(plan.probe.round?.ports, 'the port is asked').toContain(31_337);
});

test('where every ready pod refuses, three times, it waits no longer', () => {
  let current = referred();
  // A round is made at every other look.
  for (let look = 0; look < 5; look += 1) {
    expect(decide(current).policy.do, `at look ${look}`).toBe('nothing');
    current = probed(current, REFUSING, 6);
  }
  const plan = decide(current);
  expect(plan.policy.do).toBe('apply');
  expect(condition(plan, 'PreflightPassed')).toMatchObject({
    status: 'True',
    reason: 'OutsideReferences',
    message: expect.stringContaining('every ready pod refused'),
  });
});

test('one that names another port each time has the pods asked no more for each than once is enough', () => {
  const naming = (targetPort: number): Partial<Snapshot> => {
    const [endpoint] = nosy.endpoints;
    const endpoints = endpoint ? [{ ...endpoint, targetPort }] : [];
    return { usage: { ...usage, serviceMonitors: [{ ...nosy, endpoints }] } };
  };
  let current = settled(referred({ workload: workload({ mode: 'audit' }) }), REFUSING);
  let rounds = 0;
  for (let flip = 0; flip < 12; flip += 1) {
    current = { ...current, ...naming(31_337 + (flip % 2)) };
    // As often as such changes are looked at.
    for (let look = 0; look < 10; look += 1) {
      if (decide(current).probe.round) rounds += 1;
      current = probed(current, REFUSING);
    }
  }
  expect(rounds).toBeLessThanOrEqual(3);
});

describe('a pod in the place of one that refused', () => {
  const audited = referred({ workload: workload({ mode: 'audit' }) });
  const asked = settled(audited, REFUSING);
  const enforcing = { workload: workload(), report: undefined };
  // Its node's clock is behind, and there are as many pods as were asked.
  const other = { ...pod(), name: 'web-2', uid: 'uid-pod-2', ips: ['10.0.0.2'], owner: 'x' };
  const replaced = { pods: [other], selected: [other] };

  test('has still to be asked', () => {
    expect(decide({ ...asked, ...enforcing }).policy.do).toBe('apply');
    expect(decide({ ...asked, ...enforcing, ...replaced }).policy.do).toBe('nothing');
  });

  test('has still to refuse as often', () => {
    let current = probed({ ...asked, ...replaced }, REFUSING, 6);
    expect(decide({ ...current, ...enforcing }).policy.do).toBe('nothing');
    current = settled(current, REFUSING);
    expect(decide({ ...current, ...enforcing }).policy.do).toBe('apply');
  });
});

test('a pod that listens there holds it', () => {
  const current = settled(referred(), { open: [8080, 31_337], otherwise: 'refused' });
  expect(decide(current).policy.do).toBe('nothing');
});

test('silence is no refusal', () => {
  const current = settled(referred(), { open: [8080], otherwise: 'filtered' });
  expect(decide(current).policy.do).toBe('nothing');
});

test('without a ready pod it is held', () => {
  const young = pod({ ready: false });
  expect(decide(referred({ pods: [young] })).policy.do).toBe('nothing');
});

test('once the policy is in force the port is not asked any more, and what was known stands', () => {
  const current = settled(referred(), REFUSING);
  const plan = decide({ ...current, evidence: undefined });
  expect(plan.policy.do).toBe('nothing');
  expect(plan.probe.round?.ports).not.toContain(31_337);
  expect(condition(plan, 'PreflightPassed')?.reason).toBe('OutsideReferences');
  const other = { ...current, usage: { ...usage, serviceMonitors: [] } };
  expect(condition(decide(other), 'PreflightPassed')?.reason).toBe('NothingCut');
});

describe('the leader, where another replica probes', () => {
  const role = { policy: false, probe: true, secondProbe: false, hasSecond: true };
  const probing = settled(referred({ role }), REFUSING);
  const policy = { name: 'web-portlock', state: 'Held' } as const;
  const report = probing.report && {
    ...probing.report,
    status: { ...probing.report.status, policy },
  };
  const told = { ...probing, report };

  test('reads of it in the report', () => {
    expect(told.report?.status?.probe?.refusedPorts).toEqual([31_337]);
    expect(asLeader(told).policy.do).toBe('apply');
  });

  test.each<[string, Partial<Snapshot>]>([
    [
      'a pod has come since',
      { selected: [...told.selected, { ...pod(), uid: 'uid-2', owner: 'x' }] },
    ],
    [
      'a pod has become ready since',
      { selected: told.selected.map((each) => ({ ...each, readySince: told.now + 1000 })) },
    ],
    ['no pod is ready', { selected: told.selected.map((each) => ({ ...each, ready: false })) }],
    ['the pods are of somebody else', { pods: [] }],
  ])('waits where %s', (_what, fields) => {
    expect(asLeader(told, fields).policy.do).toBe('nothing');
  });
});
