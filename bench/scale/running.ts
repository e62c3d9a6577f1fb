import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterError } from '../../e2e/cluster/cluster-error.ts';
import type { Contestant, Program } from './contestants.ts';

const READY_MILLISECONDS = 180_000;
/** The kernel counts processor time in these, a second. */
const TICKS = 100;

/** A program that ends that often does not work. */
const MOST_RESTARTS = 5;

/** A contestant's running processes. One that ends is started again, as a kubelet would. */
export class Running {
  readonly contestant: Contestant;
  readonly #children: ChildProcess[];
  readonly #signal: AbortSignal;
  #restarts = 0;
  #isStopped = false;

  constructor(contestant: Contestant, signal: AbortSignal) {
    this.contestant = contestant;
    this.#signal = signal;
    this.#children = contestant.programs.map((_, index) => this.#start(index));
  }

  /** How often one of them has ended by itself. */
  get restarts(): number {
    return this.#restarts;
  }

  #start(index: number): ChildProcess {
    const program = this.contestant.programs[index];
    if (program === undefined) throw new RangeError(`there is no program ${index}`);
    const child = start(program);
    child.once('exit', () => {
      if (this.#isStopped || this.#restarts >= MOST_RESTARTS) return;
      this.#restarts++;
      this.#children[index] = this.#start(index);
    });
    return child;
  }

  /** Resident memory of all, in bytes. */
  get resident(): number {
    const kilobytes = this.#read('status').map((text) => /^VmRSS:\s+(\d+) kB/m.exec(text)?.[1]);
    return sum(kilobytes.map(Number)) * 1024;
  }

  /** Processor time of all since the start, in seconds; of one that was started again, since then. */
  get processorSeconds(): number {
    const ticks = this.#read('stat').map((text) => {
      // The name in parentheses may hold spaces; utime and stime are the 14th and 15th field.
      const fields = text.split(') ')[1]?.split(' ') ?? [];
      return Number(fields[11]) + Number(fields[12]);
    });
    return sum(ticks) / TICKS;
  }

  #read(file: string): string[] {
    this.#assertRuns();
    return this.#children.map(({ pid }) => readFileSync(`/proc/${pid}/${file}`, 'utf8'));
  }

  #assertRuns(): void {
    for (const { exitCode, signalCode, spawnfile } of this.#children) {
      const how = exitCode ?? signalCode;
      if (how === null) continue;
      throw new ClusterError(`${this.contestant.name}: ${spawnfile} has ended with ${how}`);
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const running = this.#children.filter((child) => (child.exitCode ?? child.signalCode) === null);
    const ended = running.map((child) => new Promise((resolve) => child.once('exit', resolve)));
    for (const child of running) child.kill('SIGTERM');
    await Promise.all(ended);
  }

  /** The sum of a metric of portlock's over all labels that match; undefined of one that serves none. */
  async metric(name: string, labels = /^/): Promise<number | undefined> {
    const { metrics } = this.contestant;
    if (metrics === undefined) return undefined;
    const text = await (await fetch(metrics)).text();
    const samples = text.matchAll(new RegExp(`^${name}(\\{.*\\})? (\\S+)$`, 'gm'));
    const matching = [...samples].filter(([, given = '']) => labels.test(given));
    return sum(matching.map(([, , value]) => Number(value)));
  }

  /**
   * Waits until it would act on a label, where it can be asked.
   *
   * @throws ClusterError where it has ended, or does not for minutes
   */
  async untilReady(): Promise<void> {
    const { contestant } = this;
    const giveUpAt = performance.now() + READY_MILLISECONDS;
    while (contestant.isReady !== undefined && !(await contestant.isReady())) {
      this.#assertRuns();
      if (performance.now() > giveUpAt)
        throw new ClusterError(`${contestant.name} does not become ready`);
      await sleep(20, undefined, { signal: this.#signal });
    }
  }

  /** Waits until the processes have used next to no processor time for two seconds. */
  async untilQuiet(): Promise<void> {
    for (let before = this.processorSeconds; ; ) {
      await sleep(2_000, undefined, { signal: this.#signal });
      const now = this.processorSeconds;
      if (now - before < 0.1) return;
      before = now;
    }
  }
}

function start({ words, environment, log }: Program): ChildProcess {
  const [command = '', ...args] = words;
  const output = log === undefined ? undefined : openSync(log, 'a');
  const child = spawn(command, args, {
    stdio: ['ignore', output ?? 'ignore', output ?? 'inherit'],
    env: { ...process.env, ...environment },
  });
  if (output !== undefined) closeSync(output);
  return child;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}
