import path from 'node:path';
import { repository } from '../../e2e/harness/environment.ts';
import { operatorTerms } from '../../e2e/harness/manifest.ts';
import { OperatorProcess } from '../../e2e/harness/operator-process.ts';
import { createCertificate } from '../../src/testing/certificate.ts';
import { deployment } from '../../src/testing/deployments.ts';
import { FaultProxy } from '../../src/testing/fault-proxy.ts';
import { KeptObjects } from '../../src/testing/kept-objects.ts';
import { ScriptedApiServer } from '../../src/testing/scripted-api-server.ts';
import { Life } from './life.ts';

const PUT_OFF = 0.05;
const NAMESPACE = 'soak';
const PHASES = ['before', 'after', 'answered'] as const;

/** An operator, an API server, and what goes wrong between them. */
export class SoakScene {
  readonly proxy: FaultProxy;
  readonly #server: ScriptedApiServer;
  readonly #kept: KeptObjects;
  readonly #random: () => number;
  readonly #workloads: number;
  #operator: OperatorProcess | undefined;

  private constructor(
    parts: { proxy: FaultProxy; server: ScriptedApiServer; kept: KeptObjects },
    random: () => number,
    workloads: number,
  ) {
    this.proxy = parts.proxy;
    this.#server = parts.server;
    this.#kept = parts.kept;
    this.#random = random;
    this.#workloads = workloads;
  }

  static async start(random: () => number, workloads: number): Promise<SoakScene> {
    const certificate = createCertificate();
    const kept = new KeptObjects();
    for (const name of ['default', 'portlock-system', NAMESPACE])
      kept.put(`/api/v1/namespaces/${name}`, { metadata: { name } });
    const server = await ScriptedApiServer.start({ certificate });
    server.otherwise(kept.answer);
    const upstream = { url: server.url, tls: { ca: certificate.certificate } };
    const proxy = await FaultProxy.start(upstream, { certificate });
    proxy.rule({
      phase: 'before',
      verb: ['list', 'get', 'create', 'patch'],
      nth: () => random() < PUT_OFF,
      fault: {
        do: 'status',
        code: 429,
        reason: 'TooManyRequests',
        headers: { 'retry-after': '1' },
      },
    });
    const scene = new SoakScene({ proxy, server, kept }, random, workloads);
    for (let index = 0; index < workloads; index++) scene.#put(index, 1024);
    return scene;
  }

  /** Starts an operator, with the leases of the one before out of its way. */
  async begin(): Promise<Life> {
    for (const { metadata } of this.#kept.all('leases'))
      this.#kept.remove(
        `/apis/coordination.k8s.io/v1/namespaces/${metadata.namespace}/leases/${metadata.name}`,
      );
    this.#operator = await OperatorProcess.start({
      kubeConfig: this.proxy.kubeConfig(),
      program: path.join(repository, 'dist/portlock.js'),
      environment: operatorTerms().environment,
    });
    await this.#operator.untilReady();
    return new Life();
  }

  get process(): number {
    return this.#operator?.child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.#operator?.hasEnded ?? true;
  }

  /** Declares another port of a workload; returns whether its policy has it. */
  change(number: number): () => boolean {
    const index = number % this.#workloads;
    const port = 1025 + number;
    this.#put(index, port);
    // Nobody asks for them, and a run is long.
    this.proxy.calls.length = 0;
    this.#server.requests.length = 0;
    const at = `/apis/networking.k8s.io/v1/namespaces/${NAMESPACE}/networkpolicies/app-${index}-portlock`;
    const isOpened = new RegExp(`"port":${port}\\b`);
    return () => isOpened.test(JSON.stringify(this.#kept.at(at)?.spec ?? {}));
  }

  /** The operator ends before the next write, after it, or when that is answered. */
  killAtNextWrite(): void {
    const phase = PHASES[Math.floor(this.#random() * PHASES.length)] ?? 'before';
    const operator = this.#operator;
    const take = this.proxy.rule({
      phase,
      verb: ['create', 'patch'],
      fault: {
        do: 'call',
        call: () => {
          take();
          return operator?.end('SIGKILL');
        },
      },
    });
  }

  async close(): Promise<void> {
    await this.#operator?.end('SIGKILL');
    await this.proxy.close();
    await this.#server.close();
  }

  #put(index: number, containerPort: number): void {
    const name = `app-${index}`;
    const object = deployment({ name, namespace: NAMESPACE, ports: [{ containerPort }] });
    this.#kept.put(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${name}`, object);
  }
}
