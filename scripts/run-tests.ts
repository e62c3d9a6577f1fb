/**
 * `npm test`: everything that must hold, one step after the other, and at the end one line
 * `N passed, N failed, N skipped`. A check such as the linter counts as one test. In CI (CI=true) a
 * skipped test is a failure.
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

const CHECKS: [what: string, ...command: string[]][] = [
  ['Formatting and lint', 'npm', 'run', '--silent', 'lint'],
  ['Types', 'npm', 'run', '--silent', 'typecheck'],
  ['Generated files', 'npm', 'run', '--silent', 'check:generated'],
  ['Listed mutants', 'npm', 'run', '--silent', 'test:mutants'],
];
/** In this order: what is quick first; each of the last ones takes the machine's one cluster. */
const PROJECTS: [project: string, ...files: string[]][] = [
  ['unit'],
  // The others take a quarter of an hour: npm run test:faults.
  ['faults', 'e2e/faults/quick'],
  ['e2e'],
  ['e2e-dual-stack'],
  ['e2e-ptp'],
  ['e2e-parts'],
];

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
  for (const [what, ...command] of CHECKS) {
    const code = await run(what, command);
    add({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 });
  }
  for (const project of PROJECTS) if (!stoppedBy) add(await runProject(...project));
} finally {
  await rm(folder, { recursive: true, force: true });
}
const skippedIsFailure = process.env.CI === 'true' && total.skipped > 0;
if (skippedIsFailure) console.log(`In CI nothing may be skipped, and ${total.skipped} tests were.`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = stoppedBy || total.failed > 0 || skippedIsFailure ? 1 : 0;

async function runProject(project: string, ...files: string[]): Promise<Count> {
  const file = path.join(folder, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const code = await run(`Tests: ${project}`, [
    'npx',
    'vitest',
    'run',
    '--project',
    project,
    ...files,
    ...reporters,
  ]);
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

function run(what: string, command: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  console.log(`\n== ${what}: ${command.slice(0, 6).join(' ')}`);
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  // Ctrl-C reaches the child by the terminal; a kill has to be passed on.
  const forward = () => child.kill('SIGTERM');
  process.on('SIGTERM', forward);
  return new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code) => {
      process.off('SIGTERM', forward);
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
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
