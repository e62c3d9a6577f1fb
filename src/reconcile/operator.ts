import operatorPackage, { type ResourceEvent, type ResourceEventType } from '@dot-i/k8s-operator';
import type { KubeConfig } from '@kubernetes/client-node';
import { LEASE_NAME } from '../api/names.ts';
import { WORKLOAD_KINDS } from '../domain/workload.ts';
import { KubeClient } from '../kube/client.ts';
import { delay } from '../kube/deadline.ts';
import { LeaderElector } from '../kube/leader.ts';
import {
  projectNamespace,
  projectPod,
  projectPolicy,
  projectReplicaSet,
  projectReport,
  projectWorkload,
} from '../kube/projections.ts';
import type { KubernetesObject } from '../kube/resource.ts';
import {
  NETWORK_POLICIES,
  PODS,
  REPLICA_SETS,
  REPORTS,
  WORKLOAD_RESOURCES,
} from '../kube/resources.ts';
import { type Change, Store } from '../kube/store.ts';
import { describeError } from '../telemetry/log.ts';
import { Caches } from './caches.ts';
import { Controller, type ControllerOptions } from './controller.ts';
import { followPolicies } from './follow-policies.ts';
import { followUsage } from './follow-usage.ts';
import { Followers } from './followers.ts';
import { Troubles } from './troubles.ts';

export interface OperatorOptions
  extends Pick<
    ControllerOptions,
    'prober' | 'log' | 'metrics' | 'self' | 'timing' | 'widening' | 'canaryPort' | 'healthPort'
  > {
  kubeConfig: KubeConfig;
}

/** A leader whose last renewal is this old hangs, in seconds: lease duration and 20 s more. */
const LIVENESS_SECONDS = 35;
/** How often a replica that is not ready looks whether it is, in ms. */
const READY_POLL = 50;

/**
 * The operator: follows the cluster, and while it holds the lease keeps policies and reports.
 *
 * The base class gives the contract: init, start, stop, watchResource. Its own watches end the
 * process on any error and lose deletions, so they are replaced by reflectors. Its status and
 * finalizer helpers are not used: reports are written by server-side apply, and portlock needs no
 * finalizers.
 */
export class PortlockOperator extends operatorPackage.default {
  readonly #options: OperatorOptions;
  readonly #client: KubeClient;
  readonly #caches: Caches;
  readonly #elector: LeaderElector;
  readonly #troubles: Troubles;
  readonly #followers: Followers;
  #controller: Controller | undefined;
  /** Ends the intake of work. */
  readonly #stopping = new AbortController();
  /** Ends everything else, once the work is done. */
  readonly #stopped = new AbortController();

