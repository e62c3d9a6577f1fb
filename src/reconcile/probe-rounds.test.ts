import { describe, expect, test } from 'vitest';
import { NOW, pod, policy } from '../testing/builders.ts';
import { sumOf } from '../testing/metric-samples.ts';
import { WEB_KEY as KEY, SETTLE, scriptedRunner } from '../testing/scripted-runner.ts';
import { until } from '../testing/until.ts';

const { scene, planned, ran, held, turn } = scriptedRunner();

describe('a round', () => {
  test('asks every address of every pod, declared ports first', async () => {
    scene.pods = [
      pod({ ips: ['10.0.0.1', 'fd00::1'] }),
      pod({ name: 'web-2', uid: 'uid-2', ips: ['10.0.0.2'] }),
    ];
    const plan = await ran();
    expect(scene.prober.jobs).toEqual(
      ['10.0.0.1', 'fd00::1', '10.0.0.2'].map((ip) => ({
        ip,
        node: 'node-2',
        ports: plan.probe.round?.ports,
        expected: [8080],
        priority: 'check',
      })),
    );
    expect(scene.looks).toEqual([0]);
    expect(scene.runner.evidence(KEY)?.lastRound).toMatchObject({
      endedAt: NOW,
      podCount: 2,
      pods: plan.probe.round?.podsFingerprint,
    });
  });

  test('ages from its end, or before the first from when there were pods, and not while they are away', async () => {
    const age = async () =>
      /^portlock_probe_round_age_seconds (.*)$/m.exec(await scene.metrics.registry.metrics())?.[1];
    expect(await age()).toBe('0');
    const { open } = held({ open: [8080] });
    scene.runner.run(KEY, planned(), undefined);
    scene.now += 20_000;
    expect(await age()).toBe('20');
    open();
    await until('it ended', () => scene.looks.length > 0);
    expect(await age()).toBe('0');
    scene.now += 30_000;
    expect(await age()).toBe('30');
    const { pods } = scene;
    scene.pods = [];
    scene.runner.restrict(KEY, planned());
    scene.now += 40_000;
    expect(await age()).toBe('0');
    scene.pods = pods;
    scene.runner.restrict(KEY, planned());
    scene.now += 5_000;
    expect(await age()).toBe('5');
    scene.stop.abort();
    expect(await age()).toBe('0');
  });

  test('counts its connections by outcome', async () => {
    scene.prober.sight = () => ({ open: [8080], refused: [22, 80] });
    await ran();
    const { values } = await scene.metrics.probeConnections.get();
    const counts = Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]));
    const asked = scene.prober.jobs[0]?.ports.length ?? 0;
    expect(counts).toMatchObject({ open: 1, refused: 2, filtered: asked - 3 });
  });

  test('measures for how long a new pod was open, from its Ready on', async () => {
    const seconds = () => sumOf(scene.metrics, 'portlock_enforcement_delay_seconds_sum');
    await ran();
    scene.pods = [pod({ name: 'web-2', uid: 'uid-2', readySince: NOW + 1000 })];
    scene.now = NOW + 3000;
    scene.prober.sight = () => ({ open: [8080, 9090], refused: [22] });
    await ran();
    expect(await seconds()).toBe(0);
    scene.now = NOW + 8000;
    scene.prober.sight = () => ({ open: [8080] });
    await ran();
    expect(await seconds()).toBe(7);
  });

  test('is not begun twice at a time, and again once it has ended', async () => {
    const { open } = held({ open: [8080] });
    const plan = planned();
    scene.runner.run(KEY, plan, undefined);
    scene.runner.run(KEY, plan, undefined);
    expect(scene.prober.jobs).toHaveLength(1);
    open();
    await until('it ended', () => scene.looks.length > 0);
    await ran(plan);
    expect(scene.prober.jobs).toHaveLength(2);
  });

  test('is not begun where none is planned, or the workload is out', () => {
    const plan = planned();
    scene.runner.run(KEY, { ...plan, probe: { ...plan.probe, round: undefined } }, undefined);
    scene.runner.run('Deployment/shop/out', { ...plan, evidence: undefined }, undefined);
    expect(scene.prober.jobs).toEqual([]);
    expect(scene.runner.evidence('Deployment/shop/out')).toBeUndefined();
  });

  test('that began under other policies is thrown away', async () => {
    const { open } = held({ open: [8080, 22] });
    scene.runner.run(KEY, planned(), undefined);
    const others = planned({ policies: [policy('theirs', { ingress: [{}] })] });
    expect(others.evidence?.policies).not.toBe(scene.runner.evidence(KEY)?.policies);
    scene.runner.run(KEY, others, scene.runner.evidence(KEY));
    open();
    await until('it ended', () => scene.looks.length > 0);
    const evidence = scene.runner.evidence(KEY);
    expect(evidence?.policies).toBe(others.evidence?.policies);
    expect(evidence?.lastRound).toBeUndefined();
    expect(evidence?.ports.size).toBe(0);
  });

  test('that ended meanwhile is newer than a plan that was made before', async () => {
    const before = planned();
    await ran(before);
    scene.runner.run(KEY, { ...before, probe: { ...before.probe, round: undefined } }, undefined);
    expect(scene.runner.evidence(KEY)?.lastRound).toBeDefined();
  });

  test('uses the ports that are declared by then', async () => {
    const plan = planned();
    const { open } = held({ open: [8080, 22] });
    scene.runner.run(KEY, plan, undefined);
    const probe = { ...plan.probe, round: undefined };
    scene.runner.run(
      KEY,
      { ...plan, probe, declared: new Set([22, 8080]) },
      scene.runner.evidence(KEY),
    );
    open();
    await until('it ended', () => scene.looks.length > 0);
    expect(scene.runner.evidence(KEY)?.seen, '22 is not undeclared any more').toEqual([]);
  });
});

