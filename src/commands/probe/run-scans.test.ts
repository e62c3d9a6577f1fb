import { describe, expect, test } from 'vitest';
import { ScriptedProber, type Sight } from '../../testing/scripted-prober.ts';
import type { PlannedScan } from './plan-scans.ts';
import { runScans } from './run-scans.ts';

const never = new AbortController().signal;
const plan = (address: string, fields: Partial<PlannedScan> = {}): PlannedScan => ({
  place: { address, found: undefined },
  asked: [80, 443],
  first: [80],
  isFollower: false,
  isNamed: false,
  ...fields,
});

/** What comes of these plans, and which ports were asked where, the decoys aside. */
async function scanned(plans: readonly PlannedScan[], sight: Sight) {
  const prober = new ScriptedProber(sight);
  const told: number[] = [];
  const scans = await runScans(prober, plans, (done) => told.push(done), never);
  await prober.close();
  const decoys = (ports: unknown) => Array.isArray(ports) && ports.every((port) => port > 1_024);
  const asked = prober.jobs
    .filter(({ ports }) => !decoys(ports))
    .map(({ ip, ports }) => [ip, ports]);
  return { scans, told, asked };
}

describe('scans', () => {
  test('come back in the order in which they were planned', async () => {
    const follower = plan('10.0.0.1', { isFollower: true });
    const plans = [follower, plan('10.0.0.2'), plan('10.0.0.3')];
    const { scans } = await scanned(plans, () => ({}));
    expect(scans.map((each) => each.plan.place)).toEqual(plans.map(({ place }) => place));
  });

  test('of those that follow come last, and ask for what others were found open on, too', async () => {
    const plans = [plan('10.0.0.1', { isFollower: true, first: [22, 80] }), plan('10.0.0.2')];
    const { asked } = await scanned(plans, () => ({ open: [443] }));
    expect(asked).toEqual([
      ['10.0.0.2', [80, 443]],
      ['10.0.0.1', [22, 80, 443]],
    ]);
  });

  test('where every port answers show nothing that others are asked for', async () => {
    const plans = [plan('10.0.0.1', { isFollower: true }), plan('10.0.0.2')];
    const { asked } = await scanned(plans, ({ ip, ports }) =>
      ip === '10.0.0.2' ? { open: ports === 'all' ? [] : ports } : {},
    );
    expect(asked.at(-1)).toEqual(['10.0.0.1', [80]]);
  });

  test('tell how many ports are done, over all addresses', async () => {
    const { told } = await scanned(
      [plan('10.0.0.1'), plan('10.0.0.2')],
      ({ ports }, onProgress) => {
        onProgress(ports.length, ports.length);
        return {};
      },
    );
    expect(told.at(-1)).toBe(4);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
  });

  test('of nothing are none', async () => {
    expect((await scanned([], () => ({}))).scans).toEqual([]);
  });
});
