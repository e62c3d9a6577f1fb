import { describe, expect, test } from 'vitest';
import {
  carriedOut,
  NO_USAGE,
  pod,
  policy,
  port,
  service,
  settled,
  snapshot,
  template,
  workload,
} from '../testing/builders.ts';
import { monitor } from '../testing/preflight-builders.ts';
import { decide } from './decide.ts';
import type { ClusterUsage } from './preflight/usage.ts';
import type { SelectedPod, Snapshot } from './snapshot.ts';
import type { Pod } from './workload/workload.ts';

/** The workload of the builders, whose policy is in force and told of. */
const enforced = (fields: Partial<Snapshot> = {}) => {
  const before = snapshot(fields);
  return carriedOut(before, decide(before));
};

/** What is told when the world has become another one, and what the look after that tells. */
function told(before: Snapshot, fields: Partial<Snapshot>) {
  const changed = { ...before, ...fields };
  const plan = decide(changed);
  expect(decide(carriedOut(changed, plan)).events, 'it is told once').toEqual([]);
  return plan.events;
}

const admin = { ...service(9090), name: 'admin' };
const scraper = monitor({ targetPort: 9102 }, { namespace: 'shop', name: 'late', selector: {} });
const outside = monitor(
  { targetPort: 9102 },
  {
    namespace: 'monitoring',
    name: 'late',
    selector: {},
    namespaceSelector: { any: true, matchNames: [] },
  },
);

describe('who comes when the policy is in force is told of in an Event', () => {
  const before = enforced();
  const { services } = before.usage;

  test.each<[string, Partial<ClusterUsage>, string]>([
    ['a Service', { services: [...services, admin] }, '9090/TCP is used by Service shop/admin'],
    ['a monitor', { serviceMonitors: [scraper] }, '9102/TCP is used by ServiceMonitor shop/late'],
    [
      'a monitor elsewhere',
      { serviceMonitors: [outside] },
      '9102/TCP is used by ServiceMonitor monitoring/late',
    ],
  ])('%s on a port that it closes', (_what, usage, words) => {
    const events = told(before, { usage: { ...before.usage, ...usage } });
    expect(events).toMatchObject([{ type: 'Warning', reason: 'UserCutOff' }]);
    expect(events[0]?.note).toContain(words);
  });

  test('unless the owner has accepted it', () => {
    const annotations = { 'portlock.dev/accept-cuts': '9090/TCP' };
    const accepting = enforced({ workload: workload({ annotations }) });
    const usage = { ...before.usage, services: [...services, admin] };
    expect(told(accepting, { usage })).toEqual([]);
  });

  test('a port that is not declared any more and that somebody uses stays, and is told', () => {
    const ports = [port(8080), port(9090)];
    const usage = { ...before.usage, services: [...services, admin] };
    const pods = [pod({ ports })];
    const wide = enforced({ workload: workload({ template: template({ ports }) }), usage, pods });
    const narrow = { workload: workload(), pods: [pod()] };
    const events = told(wide, { ...narrow, selected: [{ ...pod(), owner: 'Deployment/web' }] });
    expect(events).toMatchObject([{ type: 'Warning', reason: 'NarrowingHeld' }]);
    expect(events[0]?.note).toContain('goes on allowing 9090/TCP');
    expect(events[0]?.note).toContain('Service shop/admin');
  });

  test('a replica that does not lead tells nothing', () => {
    const role = { ...before.role, policy: false };
    const usage = { ...before.usage, services: [...services, admin] };
    expect(decide({ ...before, role, usage }).events).toEqual([]);
  });
});

describe('a port that every pod refused before the policy closed it', () => {
  const usage = { ...NO_USAGE, services: [service(8080), admin] };
  const before = settled(snapshot({ usage }), { open: [8080], otherwise: 'refused' });
  const later = (fields: Partial<Pod>) => {
    const next = pod({ name: 'web-2', uid: 'uid-2', ips: ['10.0.0.2'], ...fields });
    const selected = [...before.selected, { ...next, owner: 'Deployment/web' }];
    return told(before, { pods: [...before.pods, next], selected });
  };

  test('is told once pods of another template have come, which nobody can ask', () => {
    expect(before.report?.status?.policy?.state).toBe('Applied');
    const [event, ...others] = later({ templateHash: 'b', ready: false });
    expect(others).toEqual([]);
    expect(event).toMatchObject({ type: 'Warning', reason: 'UserCutOff' });
    expect(event?.note).toContain('9090/TCP is used by Service shop/admin');
    expect(event?.note).toContain('pods of an earlier template all refused it');
  });

  test.each<[string, Partial<Pod>]>([
    ['of the same template', { templateHash: 'a' }],
    ['of another one that runs the same, as after a restart', { templateHash: 'b', madeOf: 'a' }],
    ['that go away', { templateHash: 'old', terminating: true }],
    [
      'on the network of their node, where no policy applies',
      { hostNetwork: true, templateHash: 'b' },
    ],
  ])('is not told of pods %s', (_what, fields) => {
    expect(later(fields)).toEqual([]);
  });

  test('is known again once the pods are of that template again', () => {
    const b = pod({ name: 'web-2', uid: 'uid-2', templateHash: 'b' });
    const selected = [{ ...b, owner: 'Deployment/web' }];
    const turned = { ...before, pods: [b], selected };
    const back = { pods: before.pods, selected: before.selected };
    const again = decide({ ...carriedOut(turned, decide(turned)), ...back });
    expect(again.found.findings).toMatchObject([{ port: 9090, refused: true, holds: false }]);
  });
});

describe('another owner whose pods come under the selector', () => {
  const before = enforced();
  const late: SelectedPod = {
    ...pod({ name: 'late-1', uid: 'uid-late', ips: ['10.0.0.9'], ports: [port(8080), port(7000)] }),
    owner: 'Deployment/late',
  };
  const selected = [...before.selected, late];
  const ofStranger = (fields: Partial<Snapshot>) =>
    told(before, { selected, ...fields }).filter(({ about }) => about !== undefined);

  test('is told what is closed to it', () => {
    expect(ofStranger({})).toEqual([
      {
        type: 'Warning',
        reason: 'ClosedByOtherPolicy',
        action: 'Reconcile',
        about: 'Deployment/late',
        note: 'A policy that portlock keeps for Deployment web selects pods of Deployment/late, too, and closes 7000/TCP, which they declare: give them labels that its selector does not match',
      },
    ]);
  });

  test('is told nothing where a policy of its own lets its users in', () => {
    const own = policy('late', { ingress: [{ ports: [{ port: 7000 }] }] });
    expect(ofStranger({ policies: [...before.policies, own] })).toEqual([]);
  });

  test('is told nothing where it declares no other port', () => {
    const alike = { ...late, ports: [port(8080)] };
    expect(ofStranger({ selected: [...before.selected, alike] })).toEqual([]);
  });

  test('is told by the first policy, where the owner of that has accepted the cut', () => {
    const annotations = { 'portlock.dev/accept-cuts': '7000/TCP' };
    const held = enforced({ selected: [...snapshot().selected, late] });
    const events = told(held, { workload: workload({ annotations }) });
    expect(events.map(({ reason, about }) => [reason, about])).toEqual([
      ['PolicyApplied', undefined],
      ['ClosedByOtherPolicy', 'Deployment/late'],
    ]);
  });
});
