import path from 'node:path';
import { repository } from './environment.ts';
import { eventually } from './eventually.ts';
import type { Kubectl, WireObject } from './kubectl.ts';

/** What became of a connection: `open`, `timeout`, or an errno such as ECONNREFUSED. */
export type Connections = Readonly<Record<number, string>>;

/** A namespace with the samples of config/samples: multi-port-app and a client pod. */
export class Sample {
  readonly namespace: string;
  readonly #kubectl: Kubectl;

  private constructor(kubectl: Kubectl, namespace: string) {
    this.#kubectl = kubectl;
    this.namespace = namespace;
  }

  /** Makes the namespace and waits until the pods run. */
  static async create(kubectl: Kubectl, namespace: string): Promise<Sample> {
    await kubectl.run(['create', 'namespace', namespace]);
    const folder = path.join(repository, 'e2e/config/samples');
    await kubectl.run(['--namespace', namespace, 'apply', '--kustomize', folder]);
    const sample = new Sample(kubectl, namespace);
    await kubectl.run([
      '--namespace',
      namespace,
      'rollout',
      'status',
      'deployment/multi-port-app',
      '--timeout',
      '180s',
    ]);
    await kubectl.run([
      '--namespace',
      namespace,
      'wait',
      'pod/multi-port-client',
      '--for',
      'condition=Ready',
      '--timeout',
      '180s',
    ]);
    return sample;
  }

  run(...args: string[]): Promise<string> {
    return this.#kubectl.run(['--namespace', this.namespace, ...args]);
  }

  find(...args: string[]): Promise<WireObject | undefined> {
    return this.#kubectl.find('--namespace', this.namespace, ...args);
  }

  get(...args: string[]): Promise<WireObject> {
    return this.#kubectl.get('--namespace', this.namespace, ...args);
  }

  /** Sets the opt-in label of a Deployment; `undefined` takes it away. */
  async label(mode: string | undefined, deployment = 'multi-port-app'): Promise<void> {
    const change = mode === undefined ? 'portlock.dev/mode-' : `portlock.dev/mode=${mode}`;
    await this.run('label', '--overwrite', 'deployment', deployment, change);
  }

  /** The addresses of the pods of the application, of every family that they have. */
  async addresses(): Promise<string[]> {
    const { items } = await this.get('pods', '--selector', 'app=multi-port-app');
    return items
      .filter((pod: WireObject) => !pod.metadata.deletionTimestamp && pod.status.podIP)
      .flatMap((pod: WireObject) => pod.status.podIPs.map(({ ip }: { ip: string }) => ip));
  }

  /**
   * Connects from the client pod to each port at every address of the application. What is not the
   * same everywhere is told apart: `open at 10.244.0.9, timeout at 10.244.1.7`.
   */
  async connect(ports: readonly number[]): Promise<Connections> {
    const addresses = await this.addresses();
    const seen = await Promise.all(addresses.map((address) => this.connectTo(address, ports)));
    const outcome = (port: number) => {
      const outcomes = seen.map((each) => each[port]);
      if (new Set(outcomes).size === 1) return outcomes[0];
      return outcomes.map((each, index) => `${each} at ${addresses[index]}`).join(', ');
    };
    return Object.fromEntries(ports.map((port) => [port, `${outcome(port)}`]));
  }

  /** Connects from the client pod to each port of one address. */
  async connectTo(address: string, ports: readonly number[]): Promise<Connections> {
    const script = ['/nodejs/bin/node', '/scripts/connect.mjs', address, ...ports.map(String)];
    const output = await this.run('exec', 'multi-port-client', '--', ...script);
    return Object.fromEntries(
      output
        .trim()
        .split('\n')
        .map((line) => line.split(' ')),
    );
  }

  /** The report on a Deployment once it satisfies `holds`. */
  report(
    what: string,
    holds: (report: WireObject) => boolean,
    name = 'multi-port-app',
  ): Promise<WireObject> {
    return eventually(`a report with ${what}`, () => this.get('portexposurereports', name), holds);
  }

  async remove(): Promise<void> {
    await this.#kubectl.run(['delete', 'namespace', this.namespace, '--wait=false']);
  }
}

/** The status of a report's condition: True, False, Unknown, or nothing. */
export function status(report: WireObject, type: string): string | undefined {
  return conditionOf(report, type)?.status;
}

/** The reason of a report's condition. */
export function reason(report: WireObject, type: string): string | undefined {
  return conditionOf(report, type)?.reason;
}

/** A report's condition. */
export function conditionOf(
  report: WireObject,
  type: string,
): { status: string; reason: string; message: string } | undefined {
  return report.status?.conditions?.find((condition: { type: string }) => condition.type === type);
}

/** The undeclared ports that a report says are reachable, sorted. */
export function undeclaredReachable(report: WireObject): number[] {
  const rows: { port: number; finding?: string }[] = report.status?.ports ?? [];
  return rows
    .filter((row) => row.finding === 'UndeclaredReachable')
    .map((row) => row.port)
    .sort((a, b) => a - b);
}

/** What a report says of a port. */
export function rowOf(report: WireObject, port: number): Record<string, unknown> | undefined {
  return report.status?.ports?.find((row: { port: number }) => row.port === port);
}
