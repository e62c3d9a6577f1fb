import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../api/kubernetes.ts';
import { NOW, pod, policy, probed, settled, snapshot, workload } from '../testing/builders.ts';
import type { Network } from '../testing/seen-network.ts';
import { decide } from './decide.ts';
import { conditionOf } from './report/conditions.ts';
import type { Snapshot } from './snapshot.ts';

const DUAL = {
  pods: [pod({ ips: ['10.0.0.1', 'fd00:1::1'] })],
  prober: { ...snapshot().prober, ips: ['10.0.9.9', 'fd00::9'] },
};
const audit = workload({ mode: 'audit' });
const from = (cidr: string) => ({ ingress: [{ from: [{ ipBlock: { cidr } }] }] });
const V6 = policy('v6', from('fd00::/64'));
const V4_ONLY = policy('v4-only', from('10.0.0.0/8'));
const LOCKED: Network = { open: [8080], otherwise: 'filtered' };
const LEAKING: Network = { open: [8080, 9090], otherwise: 'filtered' };
const CUT: Network = { open: [], otherwise: 'filtered' };

const dual = (policies: NetworkPolicy[], fields: Partial<Snapshot> = {}) =>
  snapshot({ ...DUAL, policies, ...fields });
const row = ({ report }: Snapshot, port: number) =>
  report?.status?.ports?.find((each) => each.port === port);
const reason = ({ report }: Snapshot, type: 'EnforcementVerified' | 'DriftDetected') =>
  conditionOf(report, type)?.reason;
/** By the definition of the report: where there is no field, it is about all families. */
const ABSENT = undefined;

describe('an undeclared port', () => {
  test('that is open over IPv4 too, where only IPv6 is allowed, is not enforced', () => {
    const done = settled(dual([V6], { workload: audit }), LEAKING);
    expect(row(done, 9090)).toMatchObject({
      expected: 'Denied',
      observed: 'Open',
      message:
        'No policy allows it over IPv4, yet a connection was made: the policy is not enforced',
    });
    expect(row(done, 9090)?.families).toBe(ABSENT);
    expect(reason(done, 'DriftDetected')).toBe('UndeclaredReachable');
  });

  test('is not enforced where ours is in force', () => {
    const annotations = { 'portlock.dev/allow-from': 'any' };
    const done = settled(dual([V6], { workload: workload({ annotations }) }), LEAKING);
    expect(reason(done, 'EnforcementVerified')).toBe('NotEnforced');
  });

  test('that is open over IPv6 alone is widened by the policy that allows it there', () => {
    const done = settled(dual([V6], { workload: audit }), { ...LOCKED, overIPv6: LEAKING });
    expect(row(done, 9090)).toMatchObject({
      expected: 'Allowed',
      message: 'Widened by v6 over IPv6',
      families: ['IPv6'],
    });
  });

  test('that is open over IPv4 alone is not enforced, whatever IPv6 allows', () => {
    const done = settled(dual([V6], { workload: audit }), { ...LEAKING, overIPv6: LOCKED });
    expect(row(done, 9090)).toMatchObject({ expected: 'Denied', families: ['IPv4'] });
  });

  test('that is open over both, where both are allowed, says nothing of families', () => {
    const done = settled(dual([policy('all', { ingress: [{}] })], { workload: audit }), LEAKING);
    expect(row(done, 9090)?.message).toBe('Widened by all');
    expect(row(done, 9090)?.families).toBe(ABSENT);
  });
});

