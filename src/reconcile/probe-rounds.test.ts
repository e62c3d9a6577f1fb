import { beforeEach, describe, expect, test } from 'vitest';
import { decide } from '../domain/decide.ts';
import type { Plan } from '../domain/plan.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { Pod } from '../domain/workload/workload.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { NOW, pod, policy, snapshot } from '../testing/builders.ts';
import { type LogLine, recordedLog } from '../testing/recorded-log.ts';
import { ScriptedProber, type SeenPorts } from '../testing/scripted-prober.ts';
import { until } from '../testing/until.ts';
import { ProbeRunner } from './probe-runner.ts';

const KEY = 'Deployment/shop/web';
const SETTLE = 60_000;

let now: number;
let pods: Pod[];
let prober: ScriptedProber;
let runner: ProbeRunner;
let stop: AbortController;
/** How long to wait until the next look, each time that something ended. */
let looks: number[];
let lines: LogLine[];
let readySince: number;
const metrics = createMetrics();

beforeEach(() => {
  now = NOW;
  readySince = 0;
  pods = [pod()];
  looks = [];
  metrics.probeConnections.reset();
  prober = new ScriptedProber(
    () => ({ open: [8080] }),
    () => now,
  );
  stop = new AbortController();
  const recorded = recordedLog();
  ({ lines } = recorded);
  runner = new ProbeRunner({
    prober,
    metrics,
    podsAt: (ip) => pods.filter(({ ips }) => ips.includes(ip)),
    timing: { ...snapshot().timing, settle: SETTLE },
    readySince: () => readySince,
    now: () => now,
    onProbed: (key, retryAfter) => {
      expect(key).toBe(KEY);
      looks.push(retryAfter);
    },
    log: recorded.log,
    signal: stop.signal,
  });
});

function planned(fields: Partial<Snapshot> = {}): Plan {
  return decide(snapshot({ now, pods, evidence: runner.evidence(KEY), ...fields }));
}

/** Runs what is planned; resolves when a probe has ended, with the plan. */
async function ran(plan = planned()): Promise<Plan> {
  const before = looks.length;
  runner.run(KEY, plan, runner.evidence(KEY));
  await until('a probe ended', () => looks.length > before);
  return plan;
}

/** Lets begin what has its turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A sight that a test opens when it wants. */
function held(seen: SeenPorts): { open: () => void } {
  const { promise, resolve } = Promise.withResolvers<SeenPorts>();
  prober.sight = () => promise;
  return { open: () => resolve(seen) };
}

