import { describe, expect, test } from 'vitest';
import { calibration, NOW, pod, snapshot } from '../../testing/builders.ts';
import {
  builtStatus,
  DRIFT,
  EVIDENCE,
  PERMITTED,
  PROBING,
  READ,
  reportThere,
  row,
  type Told,
} from '../../testing/report-builders.ts';
import type { Sweep } from '../probing/evidence.ts';
import { NOTHING_TO_PROBE } from '../probing/probe-plan.ts';
import type { Role } from '../snapshot.ts';
import { timestamp } from '../text/time.ts';

function role(fields: Partial<Role>): Role {
  return { policy: true, probe: true, secondProbe: false, hasSecond: false, ...fields };
}

const ROUND = {
  lastProbeTime: timestamp(NOW - 1000),
  pods: 2,
  ports: 90,
  fromPod: 'portlock-system/portlock-0',
  fromNode: 'node-1',
  sameNodePods: 0,
  policiesHash: 'now',
  calibration: {
    state: 'Dropped',
    message: 'seen as Dropped',
    fromNode: 'node-1',
    toNode: 'node-2',
    sinceTime: timestamp(NOW - 3_600_000),
  },
};

describe('of the last probe is said', () => {
  const sweep: Sweep = {
    ip: '10.0.0.1',
    templateHash: 'a',
    policies: 'now',
    pod: { uid: 'uid-1', name: 'web-1', node: 'node-2' },
    startedAt: NOW - 3000,
    endedAt: NOW - 2000,
    counts: { open: 1, refused: 2, filtered: 3, unreachable: 4, error: 5 },
  };
  const earlier = {
    policiesHash: 'old',
    message: 'old',
    refusedPorts: [1],
    refusedTemplates: ['a'],
  };
  const withEarlier = {
    snapshot: snapshot({ report: reportThere({ probe: earlier }), evidence: EVIDENCE }),
  };

  test('from where, of what, and under which policies', () => {
    expect(builtStatus().probe).toEqual({ ...ROUND, policiesSinceTime: timestamp(NOW - 9000) });
    const permission = { ...PERMITTED, pods: [pod({ node: 'node-1' }), pod()] };
    expect(builtStatus({ permission }).probe?.sameNodePods).toBe(1);
    const nowhere = { ...calibration('Unknown'), between: undefined };
    expect(builtStatus({ calibration: nowhere }).probe?.calibration).toEqual({
      state: 'Unknown',
      message: 'seen as Unknown',
    });
    expect(builtStatus({ evidence: EVIDENCE }).probe?.lastProbeTime).toBeUndefined();
  });

  test('which sweeps were made, sixteen of them', () => {
    const sweeps = Array.from({ length: 18 }, () => sweep);
    const said = builtStatus({ evidence: { ...READ, sweeps } }).probe?.sweeps ?? [];
    expect(said).toHaveLength(16);
    expect(said[0]).toEqual({
      pod: 'web-1',
      ip: '10.0.0.1',
      node: 'node-2',
      templateHash: 'a',
      startTime: timestamp(NOW - 3000),
      completionTime: timestamp(NOW - 2000),
      open: 1,
      refused: 2,
      filtered: 3,
      failed: 9,
    });
  });

  test.each<[string, number, string | undefined]>([
    ['', 0, undefined],
    ['1 pod is not ready', 0, '1 pod is not ready'],
    ['', 2, '2 of the templates still to be swept'],
    ['left', 1, 'left; 1 of the templates still to be swept'],
  ])('what was left out (%s) and is to come (%i): %s', (leftOut, unswept, message) => {
    const probe = { ...NOTHING_TO_PROBE, unswept };
    expect(builtStatus({ permission: { ...PERMITTED, leftOut }, probe }).probe?.message).toBe(
      message,
    );
  });

  test('how many of the pods a round asked, where it was not all', () => {
    const pods = [pod(), pod(), pod()];
    expect(builtStatus({ permission: { ...PERMITTED, pods } }).probe?.message).toBe(
      '2 of 3 pods asked in a round, others in the next',
    );
  });

  test('how far a sweep is', () => {
    const probe = { ...NOTHING_TO_PROBE, unswept: 1 };
    const evidence = { ...READ, sweptPercent: 25 };
    expect(builtStatus({ probe, evidence }).probe?.message).toBe(
      '1 of the templates still to be swept, 25 % of the ports of one are asked',
    );
  });

  test('what was before, while another goes on or none can be made', () => {
    expect(builtStatus({ ...withEarlier, probe: PROBING }).probe).toEqual({
      policiesHash: 'old',
      message: 'old',
    });
    const permission = { ...PERMITTED, pods: [], reason: 'NoPods', leftOut: 'left' } as const;
    expect(builtStatus({ ...withEarlier, permission }).probe).toEqual({
      policiesHash: 'old',
      message: 'left',
    });
    expect(builtStatus({ probe: PROBING }).probe).toBeUndefined();
  });

  test('which ports that others refer to every pod refused', () => {
    const found = {
      findings: [],
      unused: [],
      referred: [1, 9000],
      references: new Map(),
      notes: [],
      unread: [],
    };
    const evidence = { ...READ, referred: new Map([[9000, 3]]) };
    const unmanaged = { found, evidence, managed: false };
    expect(builtStatus(unmanaged).probe?.refusedPorts).toEqual([9000]);
    const { probe } = builtStatus({ ...withEarlier, found, probe: PROBING });
    expect(probe).toMatchObject({ refusedPorts: [1], refusedTemplates: ['a'] });
  });
});

