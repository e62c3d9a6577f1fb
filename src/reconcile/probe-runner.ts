import type { Plan } from '../domain/plan.ts';
import {
  type Evidence,
  type PodReading,
  type ProbedPod,
  type Round,
  withSweep,
} from '../domain/probing/evidence.ts';
import type { Reading } from '../domain/probing/reading.ts';
import { withRound } from '../domain/probing/round.ts';
import type { Timing } from '../domain/probing/timing.ts';
import type { Pod } from '../domain/workload/workload.ts';
import type { ProbeJob } from '../probe/job.ts';
import type { ProbeOptions, Prober } from '../probe/prober.ts';
import { describeError, type Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { TimedReading } from './enforcement-delay.ts';
import { abortOf, newState, type State } from './probe-state.ts';
import type { RoundQueue } from './round-queue.ts';
import { SweepQueue, type SweepTurn } from './sweep-queue.ts';
import type { WorkloadKey } from './workload-key.ts';

export interface ProbeRunnerOptions {
  prober: Prober;
  /** In which rounds wait for their turn, with those of the replica's other runner. */
  rounds: RoundQueue;
  /** Whether this replica is the first to ask its workloads, or the second. */
  vantage: 'probe' | 'secondProbe';
  /** The pods that have that IP now. */
  podsAt: (ip: string) => readonly Pod[];
  timing: Timing;
  /** Since when this replica's own pod is ready: networks take a while to let its address in. */
  readySince: () => number;
  now: () => number;
  /** Called when there is new evidence, or `retryAfter` milliseconds after a probe failed. */
  onProbed: (key: WorkloadKey, retryAfter: number) => void;
  log: Log;
  metrics: Metrics;
  signal: AbortSignal;
}

/** After a probe that could not be made, or whose reading did not count, in ms. */
const RETRY_AFTER = 5000;
const SWEEPS_AT_A_TIME = 2;
const NONE: ReadonlySet<string> = new Set();

/** Makes the connections that plans ask for, in the background, and keeps what they showed. */
export class ProbeRunner {
  readonly #options: ProbeRunnerOptions;
  readonly #states = new Map<WorkloadKey, State>();
  readonly #sweeps = new SweepQueue(SWEEPS_AT_A_TIME);
  #pods = 0;

  constructor(options: ProbeRunnerOptions) {
    this.#options = options;
    const { metrics, signal } = options;
    const age = () => this.#oldestRound();
    const backlog = () => this.#sweeps.waiting;
    metrics.roundAges.add(age);
    metrics.sweepBacklogs.add(backlog);
    const leave = () => {
      metrics.roundAges.delete(age);
      metrics.sweepBacklogs.delete(backlog);
    };
    signal.addEventListener('abort', leave, { once: true });
  }

  /** How many pods it asks, of all workloads. */
  get pods(): number {
    return this.#pods;
  }

  /** What probing has shown of a workload so far. */
  evidence(key: WorkloadKey): Evidence | undefined {
    return this.#states.get(key)?.evidence;
  }

  /** The age in seconds of the oldest round, of the workloads with pods to be probed; 0 where there are none. */
  #oldestRound(): number {
    const now = this.#options.now();
    let oldest = now;
    for (const { podsSince, evidence } of this.#states.values())
      if (podsSince !== undefined)
        oldest = Math.min(oldest, Math.max(podsSince, evidence.lastRound?.endedAt ?? 0));
    return (now - oldest) / 1000;
  }

  /** Ends what is under way to pods that may not be probed any more, or are gone. */
  restrict(key: WorkloadKey, { probeable, evidence }: Plan): void {
    const state = this.#states.get(key);
    for (const [uid, abort] of state?.aborts ?? []) {
      if (probeable.has(uid)) continue;
      abort.abort(new Error('the pod may not be probed any more'));
      state?.aborts.delete(uid);
    }
    if (state) this.#notePods(state, evidence ? probeable : NONE);
    if (!evidence) this.#states.delete(key);
  }

  #notePods(state: State, probeable: ReadonlySet<string>): void {
    this.#pods += probeable.size - state.pods;
    state.pods = probeable.size;
    state.podsSince = probeable.size > 0 ? (state.podsSince ?? this.#options.now()) : undefined;
  }

  /** Another replica probes the workload from now on: ends what is under way, and keeps nothing. */
  forget(key: WorkloadKey): void {
    const state = this.#states.get(key);
    for (const abort of state?.aborts.values() ?? [])
      abort.abort(new Error('another replica probes the workload'));
    if (state) this.#notePods(state, NONE);
    this.#states.delete(key);
  }

  /**
   * Starts what is due, unless the same is under way already.
   *
   * @param basis the evidence that the plan was made from
   */
  run(
    key: WorkloadKey,
    { evidence, declared, desired, probe, areSweepsAwaited, probeable }: Plan,
    basis: Evidence | undefined,
  ): void {
    if (!evidence) return;
    const { now, metrics } = this.#options;
    const state = this.#states.get(key) ?? newState(evidence, declared, metrics);
    this.#notePods(state, probeable);
    state.delay.note(desired ? 'locked' : 'open', probeable, now());
    // A probe may have ended since: what it showed under these policies is newer than the plan.
    const isNewer = state.evidence !== basis && state.evidence.policies === evidence.policies;
    if (!isNewer) state.evidence = evidence;
    state.declared = declared;
    this.#states.set(key, state);
    state.planned = probe.round;
    if (probe.round && !state.round) {
      state.round = 'running';
      const { vantage, rounds, signal } = this.#options;
      const ofFirst = evidence.lastRound && probe.conclusive ? 'again' : 'first';
      const rank = vantage === 'secondProbe' ? 'second' : ofFirst;
      const work = () => this.#round(key, state);
      this.#finish(key, rounds.run({ key, rank }, signal, work), () => {
        state.round = undefined;
      });
    }
    for (const { pod, ips } of probe.sweeps) {
      const { templateHash } = pod;
      if (state.sweeps.has(templateHash)) continue;
      state.sweeps.add(templateHash);
      const isKnown = evidence.sweeps.some((sweep) => sweep.templateHash === templateHash);
      const rank = areSweepsAwaited ? 'awaited' : isKnown ? 'again' : 'first';
      const sweeping = this.#sweep({ key, rank, state }, pod, ips);
      this.#finish(key, sweeping, () => state.sweeps.delete(templateHash));
    }
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
        log.debug('The probe did not count', { key, error: describeError(error) });
        onProbed(key, RETRY_AFTER);
      },
    );
  }

  /** Makes the round that is planned by now, if the workload is still to be asked. */
  async #round(key: WorkloadKey, state: State): Promise<void> {
    const { planned: plan } = state;
    if (!plan || this.#states.get(key) !== state) return;
    const { timing, readySince, now, signal } = this.#options;
    const { policies } = state.evidence;
    const asked = plan.pods.flatMap((pod) => pod.ips.map((ip) => ({ pod, ip })));
    const results = await Promise.allSettled(
      asked.map(async ({ pod, ip }): Promise<PodReading & TimedReading> => {
        const expected = [...state.declared];
        const { node } = pod;
        const job: ProbeJob = { ip, node, ports: plan.ports, expected, priority: 'check' };
        const reading = await this.#probe(state, pod, job);
        const youngest = Math.max(pod.readySince, readySince());
        const young = reading.endedAt - youngest < timing.settle;
        return { pod: probedPod(pod), young, reading, readySince: pod.readySince };
      }),
    );
    signal.throwIfAborted();
    const timed = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    state.delay.read(timed, state.declared);
    const readings = timed.map(({ readySince: _, ...reading }) => reading);
    // Where a reading is missing, the pods have not all been asked.
    const pods = readings.length === asked.length ? plan.podsFingerprint : '';
    const { referred, decoys } = plan;
    const round: Round = { policies, pods, referred, decoys, readings, endedAt: now() };
    state.evidence = withRound(state.evidence, round, state.declared, timing.settle);
  }

  /** Sweeps one address of the pod after the other. */
  async #sweep(
    { key, rank, state }: { key: WorkloadKey; rank: SweepTurn['rank']; state: State },
    pod: Pod,
    ips: readonly string[],
  ): Promise<void> {
    const { signal } = this.#options;
    const anyEnd = AbortSignal.any([signal, abortOf(state, pod).signal]);
    await this.#sweeps.run({ rank, owner: key, node: pod.node }, anyEnd, async () => {
      for (const ip of ips) await this.#sweepAddress(key, state, pod, ip);
    });
  }

  async #sweepAddress(key: WorkloadKey, state: State, pod: Pod, ip: string): Promise<void> {
    const { log } = this.#options;
    const { policies } = state.evidence;
    const expected = [...state.declared];
    const { node } = pod;
    const job: ProbeJob = { ip, node, ports: 'all', expected, priority: 'sweep' };
    const onProgress = (done: number, total: number) =>
      this.#noteProgress(key, state, Math.floor((4 * done) / total) * 25);
    const reading = await this.#probe(state, pod, job, { onProgress }).finally(() => {
      const { sweptPercent: _, ...evidence } = state.evidence;
      state.evidence = evidence;
    });
    const { startedAt, endedAt, counts } = reading;
    const { namespace, name, templateHash } = pod;
    const seconds = (endedAt - startedAt) / 1000;
    log.info('Swept a pod', { namespace, pod: name, ip, seconds, ...counts });
    const open = [...reading.ports].flatMap(([port, outcome]) =>
      outcome === 'open' ? [port] : [],
    );
    const times = { startedAt, endedAt };
    const sweep = { ip, templateHash, policies, pod: probedPod(pod), ...times, counts };
    state.evidence = withSweep(state.evidence, sweep, open, state.declared);
  }

  /** Is told a few times in a sweep: each time the report is written. */
  #noteProgress(key: WorkloadKey, state: State, percent: number): void {
    const before = state.evidence.sweptPercent ?? 0;
    if (percent <= before || percent >= 100) return;
    state.evidence = { ...state.evidence, sweptPercent: percent };
    this.#options.onProbed(key, 0);
  }

  /**
   * One reading that counts.
   *
   * @throws where the pod may not be probed any more, or another pod had the address in between
   */
  async #probe(
    state: State,
    pod: Pod,
    job: ProbeJob,
    options: ProbeOptions = {},
  ): Promise<Reading> {
    const { prober, signal, metrics } = this.#options;
    const anyEnd = AbortSignal.any([signal, abortOf(state, pod).signal]);
    const reading = await prober.probe(job, anyEnd, options);
    for (const [outcome, number] of Object.entries(reading.counts)) {
      metrics.probeConnections.inc({ outcome }, number);
    }
    const holders = this.#options.podsAt(job.ip).filter((holder) => holder.live);
    if (holders.length !== 1 || holders[0]?.uid !== pod.uid)
      throw new Error(`${job.ip} is not the address of ${pod.name} alone`);
    return reading;
  }
}

function probedPod({ uid, name, node }: Pod): ProbedPod {
  return { uid, name, node };
}
