import { hostname } from 'node:os';
import operatorPackage, { type ResourceEvent } from '@dot-i/k8s-operator';
import type { KubeConfig } from '@kubernetes/client-node';
import { LEASE_NAME } from '../api/names.ts';
import type { OwnerReference } from '../api/object-meta.ts';
import { excluding, type ModeDefaults } from '../domain/workload/mode.ts';
import { KubeClient } from '../kube/client.ts';
import { delay } from '../kube/deadline.ts';
import { LeaderElector } from '../kube/leader.ts';
import { LEASES } from '../kube/lease.ts';
import { MEMBER_PREFIX, Members } from '../kube/members.ts';
import { relistRange } from '../kube/reflector-timing.ts';
import type { KubernetesObject } from '../kube/resource.ts';
import { REPORTS } from '../kube/resources.ts';
import { assertShape } from '../kube/shape.ts';
import { METADATA_ONLY } from '../kube/shapes.ts';
import { Store } from '../kube/store.ts';
import type { WriteGuard } from '../kube/transport.ts';
import { describeError } from '../telemetry/log.ts';
import { type Caches, createCaches } from './caches.ts';
import { Controller, type ControllerOptions } from './controller.ts';
import { everyCache } from './kinds/kind-caches.ts';
import { areRenewed } from './liveness.ts';
import { MalformedObjects } from './malformed-objects.ts';
import { NarrowView, watchedNamespaces } from './narrow-view.ts';
import { Outages } from './outages.ts';
import { Reflectors } from './reflectors.ts';
import { DELETED, toResourceEvent } from './resource-event.ts';
import { untilStopped } from './stop-deadline.ts';
import { writeGuard } from './write-guard.ts';

export interface OperatorOptions
  extends Pick<
    ControllerOptions,
    'prober' | 'log' | 'metrics' | 'timing' | 'widening' | 'canaryPort' | 'healthPort'
  > {
  kubeConfig: KubeConfig;
  /** What counts where nobody set the label; the operator's own namespace is excluded in any case. */
  modeDefaults: ModeDefaults;
  /** The only namespaces to watch, besides the operator's own; none for the whole cluster. */
  watchNamespaces: readonly string[];
  /** Where the operator runs; an empty pod name means outside of a pod. */
  self: { namespace: string; pod: string; node: string };
  /** Milliseconds after which everything is read again at the latest, in case an event was lost. */
  relistInterval: number;
  /** Calls to the API server a second at most; 0 leaves that to the API server. */
  requestsPerSecond: number;
}

/** How often a replica that is not ready looks whether it is, in ms. */
const READY_POLL = 50;

