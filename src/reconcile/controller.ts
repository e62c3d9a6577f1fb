import { PROBER_POD_LABELS } from '../api/names.ts';
import type { Prober as ProberIdentity } from '../domain/evaluate/expectation.ts';
import { selectorMatches } from '../domain/match/label-selector.ts';
import { shareToAsk } from '../domain/probing/sample.ts';
import { SECOND_INTERVALS, type Timing } from '../domain/probing/timing.ts';
import { type Member, vantages } from '../domain/rendezvous.ts';
import type { EventNote } from '../domain/report/events.ts';
import type { Brake, Role, Widening } from '../domain/snapshot.ts';
import { canonicalJson } from '../domain/text/canonical.ts';
import type { Pod } from '../domain/workload/workload.ts';
import type { KubeClient } from '../kube/client.ts';
import { delay } from '../kube/deadline.ts';
import { EventRecorder } from '../kube/event-recorder.ts';
import type { Prober } from '../probe/prober.ts';
import { describeError, type Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Caches } from './caches.ts';
import { Calibrator } from './calibrator.ts';
import type { Context } from './context.ts';
import { allKeys, enqueueChanges } from './enqueue.ts';
import { EventMemory } from './event-memory.ts';
import { probeRunners } from './probe-runners.ts';
import { measuringHooks, resultOf } from './queue-metrics.ts';
import { reconcile } from './reconcile.ts';
import { RevertMemory } from './revert-memory.ts';
import { parseWorkloadKey, type WorkloadKey } from './workload-key.ts';
import { type Turn, Workqueue } from './workqueue.ts';
import { isOutdated, isToldOf } from './write-failure.ts';

export interface ControllerOptions {
  client: KubeClient;
  caches: Caches;
  reportsServed: () => boolean;
  /** Whether this replica keeps the policies now. */
  isLeading: () => boolean;
  /** Names of the replicas that live, sorted. */
  members: () => readonly string[];
  prober: Prober;
  log: Log;
  metrics: Metrics;
  /** Where the operator runs; an empty pod name means outside of a pod. `member` is this replica's name. */
  self: { namespace: string; pod: string; node: string; member: string };
  timing: Timing;
  widening: Widening;
  /** The only namespaces that are watched, sorted; undefined where the whole cluster is. */
  watchedNamespaces: readonly string[] | undefined;
  canaryPort: number;
  healthPort: number;
}

/** How many workloads are reconciled at a time: each waits for the API server most of the time. */
const WORKERS = 16;
/** How long work that has begun may take after a stop, in ms; the pod is killed after 30 s. */
const DRAIN = 15_000;

/** How long what was counted of Events may take to be written at the end, in ms. */
const FLUSH = 2000;

/** How long a write that came too late waits at most, in ms: whoever is quicker must not win for minutes. */
const LONGEST_CONFLICT = 10_000;

/** How often it is looked whether a replica came or went, in ms. */
const MEMBERS_POLL = 1000;

/**
 * Keeps the queue of workloads, and works on it. Policies are kept by the leader; the workloads are shared out
 * among all replicas for probing.
 */
export class Controller {
  readonly #options: ControllerOptions;
  /** The canonical policy that was last seen in force as desired, by workload; of this term only. */
  readonly #lastApplied = new Map<WorkloadKey, string>();
  readonly #reverts = new RevertMemory();
  /** Brakes that no report tells of yet; of this term only. */
  readonly #untoldBrakes = new Map<WorkloadKey, Brake>();
  /** Events that were put off; of this term only. */
  readonly #untoldEvents = new Map<WorkloadKey, readonly EventNote[]>();
  readonly #queue: Workqueue;
  readonly #calibrator: Calibrator;

