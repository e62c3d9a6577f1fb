import { describe, expect, test } from 'vitest';
import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { calibration, NOW, pod, snapshot, workload } from '../../testing/builders.ts';
import { optedIn } from '../../testing/intent-builders.ts';
import { type Evidence, emptyEvidence, withPolicies } from '../probing/evidence.ts';
import { fingerprintOf } from '../probing/probe-plan.ts';
import type { Snapshot } from '../snapshot.ts';
import { timestamp } from '../text/time.ts';
import { UNSAID } from '../workload/allow-from.ts';
import type { Pod } from '../workload/workload.ts';
import { buildPolicy } from './policy.ts';
import {
  portsRefusedEarlier,
  refusedPorts,
  refusedTemplates,
  refusedToReport,
} from './refused-ports.ts';

const PORTS = [{ port: 8080, protocol: 'TCP', containers: ['app'] }] as const;
const OWN = buildPolicy(workload(), PORTS, UNSAID, 'portlock-system');

/** Evidence of so many rounds in a row in which all of these pods refused. */
function refused(rounds: Record<number, number>, pods: readonly Pod[] = [pod()]): Evidence {
  const known = { settled: new Map(), seen: [] };
  return {
    ...emptyEvidence('policies', 0, known),
    referred: new Map(Object.entries(rounds).map(([port, times]) => [Number(port), times])),
    lastRound: { endedAt: NOW, pods: fingerprintOf(pods), podCount: 1, portCount: 1 },
  };
}

function reportOf(
  probe: NonNullable<NonNullable<PortExposureReport['status']>['probe']>,
): PortExposureReport {
  return {
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'PortExposureReport',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
    status: { probe },
  };
}

const owned = (fields: Partial<Pod>) => ({ ...pod(fields), owner: 'Deployment/web' });
const keys = (fields: Partial<Snapshot>, isolated = false) => [
  ...refusedPorts(optedIn(fields), isolated),
];

const PAIR = [pod(), pod({ uid: 'other' })];

describe('a port on which every pod refuses', () => {
  test.each<[number, string[]]>([
    [2, []],
    [3, ['9000/TCP']],
    [4, ['9000/TCP']],
  ])('counts after three rounds: %i', (rounds, expected) => {
    expect(keys({ evidence: refused({ 9000: rounds, 9001: 0 }) })).toEqual(expected);
  });

  test.each<[string, Partial<Snapshot>]>([
    ['another pod is ready', { selected: [owned({}), owned({ uid: 'new' })] }],
    ['the pods are others', { evidence: refused({ 9000: 3 }, [pod({ uid: 'old' })]) }],
    ['the pods have other addresses', { evidence: refused({ 9000: 3 }, [pod({ ips: ['::1'] })]) }],
    ['no pod is ready', { selected: [owned({ ready: false })] }],
    ['a ready pod is of another owner', { pods: [], selected: [owned({})] }],
    [
      'no pod was asked',
      { evidence: refused({ 9000: 3 }, []), selected: [owned({ ready: false })] },
    ],
    [
      'one of two ready pods is of another owner',
      { evidence: refused({ 9000: 3 }, PAIR), pods: [pod()], selected: PAIR.map(owned) },
    ],
    ['nothing was seen yet', { evidence: undefined }],
    [
      'a pod of another template is about to be ready',
      { selected: [owned({}), owned({ uid: 'b', ready: false, templateHash: 'next' })] },
    ],
  ])('does not count where %s', (_what, fields) => {
    expect(keys({ evidence: refused({ 9000: 3 }), ...fields })).toEqual([]);
  });

  test('counts where one is about to be ready of a template that runs the same', () => {
    const next = owned({ uid: 'b', ready: false, templateHash: 'next', madeOf: 'a' });
    const selected = [owned({}), next];
    expect(keys({ evidence: refused({ 9000: 3 }), selected })).toEqual(['9000/TCP']);
  });

  test('counts whatever pods do that are not ready, or on the network of their node', () => {
    const selected = [
      owned({}),
      owned({ uid: 'b', ready: false }),
      owned({ uid: 'c', hostNetwork: true, templateHash: 'other' }),
      owned({ uid: 'd', ready: false, terminating: true, templateHash: 'old' }),
    ];
    expect(keys({ evidence: refused({ 9000: 3 }), selected })).toEqual(['9000/TCP']);
  });

  test.each([
    ['Dropped', true],
    ['NotEnforced', true],
    ['Rejected', false],
    ['Unknown', false],
  ] as const)('of pods that others isolate counts on a network that is %s: %s', (state, counts) => {
    const calibrations = [calibration('Dropped'), calibration(state)];
    const fields = { evidence: refused({ 9000: 3 }), calibrations };
    expect(keys(fields, true)).toEqual(counts ? ['9000/TCP'] : []);
    expect(keys(fields, false)).toEqual(['9000/TCP']);
  });
});

