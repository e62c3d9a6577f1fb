import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DeploymentFields, deployment } from '../../e2e/harness/deployment.ts';
import type { NetworkPolicy } from '../../src/api/kubernetes.ts';
import { MODE_LABEL } from '../../src/api/names.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { unlessGone } from '../../src/kube/errors.ts';
import { type KubernetesObject, type Resource, resourcePath } from '../../src/kube/resource.ts';
import { DEPLOYMENTS, NETWORK_POLICIES, PODS } from '../../src/kube/resources.ts';
import { NAMESPACES } from '../scale/load.ts';

/** Longer than any answer that is worth the name takes here. */
const LIMIT_MILLISECONDS = 20_000;
const LOOK_MILLISECONDS = 10;
const namespace = NAMESPACES[0] ?? '';

/** The policy of a workload as it is read; undefined where there is none. */
export type Found = NetworkPolicy | undefined;

/** A Deployment, and the policy of it that either contestant makes under the same name. */
export class Workload {
  readonly name: string;
  readonly #client: KubeClient;

  private constructor(client: KubeClient, name: string) {
    this.#client = client;
    this.name = name;
  }

  static async create(client: KubeClient, fields: DeploymentFields): Promise<Workload> {
    const workload = new Workload(client, `app-${performance.now().toString().replace('.', '-')}`);
    const path = resourcePath(DEPLOYMENTS, { namespace });
    const body = deployment(workload.name, fields);
    await client.request({ method: 'POST', resource: DEPLOYMENTS, path, body });
    return workload;
  }

  /** @param mode null takes the label off */
  async setMode(mode: 'enforce' | null): Promise<void> {
    await this.#patch(DEPLOYMENTS, this.name, { metadata: { labels: { [MODE_LABEL]: mode } } });
  }

  /** Declares these ports in its template, and no others. */
  async declare(ports: readonly number[]): Promise<void> {
    const value = ports.map((containerPort) => ({ containerPort, protocol: 'TCP' }));
    const patch = [{ op: 'replace', path: '/spec/template/spec/containers/0/ports', value }];
    await this.#patch(DEPLOYMENTS, this.name, patch, 'application/json-patch+json');
  }

  async delete(): Promise<void> {
    await this.#client.delete(DEPLOYMENTS, { namespace, name: this.name });
  }

  policy(): Promise<Found> {
    return unlessGone(this.#client.get(NETWORK_POLICIES, { namespace, name: this.#policyName }));
  }

  /** As somebody would who wants another port open. */
  async openInPolicy(port: number): Promise<void> {
    const ingress = [{ ports: [{ port, protocol: 'TCP' }] }];
    await this.#patch(NETWORK_POLICIES, this.#policyName, { spec: { ingress } });
  }

  async deletePolicy(): Promise<void> {
    await this.#client.delete(NETWORK_POLICIES, { namespace, name: this.#policyName });
  }

  /** Milliseconds until the policy is so; undefined where it does not come to that. */
  async until(holds: (policy: Found) => boolean): Promise<number | undefined> {
    const startedAt = performance.now();
    for (;;) {
      const isSo = holds(await this.policy());
      const took = performance.now() - startedAt;
      if (isSo) return took;
      if (took > LIMIT_MILLISECONDS) return undefined;
      await sleep(LOOK_MILLISECONDS);
    }
  }

  /** The pods of its that are not on their way out. */
  async pods(): Promise<readonly KubernetesObject[]> {
    const pods: KubernetesObject[] = [];
    const labelSelector = `app=${this.name}`;
    await this.#client.forEach(PODS, { namespace, labelSelector }, (pod) => pods.push(pod));
    return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  /** Waits for its first pod, and says of it what a kubelet would. */
  async run(): Promise<KubernetesObject> {
    for (;;) {
      const [pod] = await this.pods();
      if (pod === undefined) {
        await sleep(LOOK_MILLISECONDS);
        continue;
      }
      const { name = '' } = pod.metadata;
      const path = resourcePath(PODS, { namespace, name, subresource: 'status' });
      const body = {
        status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
      };
      const contentType = 'application/strategic-merge-patch+json';
      await this.#client.request({ method: 'PATCH', resource: PODS, path, contentType, body });
      return pod;
    }
  }

  get #policyName(): string {
    return `${this.name}-portlock`;
  }

  async #patch(
    resource: Resource,
    name: string,
    body: object,
    contentType = 'application/merge-patch+json',
  ): Promise<void> {
    const path = resourcePath(resource, { namespace, name });
    await this.#client.request({ method: 'PATCH', resource, path, contentType, body });
  }
}

/** The ports that a policy allows, in order: `8080/TCP`. */
export function portsOf(policy: Found): readonly string[] {
  const ports = (policy?.spec?.ingress ?? []).flatMap((rule) => rule.ports ?? []);
  return ports.map(({ port, protocol = 'TCP' }) => `${port}/${protocol}`).sort();
}
