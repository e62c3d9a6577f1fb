import { randomBytes } from 'node:crypto';
import { ENDS_AT_ANNOTATION, NAMESPACE_NAME_LABEL, THROWAWAY_LABEL } from '../../api/names.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isNotFound } from '../../kube/errors.ts';
import type { KubernetesObject, Resource } from '../../kube/resource.ts';
import {
  JOBS,
  NAMESPACES,
  NETWORK_POLICIES,
  PODS,
  ROLE_BINDINGS,
  ROLES,
  SERVICE_ACCOUNTS,
} from '../../kube/resources.ts';
import { withTroubleTold } from '../api-trouble.ts';
import { CommandError } from '../command-error.ts';
import type { Words } from '../words.ts';
import { awaitRunning, type RunningPod } from './await-running.ts';
import {
  janitor,
  type Owner,
  ownerJob,
  type PeerPod,
  type Place,
  peerPod,
  policyOf,
  throwawayNamespace,
} from './objects.ts';
import type { Placement } from './placement.ts';

export interface ThrowawayOptions {
  client: KubeClient;
  /** As the names begin: `portlock-check`. */
  purpose: string;
  image: string;
  /** One that is there, or else one is made and deleted. */
  namespace: string | undefined;
  /** In seconds: so long all of it lives at most, whatever becomes of this process. */
  lifetime: number;
  /** As a pod runs that is there; undefined for anywhere. */
  placement?: Placement | undefined;
  words: Words;
}

/** Cleaning up must not hang where the API server does, in ms. */
const PATIENCE_WITH_CLEANUP = 15_000;

/**
 * Gives a place for pods of portlock's own image, and takes it away again, whatever happens. Where this process is
 * killed, the place ends when its lifetime does: a Job owns all that is in it, and a pod deletes the namespace.
 *
 * @throws CommandError where the user may not make it; what `use` throws
 */
export async function withThrowaway<T>(
  options: ThrowawayOptions,
  signal: AbortSignal,
  use: (throwaway: Throwaway) => Promise<T>,
): Promise<T> {
  const { client, purpose, lifetime, placement } = options;
  const name = `${purpose}-${randomBytes(4).toString('hex')}`;
  const namespaceEnds = options.namespace === undefined;
  const namespace = options.namespace ?? name;
  const place = { name, namespace, namespaceEnds, purpose, lifetime, placement };
  if (namespaceEnds) await deleteForgotten(client, signal);
  let isMade = false;
  try {
    const owner = await makePlace(place, options, signal);
    isMade = true;
    return await use(new Throwaway(options, place, owner));
  } finally {
    // What was refused is not there; what got no answer may be.
    const failure = await takeAway(place, options);
    if (isMade && failure) options.words.tell(failure);
  }
}

/** A place for pods that is there for a moment. */
export class Throwaway {
  readonly place: Place;
  readonly #options: ThrowawayOptions;
  readonly #owner: Owner & { janitor: string | undefined };

  constructor(
    options: ThrowawayOptions,
    place: Place,
    owner: Owner & { janitor: string | undefined },
  ) {
    this.#options = options;
    this.place = place;
    this.#owner = owner;
  }

  /**
   * Starts a pod, and waits until it runs. The first one sees to it that the namespace ends.
   * @throws CommandError: it cannot start, in one line
   */
  async start(pod: Omit<PeerPod, 'serviceAccount'>, signal: AbortSignal): Promise<RunningPod> {
    const { client, image } = this.#options;
    const { name, uid, janitor: serviceAccount } = this.#owner;
    this.#owner.janitor = undefined;
    const args =
      serviceAccount === undefined
        ? pod.args
        : [...pod.args, '--delete-namespace', this.place.namespace];
    const wire = peerPod(this.place, { name, uid }, { ...pod, args, serviceAccount }, image);
    const created = await make(client, PODS, wire, signal);
    return awaitRunning(client, created, signal);
  }

  /** As policies see the namespace, where it was made. */
  get namespaceLabels(): Readonly<Record<string, string>> {
    const { labels } = throwawayNamespace(this.place, 0).metadata;
    return { ...labels, [NAMESPACE_NAME_LABEL]: this.place.namespace };
  }

  /** Allows one port of the pods, and no other. */
  async allowOnly(port: number, signal: AbortSignal): Promise<void> {
    const policy = policyOf(this.place, this.#owner, port);
    await make(this.#options.client, NETWORK_POLICIES, policy, signal);
  }

  /** What a pod writes, line by line, until it ends. */
  lines(name: string, signal: AbortSignal): AsyncGenerator<string, void, void> {
    const { namespace } = this.place;
    return this.#options.client.followLog({ namespace, name }, { signal });
  }
}

async function makePlace(
  place: Place,
  { client, image, words }: ThrowawayOptions,
  signal: AbortSignal,
): Promise<Owner & { janitor: string | undefined }> {
  if (place.namespaceEnds)
    await make(client, NAMESPACES, throwawayNamespace(place, Date.now()), signal);
  const hasJanitor = place.namespaceEnds && (await makeJanitor(place, client, words, signal));
  const { metadata } = await make(client, JOBS, ownerJob(place, image), signal);
  const { name, uid = '' } = metadata;
  return { name, uid, janitor: hasJanitor ? place.name : undefined };
}

/** Returns whether there is one: who may not give its rights does without. */
async function makeJanitor(
  place: Place,
  client: KubeClient,
  words: Words,
  signal: AbortSignal,
): Promise<boolean> {
  const { account, role, binding } = janitor(place);
  try {
    await make(client, SERVICE_ACCOUNTS, account, signal);
    await make(client, ROLES, role, signal);
    await make(client, ROLE_BINDINGS, binding, signal);
    return true;
  } catch (error) {
    if (!(error instanceof CommandError) || signal.aborted) throw error;
    words.say(
      `Should this be killed, the empty namespace ${place.namespace} stays until the next time: ${error.message}`,
    );
    return false;
  }
}

function make(
  client: KubeClient,
  resource: Resource,
  wire: KubernetesObject,
  signal: AbortSignal,
): Promise<KubernetesObject> {
  const asked = {
    verb: 'create',
    resource: resource.plural,
    namespace: wire.metadata.namespace,
  };
  return withTroubleTold(asked, () => client.create(resource, wire, { signal }));
}

/** Returns why it could not be, where it could not. */
async function takeAway(
  { name, namespace, namespaceEnds }: Place,
  { client }: ThrowawayOptions,
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(PATIENCE_WITH_CLEANUP);
  try {
    if (namespaceEnds) await client.delete(NAMESPACES, { name: namespace }, { signal });
    else await client.delete(JOBS, { namespace, name }, { signal });
    return undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    const what = namespaceEnds ? `the namespace ${namespace}` : `the Job ${namespace}/${name}`;
    return `Could not delete ${what}, which ends by itself: ${(error as Error).message}`;
  }
}

/** Namespaces whose maker was killed, and which nothing has deleted. Whoever may not see them leaves them. */
async function deleteForgotten(client: KubeClient, signal: AbortSignal): Promise<void> {
  const labelSelector = THROWAWAY_LABEL;
  const found: string[] = [];
  try {
    await client.forEach(NAMESPACES, { labelSelector, signal }, ({ metadata }) => {
      const endsAt = Date.parse(metadata.annotations?.[ENDS_AT_ANNOTATION] ?? '');
      if (endsAt < Date.now() && metadata.deletionTimestamp === undefined)
        found.push(metadata.name);
    });
    for (const name of found) await client.delete(NAMESPACES, { name }, { signal });
  } catch {
    signal.throwIfAborted();
  }
}
