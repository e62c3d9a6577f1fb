import { expect } from 'vitest';
import type { NetworkPolicy } from '../../src/api/kubernetes.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import type { KubernetesObject } from '../../src/kube/resource.ts';
import { NETWORK_POLICIES } from '../../src/kube/resources.ts';
import type { WatchEvent } from '../../src/kube/watch-events.ts';

/** Every version of every policy of a namespace, as a watch of the API server itself tells. */
export class PolicyHistory {
  readonly events: WatchEvent[] = [];
  readonly #stop = new AbortController();
  readonly #excused = new Set<string>();
  #following: Promise<unknown> = Promise.resolve();

  static async follow(client: KubeClient, namespace: string): Promise<PolicyHistory> {
    const history = new PolicyHistory();
    let resourceVersion = '';
    for await (const page of client.list(NETWORK_POLICIES, { namespace }))
      resourceVersion = page.resourceVersion;
    const { promise: opened, resolve: onOpen } = Promise.withResolvers<void>();
    const { signal } = history.#stop;
    const options = { namespace, resourceVersion, timeoutSeconds: 3600, signal, onOpen };
    const read = async () => {
      for await (const event of client.watch(NETWORK_POLICIES, options))
        if (event.type !== 'BOOKMARK') history.events.push(event);
    };
    history.#following = read().catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    await opened;
    return history;
  }

  /** This version is somebody else's. */
  excuse({ metadata }: KubernetesObject): void {
    this.#excused.add(metadata.resourceVersion ?? '');
  }

  /** The versions that portlock wrote, with `DELETED` ones. */
  get written(): WatchEvent[] {
    return this.events.filter(
      ({ object }) => !this.#excused.has(object.metadata.resourceVersion ?? ''),
    );
  }

  /** No version allows another port than these, and none but those policies was ever deleted. */
  expectNever(what: {
    wider: Readonly<Record<string, readonly number[]>>;
    deletedBut: readonly string[];
  }): void {
    for (const { type, object } of this.written) {
      const { metadata, spec } = object as NetworkPolicy;
      const { name } = metadata;
      if (type === 'DELETED') expect(what.deletedBut).toContain(name);
      else {
        const rules = spec.ingress ?? [];
        expect(rules, name).toHaveLength(1);
        const ports = rules.flatMap((rule) => rule.ports ?? []);
        expect(ports.length, name).toBeGreaterThan(0);
        for (const { port } of ports) expect(what.wider[name], name).toContain(port);
      }
    }
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#following;
  }
}
