import { beforeEach, expect } from 'vitest';
import { decide } from '../domain/decide.ts';
import type { Plan } from '../domain/plan.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { Pod } from '../domain/workload/workload.ts';
import { ProbeRunner } from '../reconcile/probe-runner.ts';
import { RoundQueue } from '../reconcile/round-queue.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import { NOW, pod, snapshot } from './builders.ts';
import { type LogLine, recordedLog } from './recorded-log.ts';
import { ScriptedProber, type SeenPorts } from './scripted-prober.ts';
import { until } from './until.ts';

/** The key of the workload of the builders. */
export const WEB_KEY = 'Deployment/shop/web';
/** The settle time, in ms. */
export const SETTLE = 60_000;

/** A probe runner and what is around it. */
interface Scene {
  runner: ProbeRunner;
  prober: ScriptedProber;
  metrics: Metrics;
  now: number;
  /** The pods that there are. */
  pods: Pod[];
  /** How long to wait until the next look, each time that something ended. */
  looks: number[];
  lines: LogLine[];
  /** Since when the prober's own pod is ready. */
  readySince: number;
  stop: AbortController;
}

/** A probe runner with a prober that sees what a test says; new ones for each test of the file that calls this. */
export function scriptedRunner() {
  const scene = {} as Scene;
  beforeEach(() => {
    const { log, lines } = recordedLog();
    const prober = new ScriptedProber(
      () => ({ open: [8080] }),
      () => scene.now,
    );
    const stop = new AbortController();
    const metrics = createMetrics();
    const looks: number[] = [];
    const runner = new ProbeRunner({
      prober,
      rounds: new RoundQueue(),
      vantage: 'probe',
      metrics,
      log,
      signal: stop.signal,
      podsAt: (ip) => scene.pods.filter(({ ips }) => ips.includes(ip)),
      timing: { ...snapshot().timing, settle: SETTLE },
      readySince: () => scene.readySince,
      now: () => scene.now,
      onProbed: (key, retryAfter) => {
        expect(key).toBe(WEB_KEY);
        looks.push(retryAfter);
      },
    });
    const fresh = { now: NOW, pods: [pod()], readySince: 0 };
    Object.assign(scene, { runner, prober, metrics, lines, stop, looks, ...fresh });
  });
  const planned = (fields: Partial<Snapshot> = {}): Plan => {
    const { now, pods, runner } = scene;
    return decide(snapshot({ now, pods, evidence: runner.evidence(WEB_KEY), ...fields }));
  };
  return {
    scene,
    planned,
    /** Runs a plan; resolves when a probe has ended, with the plan. */
    ran: async (plan: Plan = planned()): Promise<Plan> => {
      const before = scene.looks.length;
      scene.runner.run(WEB_KEY, plan, scene.runner.evidence(WEB_KEY));
      await until('a probe ended', () => scene.looks.length > before);
      return plan;
    },
    /** A sight that a test opens when it wants. */
    held: (seen: SeenPorts): { open: () => void } => {
      const { promise, resolve } = Promise.withResolvers<SeenPorts>();
      scene.prober.sight = () => promise;
      return { open: () => resolve(seen) };
    },
    /** Lets begin what has its turn. */
    turn: (): Promise<void> => new Promise((resolve) => setImmediate(resolve)),
  };
}