describe('of the second probe is said', () => {
  const other = { ...ROUND, fromPod: 'portlock-system/portlock-1', fromNode: 'node-2' } as never;
  const second = (fields: Partial<Role>, was: unknown, more: Partial<Told> = {}) =>
    builtStatus({
      snapshot: snapshot({
        role: role(fields),
        evidence: EVIDENCE,
        report: was ? reportThere({ secondProbe: was as never }) : undefined,
      }),
      ...more,
    }).secondProbe;
  const SECOND = { policy: false, probe: false, secondProbe: true };

  test('what it saw in a conclusive round, and what differs', () => {
    expect(second(SECOND, undefined)).toEqual(ROUND);
    const {
      declared: _d,
      containers: _c,
      isCurrent: _i,
      firstSeen: _f,
      lastSeen: _l,
      ...rest
    } = DRIFT;
    const rows = [row(), { ...DRIFT, families: ['IPv4'] as const }];
    expect(second(SECOND, undefined, { rows })?.findings).toEqual([
      {
        ...rest,
        families: ['IPv4'],
        firstSeenTime: timestamp(NOW - 5000),
        lastSeenTime: timestamp(NOW - 1000),
      },
    ]);
  });

  test('what it said before, while it cannot tell', () => {
    const untold = { ...READ, untold: { ports: 1, streak: 1 } };
    const noPods = { ...PERMITTED, reason: 'NoPods' } as const;
    for (const more of [{ probe: PROBING }, { evidence: untold }, { permission: noPods }])
      expect(second(SECOND, other, more)).toEqual(other);
    const off = { ...PERMITTED, reason: 'ProbeOff', unverifiable: 'off' } as const;
    expect(second(SECOND, other, { permission: off })).toBeUndefined();
  });

  test('by the leader nothing new, and by who probes what stands', () => {
    expect(second({ probe: false }, other)).toEqual(other);
    expect(second({ probe: true }, other)).toEqual(other);
    const old = { ...(other as object), lastProbeTime: timestamp(NOW - 9 * 3_600_000) };
    expect(second({ probe: true }, old)).toBeUndefined();
    expect(second({ probe: true, hasSecond: true }, old)).toEqual(old);
    expect(second({ probe: false }, old)).toEqual(old);
  });
});
