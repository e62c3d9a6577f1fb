import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterError } from '../../e2e/cluster/cluster-error.ts';
import { goProgram } from '../../e2e/cluster/go-program.ts';
import { repository } from '../../e2e/harness/environment.ts';
import { operatorTerms } from '../../e2e/harness/manifest.ts';

const METRICS = 'http://127.0.0.1:18080/metrics';
const READY = 'http://127.0.0.1:18081/readyz';
const CANARY_PORT = '19447';
/** The kernel counts processor time in these, a second. */
const TICKS = 100;

/** A program that keeps policies, as a command line. */
export interface Contestant {
  readonly name: 'go' | 'portlock';
  readonly words: readonly string[];
}

export async function contestants(
  kubeconfig: string,
  signal: AbortSignal,
): Promise<readonly Contestant[]> {
  const directory = path.join(import.meta.dirname, 'peer');
  const peer = await goProgram({ directory, name: 'peer', go: '1.26' }, signal);
  const operator = [
    process.execPath,
    path.join(repository, 'dist/portlock.js'),
    'operator',
    ...['--kubeconfig', kubeconfig, '--namespace', 'default', '--canary-port', CANARY_PORT],
    ...['--metrics-bind-address', '127.0.0.1:18080', '--metrics-secure=false'],
    ...['--health-probe-bind-address', '127.0.0.1:18081'],
  ];
  return [
    { name: 'go', words: [peer, '--kubeconfig', kubeconfig] },
    { name: 'portlock', words: operator },
  ];
}

/** A contestant's running process. */
export class Running {
  readonly contestant: Contestant;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #signal: AbortSignal;

  constructor(contestant: Contestant, signal: AbortSignal) {
    this.contestant = contestant;
    this.#signal = signal;
    const [command = '', ...words] = contestant.words;
    this.#child = spawn(command, words, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...environmentOfPod() },
    });
    this.#ended = new Promise((resolve) => this.#child.once('exit', resolve));
  }

  /** Resident memory, in bytes. */
  get resident(): number {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(this.#read('status'))?.[1];
    return Number(kilobytes) * 1024;
  }

  /** Processor time since the start, in seconds. */
  get processorSeconds(): number {
    // The name in parentheses may hold spaces; utime and stime are the 14th and 15th field.
    const fields = this.#read('stat').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  }

  #read(file: string): string {
    this.#assertRuns();
    return readFileSync(`/proc/${this.#child.pid}/${file}`, 'utf8');
  }

  #assertRuns(): void {
    const { exitCode, signalCode } = this.#child;
    const how = exitCode ?? signalCode;
    if (how !== null) throw new ClusterError(`${this.contestant.name} has ended with ${how}`);
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
  }

  /** The sum of portlock's own metric over all labels that match; of the peer, which serves none, undefined. */
  async metric(name: string, labels = /^/): Promise<number | undefined> {
    if (this.contestant.name === 'go') return undefined;
    const text = await (await fetch(METRICS)).text();
    const samples = text.matchAll(new RegExp(`^${name}(\\{.*\\})? (\\S+)$`, 'gm'));
    return [...samples]
      .filter(([, given = '']) => labels.test(given))
      .reduce((sum, [, , value]) => sum + Number(value), 0);
  }

  /** Waits until portlock says that it is ready; the peer does not say. */
  async untilReady(): Promise<void> {
    if (this.contestant.name === 'go') return;
    for (;;) {
      const answer = await fetch(READY).catch(() => undefined);
      if (answer?.status === 200) return;
      this.#assertRuns();
      await sleep(20, undefined, { signal: this.#signal });
    }
  }

  /** Waits until the process has used next to no processor time for two seconds. */
  async untilQuiet(): Promise<void> {
    for (let before = this.processorSeconds; ; ) {
      await sleep(2_000, undefined, { signal: this.#signal });
      const now = this.processorSeconds;
      if (now - before < 0.1) return;
      before = now;
    }
  }
}

/** The variables of the operator's container; V8 takes a share of the memory there, not of this machine's. */
function environmentOfPod(): Record<string, string> {
  const { environment, memoryLimit } = operatorTerms();
  const share = /--max-old-space-size-percentage=(\d+)/;
  const inMegabytes = (_: string, percent: string) =>
    `--max-old-space-size=${Math.floor((memoryLimit * Number(percent)) / 100 / 2 ** 20)}`;
  const NODE_OPTIONS = environment.NODE_OPTIONS?.replace(share, inMegabytes) ?? '';
  return { ...environment, NODE_OPTIONS };
}