describe('what the report says of refused ports', () => {
  const probe = { refusedPorts: [9000], pods: 1, lastProbeTime: timestamp(NOW) };
  const young = (readySince: number) => {
    const pods = [pod({ readySince })];
    return { pods, selected: pods.map((each) => owned(each)) };
  };
  const ofTemplate = (hash: string) => reportOf({ ...probe, refusedTemplates: [hash] });
  const role = { policy: true, probe: false, secondProbe: false, hasSecond: false };

  test.each<[string, string[], Partial<Snapshot>]>([
    ['counts where another replica probes', ['9000/TCP'], { role, evidence: refused({ 1: 3 }) }],
    ['counts before the first round', ['9000/TCP'], { evidence: undefined }],
    ['does not count after it', [], { evidence: refused({}) }],
    ['counts of pods that were ready', ['9000/TCP'], { role, ...young(NOW - 1) }],
    ['does not count of younger pods', [], { role, ...young(NOW) }],
    [
      'does not count where one of two pods is younger',
      [],
      {
        role,
        report: reportOf({ ...probe, pods: 2 }),
        pods: PAIR,
        selected: [owned({}), owned({ uid: 'other', readySince: NOW })],
      },
    ],
    ['does not count of fewer pods', [], { role, report: reportOf({ ...probe, pods: 0 }) }],
    [
      'does not count without a time',
      [],
      { role, report: reportOf({ refusedPorts: [9000], pods: 1 }) },
    ],
    [
      'does not count without a number of pods',
      [],
      { role, report: reportOf({ refusedPorts: [9000], lastProbeTime: timestamp(NOW) }) },
    ],
    ['is nothing where there is none', [], { role, report: undefined }],
    [
      'stands while our policy closes them',
      ['9000/TCP'],
      { policies: [OWN], evidence: refused({ 1: 3 }), report: ofTemplate('a'), ...young(NOW) },
    ],
    [
      'does not stand for pods of another template',
      [],
      { policies: [OWN], evidence: refused({ 9000: 3 }), report: ofTemplate('b') },
    ],
    ['does not stand where it does not say of which', [], { policies: [OWN] }],
    [
      'stands without any pod',
      ['9000/TCP'],
      { policies: [OWN], report: ofTemplate('b'), pods: [], selected: [] },
    ],
    ['is nothing of a policy without a report', [], { policies: [OWN], report: undefined }],
  ])('%s', (_what, expected, fields) => {
    expect(keys({ report: reportOf(probe), ...fields })).toEqual(expected);
  });
});

describe('pods of another template than those that refused', () => {
  const report = reportOf({ refusedPorts: [9000], refusedTemplates: ['b'] });
  test.each<[string, string[], Partial<Snapshot>]>([
    ['may listen there under the policy', ['9000/TCP'], { policies: [OWN], report }],
    ['are asked before there is one', [], { report }],
    ['are none where no port was refused', [], { policies: [OWN], report: reportOf({}) }],
  ])('%s', (_what, expected, fields) => {
    expect([...portsRefusedEarlier(optedIn(fields))]).toEqual(expected);
  });
});

describe('where our policy comes before the report tells what refused', () => {
  const evidence = withPolicies(refused({ 9000: 3, 9001: 2 }), 'ours', NOW);
  const later = { policies: [OWN], report: undefined, evidence };
  const others = { selected: [owned({ uid: 'next' })] };

  test('it still counts, and is reported then', () => {
    expect(keys(later)).toEqual(['9000/TCP']);
    expect(refusedTemplates(optedIn(later), [pod()])).toEqual(['a']);
    const told = { evidence, managed: true, referred: [9000, 9001] };
    expect(refusedToReport(snapshot(later), told)).toEqual([9000]);
  });

  test('it counts through another change of policies, until a round says otherwise', () => {
    const again = withPolicies(evidence, 'more', NOW);
    expect(keys({ ...later, evidence: again })).toEqual(['9000/TCP']);
    const { lastRound } = refused({});
    expect(
      keys({ ...later, evidence: withPolicies({ ...evidence, lastRound }, 'more', NOW) }),
    ).toEqual([]);
  });

  test('it does not count for pods that were not asked', () => {
    expect(keys({ ...later, ...others })).toEqual([]);
    expect([...portsRefusedEarlier(optedIn({ ...later, ...others }))]).toEqual(['9000/TCP']);
    expect(refusedTemplates(optedIn({ ...later, ...others }), [pod()])).toEqual([]);
  });

  test('and not before there is a policy', () => {
    expect(keys({ evidence, report: undefined })).toEqual([]);
    const told = { evidence, managed: false, referred: [9000] };
    expect(refusedToReport(snapshot(later), told)).toEqual([]);
  });
});

describe('of which templates they are is reported', () => {
  const pods = [pod({ templateHash: 'b' }), pod({ uid: 'other' }), pod({ uid: 'third' })];
  const known = reportOf({ refusedPorts: [9000], refusedTemplates: ['old'] });

  test.each<[string, string[], Partial<Snapshot>, readonly Pod[]]>([
    ['as the last round asked them', ['a', 'b'], {}, pods],
    ['as before, where that asked others', ['old'], {}, [pod()]],
    ['as before, where the policy was in force', ['old'], { policies: [OWN] }, pods],
    ['nothing, where nothing is known', [], { report: undefined }, [pod()]],
  ])('%s', (_what, expected, fields, asked) => {
    const subject = optedIn({ report: known, evidence: refused({ 9000: 3 }, asked), ...fields });
    expect(refusedTemplates(subject, pods)).toEqual(expected);
  });
});

describe('the report says', () => {
  const referred = [9000, 9001, 9002];
  const seen = snapshot({
    evidence: refused({ 9001: 3 }),
    report: reportOf({ refusedPorts: [9002, 9999] }),
  });
  const evidence = refused({ 9000: 3, 9001: 2 });

  test('what every pod refused just now, of the ports that are referred to', () => {
    expect(refusedToReport(seen, { evidence, managed: false, referred })).toEqual([9000]);
  });

  test('what was known before our policy closed them', () => {
    expect(refusedToReport(seen, { evidence, managed: true, referred })).toEqual([9001, 9002]);
    const fresh = snapshot({ evidence: undefined, report: undefined });
    expect(refusedToReport(fresh, { evidence, managed: true, referred })).toEqual([]);
  });
});