describe('a round', () => {
  test('asks every address of every pod, declared ports first', async () => {
    pods = [
      pod({ ips: ['10.0.0.1', 'fd00::1'] }),
      pod({ name: 'web-2', uid: 'uid-2', ips: ['10.0.0.2'] }),
    ];
    const plan = await ran();
    expect(prober.jobs).toEqual(
      ['10.0.0.1', 'fd00::1', '10.0.0.2'].map((ip) => ({
        ip,
        ports: plan.probe.round?.ports,
        expected: [8080],
        priority: 'check',
      })),
    );
    expect(looks).toEqual([0]);
    expect(runner.evidence(KEY)?.lastRound).toMatchObject({
      endedAt: NOW,
      podCount: 2,
      pods: plan.probe.round?.podsFingerprint,
    });
  });

  test('counts its connections by outcome', async () => {
    prober.sight = () => ({ open: [8080], refused: [22, 80] });
    await ran();
    const { values } = await metrics.probeConnections.get();
    const counts = Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]));
    const asked = prober.jobs[0]?.ports.length ?? 0;
    expect(counts).toMatchObject({ open: 1, refused: 2, filtered: asked - 3 });
  });

  test('is not begun twice at a time, and again once it has ended', async () => {
    const { open } = held({ open: [8080] });
    const plan = planned();
    runner.run(KEY, plan, undefined);
    runner.run(KEY, plan, undefined);
    expect(prober.jobs).toHaveLength(1);
    open();
    await until('it ended', () => looks.length > 0);
    await ran(plan);
    expect(prober.jobs).toHaveLength(2);
  });

  test('is not begun where none is planned, or the workload is out', () => {
    const plan = planned();
    runner.run(KEY, { ...plan, probe: { ...plan.probe, round: undefined } }, undefined);
    runner.run('Deployment/shop/out', { ...plan, evidence: undefined }, undefined);
    expect(prober.jobs).toEqual([]);
    expect(runner.evidence('Deployment/shop/out')).toBeUndefined();
  });

  test('that began under other policies is thrown away', async () => {
    const { open } = held({ open: [8080, 22] });
    runner.run(KEY, planned(), undefined);
    const others = planned({ policies: [policy('theirs', { ingress: [{}] })] });
    expect(others.evidence?.policies).not.toBe(runner.evidence(KEY)?.policies);
    runner.run(KEY, others, runner.evidence(KEY));
    open();
    await until('it ended', () => looks.length > 0);
    const evidence = runner.evidence(KEY);
    expect(evidence?.policies).toBe(others.evidence?.policies);
    expect(evidence?.lastRound).toBeUndefined();
    expect(evidence?.ports.size).toBe(0);
  });

  test('that ended meanwhile is newer than a plan that was made before', async () => {
    const before = planned();
    await ran(before);
    runner.run(KEY, { ...before, probe: { ...before.probe, round: undefined } }, undefined);
    expect(runner.evidence(KEY)?.lastRound).toBeDefined();
  });

  test('uses the ports that are declared by then', async () => {
    const plan = planned();
    const { open } = held({ open: [8080, 22] });
    runner.run(KEY, plan, undefined);
    const probe = { ...plan.probe, round: undefined };
    runner.run(KEY, { ...plan, probe, declared: new Set([22, 8080]) }, runner.evidence(KEY));
    open();
    await until('it ended', () => looks.length > 0);
    expect(runner.evidence(KEY)?.seen, '22 is not undeclared any more').toEqual([]);
  });
});

describe('a reading', () => {
  const streak = (port: number) => runner.evidence(KEY)?.ports.get(port)?.streak;

  test.each<[string, () => void, number]>([
    ['of a pod that is older than the settle time counts', () => {}, 1],
    [
      'of a pod that is that old this millisecond counts',
      () => {
        pods = [pod({ readySince: NOW - SETTLE })];
      },
      1,
    ],
    [
      'of a pod that is a millisecond younger does not',
      () => {
        pods = [pod({ readySince: NOW - SETTLE + 1 })];
      },
      0,
    ],
    [
      'of a prober that is a millisecond younger does not either',
      () => {
        readySince = NOW - SETTLE + 1;
      },
      0,
    ],
  ])('%s as bad news', async (_what, arrange, expected) => {
    arrange();
    prober.sight = () => ({});
    const { evidence } = planned();
    if (!evidence) throw new Error('there is no evidence');
    await ran({ ...planned(), evidence: { ...evidence, policiesSince: 0 } });
    expect(streak(8080)).toBe(expected);
  });

  test('that failed leaves the others, and the pods count as not all asked', async () => {
    pods = [pod(), pod({ name: 'web-2', uid: 'uid-2', ips: ['10.0.0.2'] })];
    prober.sight = ({ ip }) =>
      ip === '10.0.0.2' ? Promise.reject(new Error('no')) : { open: [8080] };
    await ran();
    expect(runner.evidence(KEY)?.lastRound).toMatchObject({ podCount: 1, pods: '' });
  });

  test.each<[string, () => void]>([
    [
      'of an address that another pod got meanwhile',
      () => {
        pods = [pod({ uid: 'uid-of-another' })];
      },
    ],
    [
      'of an address that two live pods have',
      () => {
        pods = [pod(), pod({ name: 'web-2', uid: 'uid-2' })];
      },
    ],
    [
      'of a pod that is gone',
      () => {
        pods = [];
      },
    ],
    [
      'of a pod that has ended',
      () => {
        pods = [pod({ live: false })];
      },
    ],
  ])('%s does not count', async (_what, meanwhile) => {
    const { open } = held({ open: [8080] });
    runner.run(KEY, planned(), undefined);
    meanwhile();
    open();
    await until('it ended', () => looks.length > 0);
    expect(runner.evidence(KEY)?.ports.size).toBe(0);
    expect(runner.evidence(KEY)?.lastRound?.podCount).toBe(0);
  });

  test('of an address that a pod which has ended had, too, counts', async () => {
    const { open } = held({ open: [8080] });
    runner.run(KEY, planned(), undefined);
    pods = [pod({ name: 'done', uid: 'uid-done', live: false }), ...pods];
    open();
    await until('it ended', () => looks.length > 0);
    expect(runner.evidence(KEY)?.ports.get(8080)?.observed).toBe('Open');
  });
});