describe('a declared port', () => {
  const cut = { ...LOCKED, overIPv6: CUT };
  const drifted = settled(dual([V4_ONLY], { workload: audit }), cut);
  const closed = {
    expected: 'Denied',
    observed: 'Filtered',
    finding: 'DeclaredUnreachable',
    message: 'Closed by v4-only over IPv6; no answer came to a connection from the prober',
    families: ['IPv6'],
    pods: 1,
  };

  test('that a policy closes over one family says over which', () => {
    expect(row(drifted, 8080)).toMatchObject(closed);
    expect(reason(drifted, 'DriftDetected')).toBe('DeclaredUnreachable');
  });

  test('says the same after a restart, before the pods are probed again and after', () => {
    const restarted = { ...drifted, evidence: undefined, now: drifted.now + 60_000 };
    const plan = decide(restarted);
    expect(plan.evidence?.settled.get(8080)?.families).toEqual(['IPv6']);
    expect(plan.report.do === 'ensure' && plan.report.report.status?.ports).toEqual(
      drifted.report?.status?.ports,
    );
    const again = settled({ ...restarted, now: drifted.now + 7_200_000 }, cut);
    expect(row(again, 8080)).toMatchObject(closed);
    expect(row(again, 8080)?.firstSeenTime).toBe(row(drifted, 8080)?.firstSeenTime);
  });

  test('that is closed over the other one later, too, says nothing of families', () => {
    const later = { ...drifted, now: drifted.now + 7_200_000 };
    const done = settled(settledRounds(later, CUT, 4), CUT);
    expect(row(done, 8080)?.families).toBe(ABSENT);
    expect(row(done, 8080)?.message).toContain('Closed by v4-only over IPv6');
  });

  test('counts over the family that stays closed, while the other comes and goes', () => {
    let current = dual([V4_ONLY], { workload: audit });
    let asked = 0;
    for (let look = 0; look < 40; look += 1) {
      if (decide(current).probe.round) asked += 1;
      current = probed(current, asked % 2 ? cut : CUT, 6);
    }
    const { report } = decide(current);
    expect(report.do === 'ensure' && report.report.status?.ports?.[0]?.families).toEqual(['IPv6']);
  });

  test('of pods that have one family no more says nothing of families', () => {
    const pods = [pod({ ips: ['fd00:1::1'] })];
    const plan = decide({ ...drifted, pods });
    expect(plan.report.do === 'ensure' && plan.report.report.status?.ports?.[0]).not.toHaveProperty(
      'families',
    );
  });

  test('of which a report was edited by hand is read for what it can mean', () => {
    for (const families of [['IPv5'], 'IPv6', [null], ['IPv4', 'IPv6'], {}]) {
      const report = structuredClone(drifted.report);
      for (const each of report?.status?.ports ?? []) Object.assign(each, { families });
      const plan = decide({ ...drifted, evidence: undefined, report });
      expect(plan.evidence?.settled.get(8080)?.families).toBeUndefined();
    }
  });
});

/** Probes in every one of some intervals. */
function settledRounds(before: Snapshot, network: Network, rounds: number): Snapshot {
  let current = before;
  for (let round = 0; round < rounds; round += 1) {
    current = probed(current, network, 3_700);
  }
  return current;
}

test('of pods and a prober of one family nothing is said of families', () => {
  const done = settled(snapshot({ policies: [V4_ONLY], workload: audit }), CUT);
  expect(row(done, 8080)).toEqual({
    port: 8080,
    protocol: 'TCP',
    declared: true,
    containers: ['app'],
    expected: 'Allowed',
    observed: 'Filtered',
    finding: 'DeclaredUnreachable',
    message: 'No policy closes it; no answer came to a connection from the prober',
    pods: 1,
    firstSeenTime: expect.any(String),
    lastSeenTime: expect.any(String),
  });
});

test('of a prober without an address of the family of the pods, an ipBlock is not known', () => {
  const pods = [pod({ ips: ['fd00:1::1'] })];
  const done = settled(snapshot({ pods, policies: [V6], workload: audit }), CUT);
  expect(row(done, 8080)).toMatchObject({
    expected: 'Unknown',
    message:
      "May be closed by v6 (an ipBlock decides, and the prober's address is not known); no answer came to a connection from the prober",
  });
});

test('what the second probe found says over which family, too', () => {
  const second = dual([V4_ONLY], {
    workload: audit,
    role: { policy: false, probe: false, secondProbe: true, hasSecond: true },
    prober: { ...DUAL.prober, pod: 'portlock-1', podUid: 'uid-second', node: 'node-2' },
  });
  const cut = { ...LOCKED, overIPv6: CUT };
  let current: Snapshot = second;
  for (let look = 0; look < 30; look += 1) current = probed(current, cut, 6);
  const { secondProbe } = current.report?.status ?? {};
  expect(secondProbe?.findings).toEqual([
    expect.objectContaining({ port: 8080, families: ['IPv6'] }),
  ]);
  const owner = dual([V4_ONLY], { workload: audit, now: current.now });
  const before = settled(owner, LOCKED);
  const report = structuredClone(before.report);
  Object.assign(report?.status ?? {}, { secondProbe });
  const role = { policy: true, probe: true, secondProbe: false, hasSecond: true };
  const plan = decide({ ...before, role, report });
  expect(plan.report.do === 'ensure' && plan.report.report.status?.ports?.[0]).toMatchObject({
    fromNode: 'node-2',
    families: ['IPv6'],
    message: expect.stringContaining('Closed by v4-only over IPv6'),
  });
  expect(current.now).toBeGreaterThan(NOW);
});
