import {
  type Evidence,
  type PodReading,
  type ProbedPod,
  type Round,
  withRound,
  withSweep,
} from '../domain/evidence.ts';
import type { Plan } from '../domain/plan.ts';
import type { Timing } from '../domain/snapshot.ts';
import type { Pod } from '../domain/workload.ts';
import type { Prober } from '../probe/prober.ts';
import { describeError, type Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { WorkloadKey } from './workload-key.ts';

export interface ProbeRunnerOptions {
  prober: Prober;
  /** The pods that have that IP now. */
  podsAt: (ip: string) => readonly Pod[];
  timing: Timing;
  now: () => number;
  /** Called when there is new evidence, or `retryAfter` milliseconds after a probe failed. */
  onProbed: (key: WorkloadKey, retryAfter: number) => void;
  log: Log;
  metrics: Metrics;
  signal: AbortSignal;
}

interface State {
  evidence: Evidence;
  declared: ReadonlySet<number>;
  round: string | undefined;
  sweeps: Set<string>;
}

/** After a probe that could not be made at all, in ms. */
const RETRY_AFTER = 5000;

/** Makes the connections that plans ask for, in the background, and keeps what they showed. */
export class ProbeRunner {
  readonly #options: ProbeRunnerOptions;
  readonly #states = new Map<WorkloadKey, State>();

  constructor(options: ProbeRunnerOptions) {
    this.#options = options;
  }

  /** What probing has shown of a workload so far. */
  evidence(key: WorkloadKey): Evidence | undefined {
    return this.#states.get(key)?.evidence;
  }

  /** Starts what is due, unless the same is under way already. */
  run(key: WorkloadKey, { evidence, declared, probe }: Plan): void {
    if (!evidence) return;
    const state = this.#states.get(key) ?? {
      evidence,
      declared,
      round: undefined,
      sweeps: new Set(),
    };
    state.evidence = evidence;
    state.declared = declared;
    this.#states.set(key, state);
    if (probe.round && state.round === undefined) {
      const { pods, podsFingerprint, ports } = probe.round;
      state.round = podsFingerprint;
      const work = this.#round(state, pods, podsFingerprint, ports);
      this.#finish(key, work, () => {
        state.round = undefined;
      });
    }
    for (const pod of probe.sweeps) {
      if (state.sweeps.has(pod.templateHash)) continue;
      state.sweeps.add(pod.templateHash);
      this.#finish(key, this.#sweep(state, pod), () => state.sweeps.delete(pod.templateHash));
    }
  }

  /** Drops what is known of a workload; probes under way end without effect. */
  forget(key: WorkloadKey): void {
    this.#states.delete(key);
  }

  #finish(key: WorkloadKey, work: Promise<void>, done: () => void): void {
    const { signal, log, onProbed } = this.#options;
    work.then(
      () => {
        done();
        onProbed(key, 0);
      },
      (error: unknown) => {
        done();
        if (signal.aborted) return;
        log.warn('The probe failed', { key, error: describeError(error) });
        onProbed(key, RETRY_AFTER);
      },
    );
  }

  async #round(
    state: State,
    pods: readonly Pod[],
    podsFingerprint: string,
    ports: readonly number[],
  ): Promise<void> {
    const { prober, signal, timing, now } = this.#options;
    const { policies } = state.evidence;
    const asked = pods.flatMap((pod) => pod.ips.map((ip) => ({ pod, ip })));
    const readings = await Promise.all(
      asked.map(async ({ pod, ip }): Promise<PodReading | undefined> => {
        const reading = await prober.probe({ ip, ports, priority: 'check' }, signal);
        this.#count(reading.counts);
        if (!this.#stillHolds(pod, ip)) return undefined;
        const young = reading.endedAt - pod.readySince < timing.settle;
        return { pod: probedPod(pod), young, reading };
      }),
    );
    const round: Round = {
      ...{ policies, pods: podsFingerprint, endedAt: now() },
      readings: readings.filter((reading) => reading !== undefined),
    };
    state.evidence = withRound(state.evidence, round, state.declared, timing.settle);
  }

  async #sweep(state: State, pod: Pod): Promise<void> {
    const { prober, signal, log } = this.#options;
    const { policies } = state.evidence;
    const [ip] = pod.ips;
    if (ip === undefined) return;
    const reading = await prober.probe({ ip, ports: 'all', priority: 'sweep' }, signal);
    this.#count(reading.counts);
    if (!this.#stillHolds(pod, ip)) return;
    const { startedAt, endedAt, counts } = reading;
    const { namespace, name } = pod;
    log.info('Swept a pod', {
      namespace,
      pod: name,
      seconds: (endedAt - startedAt) / 1000,
      ...counts,
    });
    const open = [...reading.ports]
      .filter(([, outcome]) => outcome === 'open')
      .map(([port]) => port);
    const sweep = {
      templateHash: pod.templateHash,
      policies,
      pod: probedPod(pod),
      startedAt,
      endedAt,
      counts,
    };
    state.evidence = withSweep(state.evidence, sweep, open, state.declared);
  }

  /** A reading counts only if the pod held the address throughout: it may be another's by now. */
  #stillHolds(pod: Pod, ip: string): boolean {
    const holders = this.#options.podsAt(ip).filter((holder) => holder.live);
    return holders.length === 1 && holders[0]?.uid === pod.uid;
  }

  #count(counts: Readonly<Record<string, number>>): void {
    for (const [outcome, number] of Object.entries(counts)) {
      this.#options.metrics.probeConnections.inc({ outcome }, number);
    }
  }
}

function probedPod({ uid, name, node }: Pod): ProbedPod {
  return { uid, name, node };
}
