import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect } from 'vitest';
import { KubeClient } from '../kube/client.ts';
import { Reflector, type ReflectorOptions } from '../kube/reflector.ts';
import type { KubernetesObject, Resource } from '../kube/resource.ts';
import { type Change, Store } from '../kube/store.ts';
import { openWatch, ScriptedApiServer, sendJson } from './scripted-api-server.ts';
import { until } from './until.ts';

export const PODS: Resource = { group: '', version: 'v1', plural: 'pods', namespaced: true };
export const CALL = 'GET /api/v1/pods';
/** What a server answers that has forgotten a place. */
export const expired = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };

/** The times of a real reflector, a hundred times shorter; no relist and no silence unless asked for. */
export const QUICK = {
  backoffMinimum: 10,
  backoffMaximum: 40,
  backoffReset: 60_000,
  notServed: 20,
  healthy: 25,
} as const;

export type Send = ReturnType<typeof openWatch>;

export function reflectedPod(name: string, resourceVersion: string, uid = name): KubernetesObject {
  return { metadata: { name, uid, resourceVersion } };
}

/** A reflector of pods on a scripted API server. Whatever that expects must have come when a test ends. */
export class ReflectedPods {
  /** A test may start another in its place. */
  server: ScriptedApiServer;
  readonly client: KubeClient;
  readonly stop = new AbortController();
  readonly changes: string[] = [];
  readonly told: string[] = [];
  readonly store = new Store<string>({ onDefect: (error) => this.told.push(String(error)) });
  #started: { reflector: Reflector<string>; ended: Promise<void> } | undefined;

  constructor(server: ScriptedApiServer) {
    this.server = server;
    this.client = new KubeClient({ kubeConfig: server.kubeConfig() });
    this.store.addListener(({ type, key, source }: Change<string>) =>
      this.changes.push(`${type} ${key} ${source}`),
    );
  }

  get reflector(): Reflector<string> {
    if (!this.#started) throw new Error('it was not started');
    return this.#started.reflector;
  }

  start(options: Partial<ReflectorOptions<string, never>> = {}): Reflector<string> {
    const { store, client, told } = this;
    const reflector = new Reflector({
      client,
      resource: PODS,
      store,
      project: ({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`,
      onOutage: (error) => told.push((error as { reason: string }).reason),
      onRecovered: () => told.push('recovered'),
      onMalformed: (key, wrong) => told.push(`${key}: ${wrong}`),
      ...options,
      timing: { ...QUICK, ...options.timing },
    });
    this.#started = { reflector, ended: reflector.run(this.stop.signal) };
    return reflector;
  }

  async end(): Promise<void> {
    await this.server.verify();
    this.stop.abort();
    await this.#started?.ended;
    await this.client.close();
    await this.server.close();
  }

  /** Settles when what was started has ended. */
  get ended(): Promise<void> | undefined {
    return this.#started?.ended;
  }

  /** Expects a list and answers it with these pods. */
  expectList(resourceVersion: string, ...items: KubernetesObject[]): void {
    const metadata = { resourceVersion };
    this.server.expect(CALL, (response, { query }) => {
      expect(query.has('watch')).toBe(false);
      expect(query.has('resourceVersion')).toBe(false);
      sendJson(response, { apiVersion: 'v1', kind: 'PodList', metadata, items });
    });
  }

  /** Expects a watch from `resourceVersion`; resolves when it is open. */
  expectWatch(
    resourceVersion: string,
    events: (send: Send, response: ServerResponse) => void = () => {},
  ): Promise<{ send: Send; response: ServerResponse }> {
    return new Promise((resolve) => {
      this.server.expect(CALL, (response, { query }) => {
        expect(query.get('watch')).toBe('true');
        expect(query.get('resourceVersion')).toBe(resourceVersion);
        const send = openWatch(response);
        events(send, response);
        resolve({ send, response });
      });
    });
  }

  synced(): Promise<unknown> {
    return until('it is in sync', () => this.reflector.hasSynced());
  }

  /** How many lists the server was asked for, those aside that only look where it stands. */
  lists(): number {
    return this.server.requests.filter(
      ({ query }) => !query.has('watch') && query.get('limit') !== '1',
    ).length;
  }

  /** Expects a look at where the server stands, and lets it stand there. */
  expectLook(resourceVersion: string): void {
    const items = [reflectedPod('a', '1')];
    this.server.expect(CALL, (response, { query }) => {
      expect(query.get('limit')).toBe('1');
      sendJson(response, { metadata: { resourceVersion, continue: 'more' }, items });
    });
  }

  /** Does something when the reflector takes its watch for a working one. */
  whenHealthy(act: () => void): void {
    void until('it is healthy', () => this.reflector.state === 'watching').then(act);
  }
}

/** A new one for each test of the file that calls this. */
export function reflectedPods(): { readonly pods: ReflectedPods } {
  let pods: ReflectedPods;
  beforeEach(async () => {
    pods = new ReflectedPods(await ScriptedApiServer.start());
  });
  afterEach(() => pods.end());
  return {
    get pods() {
      return pods;
    },
  };
}