describe('what is under way', () => {
  test('ends for a pod that may not be probed any more, and goes on for the others', async () => {
    pods = [pod(), pod({ name: 'web-2', uid: 'uid-2', ips: ['10.0.0.2'] })];
    const { open } = held({ open: [8080] });
    const plan = planned();
    runner.run(KEY, plan, undefined);
    runner.restrict(KEY, { ...plan, probeable: new Set(['uid-2']) });
    open();
    await until('it ended', () => looks.length > 0);
    expect(runner.evidence(KEY)?.lastRound).toMatchObject({ podCount: 1, pods: '' });
    prober.sight = () => ({ open: [8080] });
    await ran(plan);
    expect(runner.evidence(KEY)?.lastRound?.podCount, 'it may be probed again').toBe(2);
  });

  test('ends for a workload that is out, of which nothing is kept', async () => {
    held({});
    const plan = planned();
    runner.run(KEY, plan, undefined);
    runner.restrict(KEY, { ...plan, probeable: new Set(), evidence: undefined });
    await until('it ended', () => looks.length > 0);
    expect(runner.evidence(KEY)).toBeUndefined();
  });

  test('ends for a workload that another replica probes, of which nothing is kept', async () => {
    held({});
    runner.run(KEY, planned(), undefined);
    runner.forget(KEY);
    await until('it ended', () => looks.length > 0);
    expect(runner.evidence(KEY)).toBeUndefined();
  });

  test('of a workload that nobody knows is nothing to end', () => {
    runner.forget('Deployment/shop/unknown');
    runner.restrict('Deployment/shop/unknown', planned());
    expect(prober.jobs).toEqual([]);
  });

  test('ends with the stop, and nobody looks again', async () => {
    held({});
    runner.run(KEY, planned(), undefined);
    stop.abort();
    await turn();
    expect(looks).toEqual([]);
    expect(lines).toEqual([]);
    expect(runner.evidence(KEY)?.lastRound).toBeUndefined();
  });
});