/**
 * The operator: follows the cluster, probes its share of the workloads, and while it holds the lease keeps
 * the policies of all.
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
  /** Keeps this replica's own Lease, by which the others see that it lives. */
  readonly #membership: LeaderElector;
  readonly #members = new Members();
  readonly #outages: Outages;
  readonly #reflectors: Reflectors;
  readonly #controller: Controller;
  /** Undefined where the whole cluster is watched. */
  readonly #narrowView: NarrowView | undefined;
  readonly #mayWrite: WriteGuard;
  readonly #onDefect = (error: unknown) => {
    this.#options.log.error('An event could not be handled', { error: describeError(error) });
  };
  /** Ends the intake of work. */
  readonly #stopping = new AbortController();
  /** Ends everything else, once the work is done. */
  readonly #stopped = new AbortController();
  /** Settles when both leases are given back. */
  #leases: Promise<unknown> = Promise.resolve();

  constructor(options: OperatorOptions) {
    super(options.log);
    this.#options = options;
    this.kubeConfig = options.kubeConfig;
    const { log, metrics, self } = options;
    const namespaces = watchedNamespaces(options);
    this.#outages = new Outages(log, namespaces && 'config/overlays/namespaced');
    this.#client = new KubeClient({
      kubeConfig: options.kubeConfig,
      writeGuard: (resource) => this.#mayWrite(resource),
      onRequest: ({ code, method, host }) => metrics.requests.inc({ code, method, host }),
      requestsPerSecond: options.requestsPerSecond,
    });
    this.#elector = new LeaderElector({
      ...this.#lease(LEASE_NAME),
    });
    const member = self.pod || hostname();
    this.#membership = new LeaderElector({
      ...this.#lease(`${MEMBER_PREFIX}${member}`),
      owner: () => this.#ownPod(),
    });
    this.#mayWrite = writeGuard(this.#elector, this.#membership);
    this.#caches = createCaches(this.#onDefect, excluding(options.modeDefaults, self.namespace));
    this.#narrowView =
      namespaces &&
      new NarrowView({
        client: this.#client,
        caches: this.#caches,
        outages: this.#outages,
        namespaces,
      });
    this.#controller = new Controller({
      ...options,
      watchedNamespaces: namespaces,
      client: this.#client,
      caches: this.#caches,
      self: { ...self, member },
      reportsServed: () => this.#reflectors.isServed(REPORTS),
      isLeading: () => this.#elector.isLeading(),
      members: () => this.#members.names,
    });
    const malformed = new MalformedObjects(log, metrics);
    this.#reflectors = new Reflectors({
      client: this.#client,
      outages: this.#outages,
      malformed,
      metrics,
      relist: relistRange(options.relistInterval),
    });
  }

  /** Whether this replica can do its work, or take it over at once. */
  get isReady(): boolean {
    return this.#reflectors.areReady && this.#narrowView?.hasSynced() !== false;
  }

  /** What is wrong at the moment and may pass, a line each. */
  get outages(): readonly string[] {
    return [...new Set(this.#outages.current.values())];
  }

  /** False where the process hangs and should be restarted; an API server that is away is no reason. */
  get isAlive(): boolean {
    return areRenewed([this.#elector, this.#membership]);
  }

  /** Starts to follow everything that the operator reads. */
  protected override async init(): Promise<void> {
    const caches = this.#caches;
    caches.leases.addListener(this.#members.onChange);
    for (const cache of everyCache(caches)) {
      cache.follow({
        reflectors: this.#reflectors,
        definitions: caches.usage.definitions,
        apiServices: caches.usage.apiServices,
        ownNamespace: this.#options.self.namespace,
        namespaces: watchedNamespaces(this.#options),
        onServed: () => this.#controller.enqueueAll(),
        signal: this.#stopped.signal,
      });
    }
    if (this.#narrowView) void this.#narrowView.run(this.#stopped.signal);
    else await this.#watchAllNamespaces();
  }

  async #watchAllNamespaces(): Promise<void> {
    const { namespaces } = this.#caches;
    const { resource, project } = namespaces.kind;
    const { group, version, plural } = resource;
    await this.watchResource(group, version, plural, async ({ type, object, meta }) => {
      const { uid = '' } = object.metadata ?? {};
      const { name: key, resourceVersion } = meta;
      if (type === DELETED) {
        namespaces.delete(key, 'watch');
        return;
      }
      const namespace = project(object, () => {});
      namespaces.set({ key, uid, resourceVersion }, namespace, 'watch');
    });
  }

  /** Runs until `stop` is called; leads whenever it holds the lease. */
  override async start(): Promise<void> {
    await this.init();
    await this.#untilReady();
    // What is read in part decides nothing.
    if (!this.#stopping.signal.aborted) await this.#work();
    this.#stopped.abort();
    await this.#client.close();
  }

  /** Works until `stop` is called, and gives the leases back. */
  async #work(): Promise<void> {
    const work = this.#controller.run(this.#stopping.signal);
    // The leases go last, so that nobody else begins before this replica is done.
    void work.finally(() => this.#stopped.abort());
    this.#leases = Promise.all([this.#lead(), this.#belong()]);
    await untilStopped(Promise.all([work, this.#leases]), this.#stopping.signal);
  }

  /** Takes the leader's lease whenever it is free, until the work is done. */
  async #lead(): Promise<void> {
    const { log, metrics } = this.#options;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.#elector.run({
        signal,
        onStartedLeading: () => {
          log.info('Started leading', { identity: this.#elector.identity });
          metrics.leader.set(1);
          this.#controller.leadershipChanged();
        },
        onStoppedLeading: () => {
          log.warn('Lost the lease; another replica may lead by now');
          metrics.leader.set(0);
          this.#controller.leadershipChanged();
        },
      });
    }
  }

  /** Keeps this replica's own lease, until the work is done. */
  async #belong(): Promise<void> {
    const { signal } = this.#stopped;
    const nothing = () => {};
    while (!signal.aborted)
      await this.#membership.run({ signal, onStartedLeading: nothing, onStoppedLeading: nothing });
  }

  /** What keeps a Lease of that name. */
  #lease(name: string) {
    const part = { resource: LEASES, name };
    return {
      client: this.#client,
      namespace: this.#options.self.namespace,
      name,
      onOutage: (error: unknown) => this.#outages.begin(part, error),
      onRecovered: () => this.#outages.end(part),
    };
  }

  /** The pod with which this replica's lease goes. */
  #ownPod(): OwnerReference | undefined {
    const { namespace, pod } = this.#options.self;
    const uid = this.#caches.pods.get(`${namespace}/${pod}`)?.uid;
    return uid === undefined ? undefined : { apiVersion: 'v1', kind: 'Pod', name: pod, uid };
  }

  /** Ends the operator: work that has begun is finished, then the lease is given back. */
  override stop(): void {
    this.#stopping.abort();
  }

  /** Gives the leases back and leaves everything else as it is: for a process that cannot go on. */
  async abandon(): Promise<void> {
    this.#stopping.abort();
    this.#stopped.abort();
    await this.#leases;
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
    const store = new Store<KubernetesObject>({ onDefect: this.#onDefect });
    let turn = Promise.resolve();
    store.addListener((change) => {
      turn = turn.then(() => onEvent(toResourceEvent(plural, change)).catch(this.#onDefect));
    });
    const resource = { group, version, plural, namespaced: namespace !== undefined };
    const project = (object: KubernetesObject) => {
      assertShape(METADATA_ONLY, object);
      return object;
    };
    const selection = { namespace };
    this.#reflectors.follow({ resource, store, project, selection }, this.#stopped.signal);
  }

  async #untilReady(): Promise<void> {
    const { log } = this.#options;
    while (!this.isReady && !this.#stopping.signal.aborted) {
      await delay(READY_POLL, this.#stopping.signal);
    }
    if (this.isReady) log.info('The caches are full', { workloads: this.#caches.optedIn().length });
  }
}
