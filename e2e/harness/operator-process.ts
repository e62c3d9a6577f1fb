import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { until } from '../../src/testing/until.ts';
import { repository } from './environment.ts';
import { freePort } from './free-port.ts';

/** Milliseconds after which something hangs: on a busy machine, to start takes its time. */
const HANGS = 180_000;

export interface OperatorProcessOptions {
  kubeConfig: KubeConfig;
  /** The program, `src/cli.ts` where not given; the bundle starts sooner. */
  program?: string;
  /** The name of its pod, which there need not be. */
  pod?: string;
  /** Where its log goes; it is kept where not given. A number is a file descriptor. */
  output?: 'pipe' | number;
  flags?: readonly string[];
  /** For Node. */
  nodeFlags?: readonly string[];
  environment?: Readonly<Record<string, string>>;
  /** The file of pids of a control group that it is in. */
  group?: string;
}

/** How a process ended. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** `portlock operator` as a process of this machine. */
export class OperatorProcess {
  /** What it has logged, a line each. */
  readonly lines: string[] = [];
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly #folder: string;
  readonly #health: number;
  readonly #metrics: number;

  private constructor(
    { kubeConfig, pod = 'portlock-0', output = 'pipe', ...options }: OperatorProcessOptions,
    ports: { health: number; metrics: number; canary: number },
  ) {
    this.#folder = mkdtempSync(path.join(tmpdir(), 'portlock-operator-'));
    this.#health = ports.health;
    this.#metrics = ports.metrics;
    const kubeconfig = path.join(this.#folder, 'kubeconfig');
    writeFileSync(kubeconfig, kubeConfig.exportConfig(), { mode: 0o600 });
    const words = [
      ...(options.nodeFlags ?? []),
      options.program ?? path.join(repository, 'src/cli.ts'),
      'operator',
      ...['--kubeconfig', kubeconfig, '--namespace', 'portlock-system'],
      ...['--health-probe-bind-address', `127.0.0.1:${ports.health}`],
      ...['--metrics-bind-address', `127.0.0.1:${ports.metrics}`, '--metrics-secure=false'],
      ...['--canary-port', `${ports.canary}`],
      ...(options.flags ?? []),
    ];
    const env = { PATH: process.env.PATH, HOME: this.#folder, POD_NAME: pod };
    const [command, ...rest] = inGroup([process.execPath, ...words], options.group);
    this.child = spawn(command, rest, {
      stdio: ['ignore', output, 'inherit'],
      env: { ...env, ...options.environment },
    });
    this.ended = new Promise((resolve) => {
      this.child.once('exit', (code, signal) => {
        rmSync(this.#folder, { recursive: true, force: true });
        resolve({ code, signal });
      });
    });
    let begun = '';
    this.child.stdout?.on('data', (data) => {
      const parts = (begun + data).split('\n');
      begun = parts.pop() ?? '';
      this.lines.push(...parts);
    });
  }

  static async start(options: OperatorProcessOptions): Promise<OperatorProcess> {
    const ports = {
      health: await freePort(),
      metrics: await freePort(),
      canary: await freePort(),
    };
    return new OperatorProcess(options, ports);
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Where it serves metrics. */
  get metricsAddress(): string {
    return `127.0.0.1:${this.#metrics}`;
  }

  /** The status of /readyz; undefined while it does not serve. */
  async readiness(): Promise<number | undefined> {
    const url = `http://127.0.0.1:${this.#health}/readyz`;
    return (await fetch(url).catch(() => undefined))?.status;
  }

  async untilReady(milliseconds = HANGS): Promise<void> {
    await until(
      'the operator is ready',
      async () => (await this.readiness()) === 200,
      milliseconds,
    );
  }

  /** The sum of a metric over all labels that match. */
  async metric(name: string, labels = /^/): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.#metrics}/metrics`)).text();
    const samples = text.matchAll(new RegExp(`^${name}(\\{.*\\})? (\\S+)$`, 'gm'));
    return [...samples]
      .filter(([, given = '']) => labels.test(given))
      .reduce((sum, [, , value]) => sum + Number(value), 0);
  }

  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** A process that begins in the group, as one that is moved there later leaves behind what it has used. */
function inGroup(words: [string, ...string[]], group: string | undefined): [string, ...string[]] {
  const enter = 'echo $$ > "$0" && exec "$@"';
  return group === undefined ? words : ['/bin/sh', '-c', enter, group, ...words];
}
