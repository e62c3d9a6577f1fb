import { describe, expect, test } from 'vitest';
import type { Plan } from '../domain/plan.ts';
import type { Pod } from '../domain/workload/workload.ts';
import { pod, policy } from '../testing/builders.ts';
import { sumOf } from '../testing/metric-samples.ts';
import type { SeenPorts } from '../testing/scripted-prober.ts';
import { WEB_KEY as KEY, scriptedRunner } from '../testing/scripted-runner.ts';
import { until } from '../testing/until.ts';

const { scene, planned, ran, held, turn } = scriptedRunner();

describe('a sweep', () => {
  const swept = (each: Pod, ips = each.ips): Plan => {
    const plan = planned();
    return { ...plan, probe: { ...plan.probe, round: undefined, sweeps: [{ pod: each, ips }] } };
  };

  test('asks all ports of one address after the other', async () => {
    const asked: string[] = [];
    const done: string[] = [];
    scene.prober.sight = async ({ ip }) => {
      expect(done, 'the address before is done').toEqual(asked);
      asked.push(ip);
      await Promise.resolve();
      done.push(ip);
      return { open: [8080, 31_337] };
    };
    await ran(swept(pod({ ips: ['10.0.0.1', 'fd00::1'] }), ['10.0.0.1']));
    expect(scene.prober.jobs).toEqual([
      { ip: '10.0.0.1', node: 'node-2', ports: 'all', expected: [8080], priority: 'sweep' },
    ]);
    const evidence = scene.runner.evidence(KEY);
    expect(evidence?.seen, 'undeclared ones are asked in rounds from scene.now on').toEqual([
      31_337,
    ]);
    expect(evidence?.sweeps).toMatchObject([
      { ip: '10.0.0.1', templateHash: 'a', pod: { uid: 'uid-pod-1', node: 'node-2' } },
    ]);
    expect(scene.looks).toEqual([0]);
    expect(scene.lines).toContainEqual(
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

  test('is told of at each quarter, once, and not any more when it is over', async () => {
    const told: (number | undefined)[] = [];
    scene.prober.sight = (_job, onProgress) => {
      for (const done of [1, 24, 25, 30, 20, 99]) {
        onProgress(done, 100);
        told.push(scene.runner.evidence(KEY)?.sweptPercent);
      }
      return {};
    };
    await ran(swept(pod()));
    expect(told).toEqual([undefined, undefined, 25, 25, 25, 75]);
    expect(scene.looks, 'and at the end').toEqual([0, 0, 0]);
    expect(scene.runner.evidence(KEY)).not.toHaveProperty('sweptPercent');
  });

  test('of two families leaves one for each', async () => {
    scene.pods = [pod({ ips: ['10.0.0.1', 'fd00::1'] })];
    await ran(swept(scene.pods[0] as Pod));
    expect(scene.runner.evidence(KEY)?.sweeps.map(({ ip }) => ip)).toEqual(['10.0.0.1', 'fd00::1']);
  });

  test('of a template is not begun twice', async () => {
    held({});
    const plan = swept(pod());
    scene.runner.run(KEY, plan, undefined);
    scene.runner.run(KEY, plan, scene.runner.evidence(KEY));
    await turn();
    expect(scene.prober.jobs).toHaveLength(1);
    expect(await sumOf(scene.metrics, 'portlock_sweep_backlog'), 'nor does it wait').toBe(0);
  });

  test('that did not count is tried again after five seconds', async () => {
    scene.prober.sight = () => Promise.reject(new Error('the worker died'));
    await ran(swept(pod()));
    expect(scene.looks).toEqual([5000]);
    expect(scene.lines).toContainEqual({
      line: 'debug: The probe did not count',
      key: KEY,
      error: 'the worker died',
    });
    scene.prober.sight = () => ({ open: [8080] });
    await ran(swept(pod()));
    expect(scene.runner.evidence(KEY)?.sweeps).toHaveLength(1);
  });

  test('says how long it took, in seconds', async () => {
    scene.prober.sight = () => {
      scene.now += 1500;
      return {};
    };
    await ran(swept(pod()));
    expect(scene.lines).toContainEqual(expect.objectContaining({ seconds: 1.5 }));
  });

  test('that waits for its turn is left out when its pod is gone', async () => {
    held({});
    for (const [index, node] of ['n1', 'n2', 'n3'].entries()) {
      const each = pod({ name: `web-${index}`, uid: `uid-${index}`, templateHash: node, node });
      scene.runner.run(KEY, swept(each), scene.runner.evidence(KEY));
    }
    await turn();
    expect(scene.prober.jobs, 'two at a time').toHaveLength(2);
    expect(await sumOf(scene.metrics, 'portlock_sweep_backlog')).toBe(1);
    scene.runner.restrict(KEY, { ...planned(), probeable: new Set(['uid-0', 'uid-1']) });
    await until('it was left out', () => scene.looks.length > 0);
    expect(scene.prober.jobs).toHaveLength(2);
    expect(await sumOf(scene.metrics, 'portlock_sweep_backlog')).toBe(0);
  });

  test('of a template that was swept goes behind one that never was, and behind one that is awaited', async () => {
    await ran(swept(pod()));
    const { promise, resolve } = Promise.withResolvers<SeenPorts>();
    scene.prober.sight = () => promise;
    scene.prober.jobs.length = 0;
    const of = (templateHash: string, ip: string) => {
      const each = pod({ name: ip, uid: ip, ips: [ip], templateHash });
      scene.pods.push(each);
      return swept(each);
    };
    const awaited = (plan: Plan) => ({ ...plan, areSweepsAwaited: true });
    scene.runner.run(KEY, of('b', '10.0.0.2'), scene.runner.evidence(KEY));
    scene.runner.run(KEY, of('a', '10.0.0.3'), scene.runner.evidence(KEY));
    scene.runner.run(KEY, of('c', '10.0.0.4'), scene.runner.evidence(KEY));
    scene.runner.run(KEY, awaited(of('d', '10.0.0.5')), scene.runner.evidence(KEY));
    await turn();
    expect(
      scene.prober.jobs.map(({ ip }) => ip),
      'one to a node',
    ).toEqual(['10.0.0.2']);
    resolve({ open: [8080] });
    await until('all are done', () => scene.looks.length === 5);
    const inTurn = ['10.0.0.2', '10.0.0.5', '10.0.0.4', '10.0.0.3'];
    expect(scene.prober.jobs.map(({ ip }) => ip)).toEqual(inTurn);
  });

  test('that outlived its policies does not count', async () => {
    const { open } = held({ open: [31_337] });
    scene.runner.run(KEY, swept(pod()), undefined);
    await turn();
    const others = planned({ policies: [policy('theirs', { ingress: [{}] })] });
    const probe = { ...others.probe, round: undefined };
    scene.runner.run(KEY, { ...others, probe }, scene.runner.evidence(KEY));
    open();
    await until('it ended', () => scene.looks.length > 0);
    expect(scene.runner.evidence(KEY)?.sweeps).toEqual([]);
    expect(scene.runner.evidence(KEY)?.seen).toEqual([]);
  });
});
