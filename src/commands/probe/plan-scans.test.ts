import { describe, expect, it } from 'vitest';
import { WELL_KNOWN_PORTS } from '../../domain/probing/well-known-ports.ts';
import { pod, port } from '../../testing/builders.ts';
import type { Place } from './lookup.ts';
import { planScans } from './plan-scans.ts';
import type { Target } from './target.ts';

const NONE = new Map();
const watched = (...ports: number[]) =>
  [...new Set([...ports, ...WELL_KNOWN_PORTS])].sort((a, b) => a - b);

function place(address: string, uid: string, templateHash = 'a'): Place {
  const declared = [port(12_345), port(53, 'UDP')];
  const found = { declared, connections: [], containers: [], sharesProcesses: false };
  return { address, found: { ...found, pod: pod({ uid, templateHash, ips: [address] }) } };
}

function asked(target: Target, places: readonly Place[]): unknown[] {
  return planScans(target, places, undefined, NONE).map((plan) => plan.asked);
}

describe('without named ports', () => {
  it('a pod is asked for all of them, by both families', () => {
    const places = [place('10.0.0.1', 'u1'), place('fd00::1', 'u1')];
    expect(asked({ kind: 'pod', name: 'web-1' }, places)).toEqual(['all', 'all']);
  });

  it('an address is asked for all of them, whosever it is', () => {
    const target = { kind: 'address', address: '10.0.0.1' } as const;
    expect(asked(target, [{ address: '10.0.0.1', found: undefined }])).toEqual(['all']);
  });

  it('one pod of each template of a workload is, and the others are for what is declared or well known', () => {
    const places = [
      place('10.0.0.1', 'u1'),
      place('fd00::1', 'u1'),
      place('10.0.0.2', 'u2'),
      place('10.0.0.3', 'u3', 'b'),
    ];
    const plans = planScans(
      { kind: 'workload', of: 'Deployment', name: 'web' },
      places,
      undefined,
      NONE,
    );
    expect(plans.map((plan) => plan.asked)).toEqual(['all', 'all', watched(12_345), 'all']);
    expect(plans.map(({ isFollower }) => isFollower)).toEqual([false, false, true, false]);
  });

  it('pods of a range are asked for what is declared or well known', () => {
    const target = { kind: 'range', cidr: '10.0.0.0/30', addresses: [] } as const;
    expect(asked(target, [place('10.0.0.1', 'u1')])).toEqual([watched(12_345)]);
    expect(asked(target, [{ address: '10.0.0.2', found: undefined }])).toEqual([watched()]);
  });

  it('what something inside listens on is asked too', () => {
    const listener = { address: '::', port: 33_333, container: 'app', process: 'node' };
    const insides = new Map([['u1', { listeners: [listener], connections: [], containers: [] }]]);
    const [plan] = planScans(
      { kind: 'pod', name: 'x' },
      [place('10.0.0.1', 'u1')],
      undefined,
      insides,
    );
    expect(plan?.first).toEqual(watched(12_345, 33_333));
  });
});

describe('named ports', () => {
  const places = [place('10.0.0.1', 'u1'), place('10.0.0.2', 'u2')];
  const target = { kind: 'workload', of: 'Deployment', name: 'web' } as const;

  it('are asked everywhere, and nothing else', () => {
    const plans = planScans(target, places, [80], NONE);
    expect(plans.map((plan) => [plan.asked, plan.isNamed, plan.isFollower])).toEqual([
      [[80], true, false],
      [[80], true, false],
    ]);
  });

  it('may be all, but not to be told one by one', () => {
    const plans = planScans(target, places, 'all', NONE);
    expect(plans.map((plan) => [plan.asked, plan.isNamed])).toEqual([
      ['all', false],
      ['all', false],
    ]);
  });
});