  constructor(options: ControllerOptions) {
    const { caches, metrics, prober, timing, log, canaryPort } = options;
    this.#options = options;
    metrics.mostReconciles.set(WORKERS);
    this.#queue = new Workqueue({
      groupOf: (key) => parseWorkloadKey(key).namespace,
      ...measuringHooks(metrics, () => this.#queue.depth),
    });
    this.#calibrator = new Calibrator({
      prober,
      timing,
      log,
      canaryPort,
      controlPort: options.healthPort,
      now: Date.now,
      identity: () => this.#identity(),
      siblings: () => this.#siblings(),
      policies: () => caches.policies.byIndex('namespace', options.self.namespace),
      onChange: () => this.enqueueAll(),
    });
    metrics.calibrations.add(() => this.#calibrator.calibrations);
  }

  /** Has every workload looked at again, and everything that is left of those that are gone. */
  enqueueAll(): void {
    for (const key of allKeys(this.#options.caches)) this.#queue.add(key, 'resync');
  }

  /** A new term begins like a new process: nothing that an earlier one believed is kept. */
  leadershipChanged(): void {
    this.#lastApplied.clear();
    this.#reverts.clear();
    this.#untoldBrakes.clear();
    this.#untoldEvents.clear();
    this.enqueueAll();
  }

  /** Works until the signal is aborted and what has begun is done. */
  async run(signal: AbortSignal): Promise<void> {
    const context = this.#context(signal);
    const stopListening = enqueueChanges(this.#options.caches, (key, priority) =>
      this.#queue.add(key, priority),
    );
    this.enqueueAll();
    const { log, metrics } = this.#options;
    const work = this.#queue.run({
      workers: WORKERS,
      drain: DRAIN,
      signal,
      reconcile: async (key, { signal: hardStop, ...turn }) => {
        const again = await reconcile(key, { ...context, ...turn }, hardStop);
        metrics.reconciled(resultOf(again));
        if (again === 'yielded') return again;
        if (again !== undefined)
          this.#queue.addAfter(key, again, { priority: 'resync', keep: 'newer' });
        return 'done';
      },
      longestRetry: (error) => (isOutdated(error) ? LONGEST_CONFLICT : undefined),
      onError: (key, error, retries) => {
        metrics.reconciled('error');
        metrics.queueRetries.inc();
        const level = isToldOf(error, retries) ? 'warn' : 'debug';
        log.log(level, 'Could not reconcile; tries again', {
          key,
          retries,
          error: describeError(error),
        });
      },
    });
    const stopFollowing = this.#followIdentity();
    const stopRetrying = this.#options.client.recovery.onRecovered(() => this.#queue.retryNow());
    await Promise.all([work, this.#calibrator.run(signal), this.#followMembers(signal)]);
    stopListening();
    stopFollowing();
    stopRetrying();
    await context.events.flush(AbortSignal.timeout(FLUSH));
  }

  /** Looks at all workloads again when policies see the prober as another one: what they mean for it changes. */
  #followIdentity(): () => void {
    const { caches, self } = this.#options;
    let before = canonicalJson(this.#identity());
    const look = () => {
      const now = canonicalJson(this.#identity());
      if (now !== before) this.enqueueAll();
      before = now;
    };
    const pod = `${self.namespace}/${self.pod}`;
    const stops = [
      caches.namespaces.addListener(({ key }) => key === self.namespace && look()),
      caches.pods.addListener(({ key }) => key === pod && look()),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Looks at all workloads again when the replicas change among which they, and the rate, are shared out. */
  async #followMembers(signal: AbortSignal): Promise<void> {
    const { prober, log } = this.#options;
    let before = '';
    while (!signal.aborted) {
      const members = this.#members();
      const names = members.map(({ name }) => name);
      const now = canonicalJson(members);
      if (now !== before) {
        log.info('The workloads are shared out among the replicas', { replicas: names });
        prober.shareRates(Math.max(1, names.length));
        this.enqueueAll();
      }
      before = now;
      await delay(MEMBERS_POLL, signal);
    }
  }

  #context(signal: AbortSignal): Omit<Context, keyof Turn> {
    const { client, caches, log, metrics, timing, widening, self, prober } = this.#options;
    const { reportsServed, watchedNamespaces } = this.#options;
    const probes = probeRunners({
      prober,
      timing,
      log,
      metrics,
      signal,
      now: Date.now,
      podsAt: (ip) => caches.pods.byIndex('ip', ip),
      readySince: () => caches.pods.get(`${self.namespace}/${self.pod}`)?.readySince ?? 0,
      onProbed: (key, retryAfter) => this.#queue.addAfter(key, retryAfter),
    });
    const memory = new EventMemory();
    const onEventError = (error: unknown) =>
      log.warn('Could not write an Event', { error: describeError(error) });
    return {
      client,
      caches,
      log,
      metrics,
      timing,
      widening,
      watchedNamespaces,
      now: Date.now,
      lastApplied: this.#lastApplied,
      references: new Map(),
      waits: new Map(),
      roleOf: (key) => this.#roleOf(key),
      events: new EventRecorder({
        client,
        instance: self.pod || 'portlock',
        onError: onEventError,
      }),
      reverts: this.#reverts,
      untoldBrakes: this.#untoldBrakes,
      untoldEvents: this.#untoldEvents,
      prober: () => this.#identity(),
      calibrations: () => this.#calibrator.calibrations,
      probes,
      podShare: () => {
        const { interval } = timing;
        const rate = prober.connectionsPerSecond;
        const pods = probes.probe.pods + probes.secondProbe.pods / SECOND_INTERVALS;
        return shareToAsk({ pods, rate, interval });
      },
      reports: {
        served: reportsServed,
        isNews: (uid, event) => reportsServed() || memory.isNews(uid, event),
      },
    };
  }

  #roleOf(key: WorkloadKey): Role {
    const { isLeading, self } = this.#options;
    const { first, second } = vantages(key, this.#members());
    return {
      policy: isLeading(),
      probe: first === self.member,
      secondProbe: second === self.member,
      hasSecond: second !== undefined,
    };
  }

  /** The replicas that live, and their nodes as all of them see them. */
  #members(): Member[] {
    const { caches, members, self } = this.#options;
    return members().map((name) => {
      const pod = caches.pods.get(`${self.namespace}/${name}`);
      return { name, node: pod?.node ?? '' };
    });
  }

  /** This pod as policies see it; without an address where the operator runs outside of a pod. */
  #identity(): ProberIdentity {
    const { caches, self } = this.#options;
    const pod = caches.pods.get(`${self.namespace}/${self.pod}`);
    return {
      namespace: self.namespace,
      pod: self.pod,
      node: self.node,
      namespaceLabels: caches.namespace(self.namespace).labels,
      podUid: pod?.uid ?? '',
      labels: pod?.labels ?? PROBER_POD_LABELS,
      ips: pod?.ips ?? [],
    };
  }

  #siblings(): Pod[] {
    const { caches, self } = this.#options;
    return caches.pods
      .list()
      .filter(
        (pod) =>
          pod.namespace === self.namespace &&
          pod.name !== self.pod &&
          pod.ready &&
          selectorMatches({ matchLabels: PROBER_POD_LABELS }, pod.labels),
      );
  }
}
