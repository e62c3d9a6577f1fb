import type { RequestOptions } from 'node:https';
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest';
import { KubeClient } from '../../src/kube/client.ts';
import { isNotFound } from '../../src/kube/errors.ts';
import { loadKubeConfig } from '../../src/kube/kubeconfig.ts';
import { LEASES } from '../../src/kube/lease.ts';
import { type KubernetesObject, type Resource, resourcePath } from '../../src/kube/resource.ts';
import { DEPLOYMENTS, NAMESPACES, NETWORK_POLICIES, REPORTS } from '../../src/kube/resources.ts';
import { createCertificate } from '../../src/testing/certificate.ts';
import { type DeploymentFields, deployment } from '../../src/testing/deployments.ts';
import { FaultProxy, type Upstream } from '../../src/testing/fault-proxy.ts';
import { OperatorProcess, type OperatorProcessOptions } from '../harness/operator-process.ts';
import { PolicyHistory } from './policy-history.ts';

/** Where the operator keeps its leases. */
export const SYSTEM = 'portlock-system';
const LEASE_KINDS = [LEASES];
const KINDS = [DEPLOYMENTS, NETWORK_POLICIES, REPORTS];

/** A real API server behind a proxy that does faults to what goes through it. */
export interface FaultScene {
  /** Goes to the API server itself, as everybody else’s does. */
  client: KubeClient;
  proxy: FaultProxy;
  /** Starts an operator that sees the API server through the proxy; it is killed after the test. */
  start: (options?: Partial<OperatorProcessOptions>) => Promise<OperatorProcess>;
  /** Makes a namespace; what is in it is removed after the test. */
  namespace: (name: string) => Promise<void>;
  /** Notes from now on what becomes of the policies of a namespace. */
  follow: (namespace: string) => Promise<PolicyHistory>;
  /** Makes or changes a Deployment, as its owner does. */
  put: (fields: DeploymentFields) => Promise<KubernetesObject>;
  /** Takes the leases away, so that nobody waits for those of a replica that was killed. */
  freeLeases: () => Promise<void>;
}

/** A scene with a proxy of its own for each test of the file that calls this. */
export function faultScene(): FaultScene {
  const certificate = createCertificate();
  const kubeConfig = loadKubeConfig({ kubeconfig: inject('kubeconfig') });
  const operators: OperatorProcess[] = [];
  const histories: PolicyHistory[] = [];
  const namespaces = new Set<string>();
  const scene = {} as FaultScene;
  beforeAll(async () => {
    scene.client = new KubeClient({ kubeConfig });
    await make(scene.client, SYSTEM);
  });
  beforeEach(async () => {
    const { upstream, token } = await credentials();
    scene.proxy = await FaultProxy.start(upstream, { certificate });
    scene.start = async (options = {}) => {
      const through = scene.proxy.kubeConfig({ token });
      const operator = await OperatorProcess.start({ kubeConfig: through, ...options });
      operators.push(operator);
      return operator;
    };
  });
  afterEach(async () => {
    await Promise.all(operators.splice(0).map((operator) => operator.end('SIGKILL')));
    await Promise.all(histories.splice(0).map((history) => history.end()));
    await scene.proxy.close();
    await scene.freeLeases();
    for (const each of namespaces) await clear(scene.client, each, KINDS);
    namespaces.clear();
  });
  afterAll(() => scene.client.close());
  scene.namespace = async (name) => {
    namespaces.add(name);
    await make(scene.client, name);
  };
  scene.follow = async (namespace) => {
    const history = await PolicyHistory.follow(scene.client, namespace);
    histories.push(history);
    return history;
  };
  scene.put = (fields) => {
    const { metadata, ...rest } = deployment(fields);
    const { uid: _uid, generation: _generation, ...named } = metadata;
    const options = { fieldManager: 'owner', conflicts: 'force' } as const;
    return scene.client.apply(DEPLOYMENTS, { ...rest, metadata: named }, options);
  };
  scene.freeLeases = () => clear(scene.client, SYSTEM, LEASE_KINDS);

  /** Whom the proxy trusts, and who the operator says that it is. */
  async function credentials(): Promise<{ upstream: Upstream; token: string }> {
    const options: RequestOptions = {};
    await kubeConfig.applyToHTTPSOptions(options);
    const { Authorization = '' } = options.headers as Record<string, string>;
    const { ca, cert, key } = options as Record<string, string>;
    const url = kubeConfig.getCurrentCluster()?.server ?? '';
    const tls = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
    return { upstream: { url, tls }, token: Authorization.replace(/^Bearer /, '') };
  }
  return scene;
}

async function make(client: KubeClient, name: string): Promise<void> {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  await client.apply(NAMESPACES, object, { fieldManager: 'owner', conflicts: 'force' });
}

async function clear(client: KubeClient, namespace: string, kinds: readonly Resource[]) {
  for (const resource of kinds) {
    const path = resourcePath(resource, { namespace });
    await client.request({ method: 'DELETE', resource, path }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
}

/** All objects of a namespace, by name. */
export async function listAll(
  client: KubeClient,
  resource: Resource,
  namespace: string,
): Promise<KubernetesObject[]> {
  const items: KubernetesObject[] = [];
  for await (const page of client.list(resource, { namespace })) items.push(...page.items);
  return items;
}