describe('a sweep', () => {
  const swept = (each: Pod, ips = each.ips): Plan => {
    const plan = planned();
    return { ...plan, probe: { ...plan.probe, round: undefined, sweeps: [{ pod: each, ips }] } };
  };

  test('asks all ports of one address after the other', async () => {
    const asked: string[] = [];
    const done: string[] = [];
    prober.sight = async ({ ip }) => {
      expect(done, 'the address before is done').toEqual(asked);
      asked.push(ip);
      await Promise.resolve();
      done.push(ip);
      return { open: [8080, 31_337] };
    };
    await ran(swept(pod({ ips: ['10.0.0.1', 'fd00::1'] }), ['10.0.0.1']));
    expect(prober.jobs).toEqual([
      { ip: '10.0.0.1', ports: 'all', expected: [8080], priority: 'sweep' },
    ]);
    const evidence = runner.evidence(KEY);
    expect(evidence?.seen, 'undeclared ones are asked in rounds from now on').toEqual([31_337]);
    expect(evidence?.sweeps).toMatchObject([
      { ip: '10.0.0.1', templateHash: 'a', pod: { uid: 'uid-pod-1', node: 'node-2' } },
    ]);
    expect(looks).toEqual([0]);
    expect(lines).toContainEqual(
      expect.objectContaining({
        line: 'info: Swept a pod',
        namespace: 'shop',
        pod: 'web-1',
        ip: '10.0.0.1',
        seconds: 0,
        open: 2,
      }),
    );
  });

  test('of two families leaves one for each', async () => {
    pods = [pod({ ips: ['10.0.0.1', 'fd00::1'] })];
    await ran(swept(pods[0] as Pod));
    expect(runner.evidence(KEY)?.sweeps.map(({ ip }) => ip)).toEqual(['10.0.0.1', 'fd00::1']);
  });

  test('of a template is not begun twice', async () => {
    held({});
    const plan = swept(pod());
    runner.run(KEY, plan, undefined);
    runner.run(KEY, plan, runner.evidence(KEY));
    await turn();
    expect(prober.jobs).toHaveLength(1);
  });

  test('that did not count is tried again after five seconds', async () => {
    prober.sight = () => Promise.reject(new Error('the worker died'));
    await ran(swept(pod()));
    expect(looks).toEqual([5000]);
    expect(lines).toContainEqual({
      line: 'debug: The probe did not count',
      key: KEY,
      error: 'the worker died',
    });
    prober.sight = () => ({ open: [8080] });
    await ran(swept(pod()));
    expect(runner.evidence(KEY)?.sweeps).toHaveLength(1);
  });

  test('says how long it took, in seconds', async () => {
    prober.sight = () => {
      now += 1500;
      return {};
    };
    await ran(swept(pod()));
    expect(lines).toContainEqual(expect.objectContaining({ seconds: 1.5 }));
  });

  test('that waits for its turn is left out when its pod is gone', async () => {
    held({});
    for (const [index, node] of ['n1', 'n2', 'n3'].entries()) {
      const each = pod({ name: `web-${index}`, uid: `uid-${index}`, templateHash: node, node });
      runner.run(KEY, swept(each), runner.evidence(KEY));
    }
    await turn();
    expect(prober.jobs, 'two at a time').toHaveLength(2);
    runner.restrict(KEY, { ...planned(), probeable: new Set(['uid-0', 'uid-1']) });
    await until('it was left out', () => looks.length > 0);
    expect(prober.jobs).toHaveLength(2);
  });

  test('of a template that was swept goes behind one that never was', async () => {
    await ran(swept(pod()));
    const { promise, resolve } = Promise.withResolvers<SeenPorts>();
    prober.sight = () => promise;
    prober.jobs.length = 0;
    const of = (templateHash: string, ip: string) => {
      const each = pod({ name: ip, uid: ip, ips: [ip], templateHash });
      pods.push(each);
      return swept(each);
    };
    runner.run(KEY, of('b', '10.0.0.2'), runner.evidence(KEY));
    runner.run(KEY, of('a', '10.0.0.3'), runner.evidence(KEY));
    runner.run(KEY, of('c', '10.0.0.4'), runner.evidence(KEY));
    await turn();
    expect(
      prober.jobs.map(({ ip }) => ip),
      'one to a node',
    ).toEqual(['10.0.0.2']);
    resolve({ open: [8080] });
    await until('all are done', () => looks.length === 4);
    expect(prober.jobs.map(({ ip }) => ip)).toEqual(['10.0.0.2', '10.0.0.4', '10.0.0.3']);
  });

  test('that outlived its policies does not count', async () => {
    const { open } = held({ open: [31_337] });
    runner.run(KEY, swept(pod()), undefined);
    await turn();
    const others = planned({ policies: [policy('theirs', { ingress: [{}] })] });
    const probe = { ...others.probe, round: undefined };
    runner.run(KEY, { ...others, probe }, runner.evidence(KEY));
    open();
    await until('it ended', () => looks.length > 0);
    expect(runner.evidence(KEY)?.sweeps).toEqual([]);
    expect(runner.evidence(KEY)?.seen).toEqual([]);
  });
});
