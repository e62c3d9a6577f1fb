/**
 * `npm test`: what must hold at every change, in two lanes side by side, and at the end one line
 * `N passed, N failed, N skipped`. With projects as arguments: their tests, one after the other, whatever became of those before. A check such as the linter counts as one test. In CI (CI=true) a
 * skipped test is a failure. What takes longer has scripts of its own: see CONTRIBUTING.md.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** What a step prints: as it comes, or in one piece when it has ended, so that lanes do not mix. */
type Output = 'live' | 'ended';
type Step = { check: string; command: readonly string[] } | { project: string; files?: string[] };

/** Each lane goes its own way, one step after the other: most tests of the cluster wait, and most others compute. */
const EVERY_CHANGE: Readonly<Record<Output, readonly Step[]>> = {
  // What takes the machine's one cluster.
  live: [
    // The others take a quarter of an hour: npm run test:faults.
    { project: 'faults', files: ['e2e/faults/quick'] },
    { project: 'e2e' },
  ],
  // What is quick first.
  ended: [
    { check: 'Formatting and lint', command: ['npm', 'run', '--silent', 'lint'] },
    { check: 'Types', command: ['npm', 'run', '--silent', 'typecheck'] },
    { check: 'Generated files', command: ['npm', 'run', '--silent', 'check:generated'] },
    { project: 'unit' },
    { check: 'Listed mutants', command: ['npm', 'run', '--silent', 'test:mutants'] },
    { project: 'e2e-parts' },
  ],
};

const projects = process.argv.slice(2);
const lanes: typeof EVERY_CHANGE =
  projects.length > 0
    ? { live: projects.map((project) => ({ project })), ended: [] }
    : EVERY_CHANGE;

/** Set by Ctrl-C or a kill: what runs is told, and nothing more is begun. */
let stoppedBy: NodeJS.Signals | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stoppedBy = signal;
  });
}

const total: Count = { passed: 0, failed: 0, skipped: 0 };
const folder = await mkdtemp(path.join(tmpdir(), 'portlock-tests-'));
try {
  await Promise.all([walk('live'), walk('ended')]);
} finally {
  await rm(folder, { recursive: true, force: true });
}
const skippedIsFailure = process.env.CI === 'true' && total.skipped > 0;
if (skippedIsFailure) console.log(`In CI nothing may be skipped, and ${total.skipped} tests were.`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = stoppedBy || total.failed > 0 || skippedIsFailure ? 1 : 0;

async function walk(lane: Output): Promise<void> {
  for (const step of lanes[lane]) {
    if (stoppedBy) return;
    if ('project' in step) add(await runProject(step.project, step.files ?? [], lane));
    else add(await runCheck(step.check, step.command, lane));
  }
}

async function runCheck(check: string, command: readonly string[], output: Output) {
  const code = await run(check, command, output);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

async function runProject(
  project: string,
  files: readonly string[],
  output: Output,
): Promise<Count> {
  const file = path.join(folder, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const command = ['npx', 'vitest', 'run', '--project', project, ...files, ...reporters];
  const code = await run(`Tests: ${project}`, command, output);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  // No result at all: the set-up failed.
  if (text === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const result = JSON.parse(text);
  const failed: number = result.numFailedTests;
  return {
    passed: result.numPassedTests,
    // A file that could not be loaded, or a set-up that failed, counts no test but fails the run.
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

function run(what: string, command: readonly string[], output: Output): Promise<number> {
  const startedAt = performance.now();
  console.log(`== ${what}: ${command.slice(0, 6).join(' ')}`);
  const [program = '', ...args] = command;
  const kept: Buffer[] = [];
  const stream = output === 'live' ? 'inherit' : 'pipe';
  const child = spawn(program, args, { stdio: ['ignore', stream, stream] });
  for (const each of [child.stdout, child.stderr]) each?.on('data', (data) => kept.push(data));
  // Ctrl-C reaches the child by the terminal; a kill has to be passed on.
  const forward = () => child.kill('SIGTERM');
  process.on('SIGTERM', forward);
  return new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', (code) => {
      process.off('SIGTERM', forward);
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
      process.stdout.write(Buffer.concat(kept));
      console.log(`== ${what}: ${code === 0 ? 'ok' : 'FAILED'} in ${seconds} s`);
      resolve(code ?? 1);
    });
  });
}

function add(count: Count): void {
  total.passed += count.passed;
  total.failed += count.failed;
  total.skipped += count.skipped;
}
