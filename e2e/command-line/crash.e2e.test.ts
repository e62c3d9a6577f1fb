import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** Runs a program that does this after an exception nobody catches is to give something back. */
function run(failing: string, giveBack: string) {
  const program = `
    import { endOnCrash } from './src/telemetry/crash.ts';
    import { createLog } from './src/telemetry/log.ts';
    endOnCrash(createLog('info'), ${giveBack});
    setInterval(() => {}, 1000);
    ${failing}`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module-typescript', '--eval', program],
    { encoding: 'utf8' },
  );
  const lines = stdout.trim().split('\n');
  return { status, stderr, lines: lines.map((line) => JSON.parse(line)) };
}

const giveBack = 'async () => console.log(JSON.stringify({ message: "given back" }))';

it.each([
  ['an exception', 'setImmediate(() => { throw new Error("mistake"); });'],
  ['a rejection', 'void Promise.reject(new Error("mistake"));'],
])(
  '%s that nobody catches is one line of the log, and ends it when all is given back',
  (_, failing) => {
    const { status, stderr, lines } = run(failing, giveBack);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(lines).toMatchObject([
      { level: 'error', message: 'Ended by a mistake of its own', error: 'mistake' },
      { message: 'given back' },
    ]);
    expect(lines[0].stack).toContain('Error: mistake');
  },
);

it('a second one while it gives back is logged, too, and one in giving back ends it', () => {
  const fail = (which: number) => `setImmediate(() => { throw new Error("mistake ${which}"); });`;
  const late = '() => new Promise((_, reject) => setTimeout(reject, 50))';
  const { status, lines } = run(fail(1) + fail(2), late);
  expect(status).toBe(1);
  expect(lines.map(({ error }) => error)).toEqual(['mistake 1', 'mistake 2']);
});
