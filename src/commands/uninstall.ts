import { controllerOf } from '../domain/workload/ownership.ts';
import { WORKLOAD_KINDS } from '../domain/workload/workload.ts';
import type { KubeClient } from '../kube/client.ts';
import { delay } from '../kube/deadline.ts';
import { ApiError, isNotFound } from '../kube/errors.ts';
import { type KubernetesObject, objectKey, type Resource, resourceName } from '../kube/resource.ts';
import { DEPLOYMENTS, NETWORK_POLICIES, PODS, REPORTS } from '../kube/resources.ts';
import { withTroubleTold } from './api-trouble.ts';
import { CommandError } from './command-error.ts';
import { countOf } from './count-of.ts';
import type { Streams } from './streams.ts';
import {
  INSTALLED,
  isInstalled,
  LEADER_LEASE,
  OPERATOR_LABELS,
  POLICY_LABELS,
  REPORT_DEFINITION,
} from './uninstall/installed.ts';
import { keptBy } from './uninstall/keeper.ts';

/** The arguments of `portlock uninstall`, parsed. */
export interface UninstallFlags {
  policies: 'keep' | 'remove';
  /** Whether it is done, or only told. */
  mode: 'do' | 'tell';
}

/** How long the operator may take to end, in ms: it would put back what is taken away. */
const LONGEST_STOP = 60_000;
const STOP_POLL = 500;

/**
 * Ends the operator, then takes away what it made and what it consists of. Only what was seen is deleted, by its uid.
 * @returns the exit code
 * @throws CommandError where the API server refuses something, in one line
 */
export async function runUninstall(
  flags: UninstallFlags,
  client: KubeClient,
  streams: Streams,
): Promise<number> {
  const removal = new Removal(flags, client, streams);
  await removal.stopOperator();
  await removal.policies();
  await removal.installation();
  if (flags.mode === 'tell') streams.stderr('Nothing was done: repeat it with --yes to do it.\n');
  return 0;
}

class Removal {
  readonly #flags: UninstallFlags;
  readonly #client: KubeClient;
  readonly #streams: Streams;

  constructor(flags: UninstallFlags, client: KubeClient, streams: Streams) {
    this.#flags = flags;
    this.#client = client;
    this.#streams = streams;
  }

  /** Its pods have to be gone before anything else goes. */
  async stopOperator(): Promise<void> {
    for (const object of await this.#list(DEPLOYMENTS, OPERATOR_LABELS)) {
      const keeper = keptBy(object.metadata);
      if (keeper !== undefined)
        this.#streams.stderr(`deployments.apps ${objectKey(object.metadata)}: ${keeper}\n`);
      await this.#delete(DEPLOYMENTS, object);
    }
    if (this.#flags.mode === 'tell') return;
    const deadline = performance.now() + LONGEST_STOP;
    while ((await this.#list(PODS, OPERATOR_LABELS)).length > 0) {
      if (performance.now() > deadline)
        throw new CommandError(
          'the pods of the operator do not end, and would put back what is taken away: see kubectl get pods -A -l app.kubernetes.io/name=portlock',
        );
      await delay(STOP_POLL, new AbortController().signal);
    }
  }

  /** A policy in force needs no operator: it goes with its workload, or when an operator is there again and it opts out. */
  async policies(): Promise<void> {
    for (const policy of await this.#list(NETWORK_POLICIES, POLICY_LABELS)) {
      const controller = controllerOf(policy.metadata);
      const isOurs = !controller || WORKLOAD_KINDS.some((kind) => kind === controller.kind);
      if (!isOurs)
        await this.#tell(NETWORK_POLICIES, policy, `left: ${controller?.kind} controls it`);
      else if (this.#flags.policies === 'keep') await this.#tell(NETWORK_POLICIES, policy, 'kept');
      else await this.#delete(NETWORK_POLICIES, policy);
    }
  }

  /** The definition takes the reports with it. */
  async installation(): Promise<void> {
    const reports = await this.#list(REPORTS);
    const [definition] = await this.#list(
      REPORT_DEFINITION.resource,
      undefined,
      REPORT_DEFINITION.fieldSelector,
    );
    if (definition)
      await this.#delete(
        REPORT_DEFINITION.resource,
        definition,
        ` with ${countOf(reports.length, 'report')}`,
      );
    for (const resource of INSTALLED) {
      for (const object of (await this.#list(resource, 'app.kubernetes.io/name=portlock')).filter(
        isInstalled,
      ))
        await this.#delete(resource, object);
    }
    for (const lease of await this.#list(
      LEADER_LEASE.resource,
      undefined,
      LEADER_LEASE.fieldSelector,
    ))
      await this.#delete(LEADER_LEASE.resource, lease);
  }

  /** None where the cluster does not have the kind. */
  async #list(
    resource: Resource,
    labelSelector?: string,
    fieldSelector?: string,
  ): Promise<KubernetesObject[]> {
    const asked = { verb: 'list', resource: resourceName(resource), namespace: undefined };
    const found: KubernetesObject[] = [];
    const options = { labelSelector, fieldSelector };
    try {
      await this.#client.forEach(resource, options, (object) => found.push(object));
    } catch (error) {
      if (isNotFound(error)) return [];
      await withTroubleTold(asked, () => Promise.reject(error));
    }
    return found;
  }

  async #delete(resource: Resource, object: KubernetesObject, note = ''): Promise<void> {
    const { namespace, name, uid } = object.metadata;
    if (this.#flags.mode === 'tell') return this.#tell(resource, object, `would be deleted${note}`);
    const asked = { verb: 'delete', resource: resourceName(resource), namespace };
    const preconditions = uid === undefined ? undefined : { uid };
    try {
      await this.#client.delete(resource, { namespace, name }, { preconditions });
    } catch (error) {
      if (isNotFound(error)) return;
      if (error instanceof ApiError && error.status === 409)
        return this.#tell(resource, object, 'left: it is another one by now');
      await withTroubleTold(asked, () => Promise.reject(error));
    }
    await this.#tell(resource, object, `deleted${note}`);
  }

  #tell(resource: Resource, { metadata }: KubernetesObject, what: string): Promise<void> {
    return this.#streams.stdout(`${resourceName(resource)} ${objectKey(metadata)} ${what}\n`);
  }
}
