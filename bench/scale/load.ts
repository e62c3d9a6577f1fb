import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { MODE_LABEL } from '../../src/api/names.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import type { KubernetesObject, Resource } from '../../src/kube/resource.ts';
import { DEPLOYMENTS, NETWORK_POLICIES, REPORTS } from '../../src/kube/resources.ts';

export const NAMESPACES = ['bench-0', 'bench-1', 'bench-2', 'bench-3', 'bench-4'];
const CREATORS = 16;
/** Without a new policy for so long, whoever should write it has lost it. */
const SILENCE_MILLISECONDS = 60_000;
const LOST_MILLISECONDS = 30_000;
const GAP_MILLISECONDS = 20;

/** In a label, not a reference, has a policy that Kyverno makes the uid of what it was made for. */
const TRIGGER_LABEL = 'generate.kyverno.io/trigger-uid';

/** When the policy of each Deployment appeared, by the Deployment's uid, as a watch told. */
export class PolicyWatch {
  readonly #seen = new Map<string, number>();
  readonly #client: KubeClient;
  readonly #stop = new AbortController();
  #watching: Promise<void> = Promise.resolve();
  #lastAt = Number.NaN;

  constructor(client: KubeClient) {
    this.#client = client;
  }

  async begin(): Promise<void> {
    this.#lastAt = performance.now();
    let resourceVersion = '';
    for await (const page of this.#client.list(NETWORK_POLICIES))
      resourceVersion = page.resourceVersion;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#watching = this.#follow(resourceVersion, resolve);
    await promise;
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  get count(): number {
    return this.#seen.size;
  }

  /** When the last policy appeared. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** Waits for the policy of that owner; undefined where it does not come. */
  async appearance(uid: string): Promise<number | undefined> {
    const giveUpAt = performance.now() + LOST_MILLISECONDS;
    while (performance.now() < giveUpAt) {
      const at = this.#seen.get(uid);
      if (at !== undefined) return at;
      await sleep(1);
    }
    return undefined;
  }

  async #follow(resourceVersion: string, onOpen: () => void): Promise<void> {
    const { signal } = this.#stop;
    try {
      const terms = { resourceVersion, timeoutSeconds: 3600, signal, onOpen };
      for await (const { type, object } of this.#client.watch(NETWORK_POLICIES, terms)) {
        if (type !== 'ADDED') continue;
        this.#lastAt = performance.now();
        for (const uid of ownersOf(object))
          if (!this.#seen.has(uid)) this.#seen.set(uid, this.#lastAt);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

function ownersOf({ metadata }: KubernetesObject): readonly string[] {
  const trigger = metadata.labels?.[TRIGGER_LABEL];
  if (trigger !== undefined) return [trigger];
  return (metadata.ownerReferences ?? []).map(({ uid }) => uid);
}

/** How a burst ended: seconds from its begin to the last policy that came, and how many never did. */
export interface Converged {
  readonly seconds: number;
  readonly missing: number;
}

/** Creates labelled Deployments, and waits for their policies or a long silence. */
export async function converge(
  client: KubeClient,
  watch: PolicyWatch,
  size: number,
  signal: AbortSignal,
): Promise<Converged> {
  const startedAt = performance.now();
  let next = 0;
  const create = async () => {
    while (next < size && !signal.aborted)
      await createDeployment(client, next++, { [MODE_LABEL]: 'enforce' });
  };
  await Promise.all(Array.from({ length: CREATORS }, create));
  const isSilent = () => performance.now() - watch.lastAt > SILENCE_MILLISECONDS;
  while (watch.count < size && !isSilent()) await sleep(5, undefined, { signal });
  return { seconds: (watch.lastAt - startedAt) / 1000, missing: size - watch.count };
}

/** Labels Deployments one at a time; returns the milliseconds to each policy, sorted, Infinity where lost. */
export async function labelOneByOne(
  client: KubeClient,
  watch: PolicyWatch,
  first: number,
  samples: number,
  signal: AbortSignal,
): Promise<number[]> {
  const created: KubernetesObject[] = [];
  for (let index = first; index < first + samples; index++)
    created.push(await createDeployment(client, index, {}));
  await sleep(2_000, undefined, { signal });
  const times: number[] = [];
  for (const { metadata } of created) {
    const { namespace = '', name, uid = '' } = metadata;
    const startedAt = performance.now();
    await client.request({
      method: 'PATCH',
      resource: DEPLOYMENTS,
      path: `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`,
      contentType: 'application/merge-patch+json',
      body: { metadata: { labels: { [MODE_LABEL]: 'enforce' } } },
    });
    const at = await watch.appearance(uid);
    times.push(at === undefined ? Number.POSITIVE_INFINITY : at - startedAt);
    await sleep(GAP_MILLISECONDS, undefined, { signal });
  }
  return times.sort((a, b) => a - b);
}

/** Removes what a round made; no controller does it here. */
export async function removeAll(
  client: KubeClient,
  resources: readonly Resource[] = [DEPLOYMENTS, NETWORK_POLICIES, REPORTS],
): Promise<void> {
  for (const namespace of NAMESPACES)
    for (const resource of resources) {
      const { group, version, plural } = resource;
      const path = `/apis/${group}/${version}/namespaces/${namespace}/${plural}`;
      let isEmpty = false;
      while (!isEmpty) {
        // Some at a time: a collection of thousands takes longer than a request may.
        await client.request({ method: 'DELETE', resource, path, query: { limit: 500 } });
        const { value } = await client.list(resource, { namespace, limit: 1 }).next();
        isEmpty = !value || value.items.length === 0;
      }
    }
}

function createDeployment(
  client: KubeClient,
  index: number,
  modeLabels: Record<string, string>,
): Promise<KubernetesObject> {
  const name = `app-${String(index).padStart(6, '0')}`;
  const labels = { app: name };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: NAMESPACES[index % NAMESPACES.length], labels: modeLabels },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: 'web',
              image: 'web',
              ports: [{ containerPort: 8080 }, { containerPort: 9090 }],
            },
          ],
        },
      },
    },
  };
  return client.create(DEPLOYMENTS, deployment as KubernetesObject);
}