  constructor(options: OperatorOptions) {
    super(options.log);
    this.#options = options;
    this.kubeConfig = options.kubeConfig;
    const { log, metrics, self } = options;
    this.#troubles = new Troubles(log);
    this.#client = new KubeClient({
      kubeConfig: options.kubeConfig,
      writeGuard: () => this.#elector.assertLeading(),
      onRequest: ({ method, code }) => metrics.requests.inc({ method, code }),
    });
    this.#elector = new LeaderElector({
      ...{ client: this.#client, namespace: self.namespace, name: LEASE_NAME },
      onTrouble: (error) => this.#troubles.begin('leases', error),
      onRecovered: () => this.#troubles.end('leases'),
    });
    const onDefect = (error: unknown) =>
      log.error('An event could not be handled', { error: describeError(error) });
    this.#caches = new Caches(onDefect);
    this.#followers = new Followers(this.#client, this.#troubles, onDefect);
  }

  /** Whether this replica can do its work, or take it over at once. */
  get isReady(): boolean {
    return this.#followers.areReady;
  }

  /** What is wrong at the moment and may pass, a line each. */
  get troubles(): readonly string[] {
    return [...new Set(this.#troubles.current.values())];
  }

  /** False where the process hangs and should be restarted; an API server that is away is no reason. */
  get isAlive(): boolean {
    return (this.#elector.secondsSinceRenewal ?? 0) < LIVENESS_SECONDS;
  }

  /** Starts to follow everything that the operator reads. */
  protected override async init(): Promise<void> {
    const { workloads, replicaSets, pods, policies, reports, namespaces } = this.#caches;
    const { signal } = this.#stopped;
    const followers = this.#followers;
    for (const kind of WORKLOAD_KINDS) {
      const resource = WORKLOAD_RESOURCES[kind];
      followers.follow(
        { resource, store: workloads[kind], project: projectWorkload(kind) },
        signal,
      );
    }
    followers.follow(
      { resource: REPLICA_SETS, store: replicaSets, project: projectReplicaSet },
      signal,
    );
    followers.follow({ resource: PODS, store: pods, project: projectPod }, signal);
    followers.follow(
      { resource: NETWORK_POLICIES, store: policies, project: projectPolicy },
      signal,
    );
    const onRecovered = () => this.#controller?.enqueueAll();
    // Policies are kept without reports.
    const absence = 'normal';
    followers.follow(
      { resource: REPORTS, store: reports, project: projectReport, onRecovered, absence },
      signal,
    );
    followUsage(followers, this.#caches.usage, signal);
    const { policyKinds, usage } = this.#caches;
    followPolicies(followers, policyKinds, usage.definitions, signal);
    await this.watchResource('', 'v1', 'namespaces', async ({ type, object, meta }) => {
      const { uid = '' } = object.metadata ?? {};
      const { name: key, resourceVersion } = meta;
      if (type === DELETED) namespaces.delete(key, 'watch');
      else namespaces.set({ key, uid, resourceVersion }, projectNamespace(object), 'watch');
    });
  }

  /** Runs until `stop` is called; leads whenever it holds the lease. */
  override async start(): Promise<void> {
    await this.init();
    await this.#untilReady();
    while (!this.#stopping.signal.aborted) await this.#term();
    this.#stopped.abort();
    await this.#client.close();
  }

  /**
   * Waits for the lease and leads until it is lost, as when the API server is away for long, or until
   * the stop. A new term begins like a new process: nothing that an earlier one believed is kept.
   */
  async #term(): Promise<void> {
    const { log, metrics } = this.#options;
    const lost = new AbortController();
    let work: Promise<void> | undefined;
    const election = this.#elector.run({
      signal: this.#stopped.signal,
      onStartedLeading: () => {
        log.info('Started leading', { identity: this.#elector.identity });
        metrics.leader.set(1);
        work = this.#lead(AbortSignal.any([this.#stopping.signal, lost.signal]));
      },
      onStoppedLeading: () => {
        log.warn('Lost the lease; another replica may lead by now');
        metrics.leader.set(0);
        lost.abort();
      },
    });
    await Promise.race([election, aborted(this.#stopping.signal)]);
    await work;
    // The lease goes last, so that nobody else begins before this replica is done.
    if (this.#stopping.signal.aborted) this.#stopped.abort();
    await election;
  }

  async #lead(signal: AbortSignal): Promise<void> {
    this.#controller = new Controller({
      ...{ ...this.#options, client: this.#client, caches: this.#caches },
      reportsServed: () => this.#followers.isServed(REPORTS),
    });
    await this.#controller.run(signal);
    this.#controller = undefined;
    // The next leader counts these; here they would stand for ever.
    this.#options.metrics.undeclaredReachable.reset();
  }

  /** Ends the operator: work that has begun is finished, then the lease is given back. */
  override stop(): void {
    this.#stopping.abort();
  }

  /**
   * Watches a resource by the base class's contract, without what ends the process there: events
   * come one at a time and in order, deletions that a broken watch missed are found, an error of
   * `onEvent` is logged, and whatever the API server does is waited out. It keeps whole objects, so
   * it is for resources of which there are few.
   */
  protected override async watchResource(
    group: string,
    version: string,
    plural: string,
    onEvent: (event: ResourceEvent) => Promise<void>,
    namespace?: string,
  ): Promise<void> {
    const onDefect = (error: unknown) => {
      this.#options.log.error('An event could not be handled', { error: describeError(error) });
    };
    const store = new Store<KubernetesObject>({ onDefect });
    let turn = Promise.resolve();
    store.addListener((change) => {
      turn = turn.then(() => onEvent(toResourceEvent(plural, change)).catch(onDefect));
    });
    const resource = { group, version, plural, namespaced: namespace !== undefined };
    const project = (object: KubernetesObject) => object;
    const selection = { namespace };
    this.#followers.follow({ resource, store, project, selection }, this.#stopped.signal);
  }

  async #untilReady(): Promise<void> {
    const { log } = this.#options;
    while (!this.isReady && !this.#stopping.signal.aborted) {
      await delay(READY_POLL, this.#stopping.signal);
    }
    if (this.isReady) log.info('The caches are full', { workloads: this.#caches.optedIn().length });
  }
}

/** The base package's enum is not exported at run time under ESM; these are its values. */
const DELETED = 'DELETED' as ResourceEventType;
const EVENT_TYPES = { added: 'ADDED', updated: 'MODIFIED', deleted: 'DELETED' } as const;

function toResourceEvent(plural: string, change: Change<KubernetesObject>): ResourceEvent {
  const object = (change.current ?? change.previous) as KubernetesObject;
  const { name, namespace, resourceVersion = '' } = object.metadata;
  const { apiVersion = '', kind = '' } = object;
  const meta = { id: `${plural}.${apiVersion}`, name, resourceVersion, apiVersion, kind };
  return {
    type: EVENT_TYPES[change.type] as ResourceEventType,
    meta: namespace === undefined ? meta : { ...meta, namespace },
    // The base package types times as Date; on the wire, and here, they are strings.
    object: object as unknown as ResourceEvent['object'],
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