describe('a reading', () => {
  const streak = (port: number) => scene.runner.evidence(KEY)?.ports.get(port)?.streak;

  test.each<[string, () => void, number]>([
    ['of a pod that is older than the settle time counts', () => {}, 1],
    [
      'of a pod that is that old this millisecond counts',
      () => {
        scene.pods = [pod({ readySince: NOW - SETTLE })];
      },
      1,
    ],
    [
      'of a pod that is a millisecond younger does not',
      () => {
        scene.pods = [pod({ readySince: NOW - SETTLE + 1 })];
      },
      0,
    ],
    [
      'of a prober that is a millisecond younger does not either',
      () => {
        scene.readySince = NOW - SETTLE + 1;
      },
      0,
    ],
  ])('%s as bad news', async (_what, arrange, expected) => {
    arrange();
    scene.prober.sight = () => ({});
    const { evidence } = planned();
    if (!evidence) throw new Error('there is no evidence');
    await ran({ ...planned(), evidence: { ...evidence, policiesSince: 0 } });
    expect(streak(8080)).toBe(expected);
  });

  test('that failed leaves the others, and the pods count as not all asked', async () => {
    scene.pods = [pod(), pod({ name: 'web-2', uid: 'uid-2', ips: ['10.0.0.2'] })];
    scene.prober.sight = ({ ip }) =>
      ip === '10.0.0.2' ? Promise.reject(new Error('no')) : { open: [8080] };
    await ran();
    expect(scene.runner.evidence(KEY)?.lastRound).toMatchObject({ podCount: 1, pods: '' });
  });

  test.each<[string, () => void]>([
    [
      'of an address that another pod got meanwhile',
      () => {
        scene.pods = [pod({ uid: 'uid-of-another' })];
      },
    ],
    [
      'of an address that two live pods have',
      () => {
        scene.pods = [pod(), pod({ name: 'web-2', uid: 'uid-2' })];
      },
    ],
    [
      'of a pod that is gone',
      () => {
        scene.pods = [];
      },
    ],
    [
      'of a pod that has ended',
      () => {
        scene.pods = [pod({ live: false })];
      },
    ],
  ])('%s does not count', async (_what, meanwhile) => {
    const { open } = held({ open: [8080] });
    scene.runner.run(KEY, planned(), undefined);
    meanwhile();
    open();
    await until('it ended', () => scene.looks.length > 0);
    expect(scene.runner.evidence(KEY)?.ports.size).toBe(0);
    expect(scene.runner.evidence(KEY)?.lastRound?.podCount).toBe(0);
  });

  test('of an address that a pod which has ended had, too, counts', async () => {
    const { open } = held({ open: [8080] });
    scene.runner.run(KEY, planned(), undefined);
    scene.pods = [pod({ name: 'done', uid: 'uid-done', live: false }), ...scene.pods];
    open();
    await until('it ended', () => scene.looks.length > 0);
    expect(scene.runner.evidence(KEY)?.ports.get(8080)?.observed).toBe('Open');
  });
});

describe('what is under way', () => {
  test('ends for a pod that may not be probed any more, and goes on for the others', async () => {
    scene.pods = [pod(), pod({ name: 'web-2', uid: 'uid-2', ips: ['10.0.0.2'] })];
    const { open } = held({ open: [8080] });
    const plan = planned();
    scene.runner.run(KEY, plan, undefined);
    scene.runner.restrict(KEY, { ...plan, probeable: new Set(['uid-2']) });
    open();
    await until('it ended', () => scene.looks.length > 0);
    expect(scene.runner.evidence(KEY)?.lastRound).toMatchObject({ podCount: 1, pods: '' });
    scene.prober.sight = () => ({ open: [8080] });
    await ran(plan);
    expect(scene.runner.evidence(KEY)?.lastRound?.podCount, 'it may be probed again').toBe(2);
  });

  test('ends for a workload that is out, of which nothing is kept', async () => {
    held({});
    const plan = planned();
    scene.runner.run(KEY, plan, undefined);
    scene.runner.restrict(KEY, { ...plan, probeable: new Set(), evidence: undefined });
    await until('it ended', () => scene.looks.length > 0);
    expect(scene.runner.evidence(KEY)).toBeUndefined();
  });

  test('ends for a workload that another replica probes, of which nothing is kept', async () => {
    held({});
    scene.runner.run(KEY, planned(), undefined);
    scene.runner.forget(KEY);
    await until('it ended', () => scene.looks.length > 0);
    expect(scene.runner.evidence(KEY)).toBeUndefined();
  });

  test('of a workload that nobody knows is nothing to end', () => {
    scene.runner.forget('Deployment/shop/unknown');
    scene.runner.restrict('Deployment/shop/unknown', planned());
    expect(scene.prober.jobs).toEqual([]);
  });

  test('ends with the stop, and nobody looks again', async () => {
    held({});
    scene.runner.run(KEY, planned(), undefined);
    scene.stop.abort();
    await turn();
    expect(scene.looks).toEqual([]);
    expect(scene.lines).toEqual([]);
    expect(scene.runner.evidence(KEY)?.lastRound).toBeUndefined();
  });
});
