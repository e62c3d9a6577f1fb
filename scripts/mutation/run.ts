/**
 * `npm run test:mutation -- [--sample N] [--seed TEXT] [FOLDER or FILE ...]`: mutation tests of the rooms that are named,
 * or of all four, one after the other, each by the tests of its own folder of src. With a sample, of N lines drawn from
 * each; what a run has tried, the next one does not try again.
 */
import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { drawnLines } from './sample.ts';
import { type MutationReport, type Room, scoreTable } from './score-table.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const ROOMS = ['src/domain', 'src/reconcile', 'src/kube', 'src/probe'];
const REPORT = 'coverage/mutation/mutation.json';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sample: { type: 'string' }, seed: { type: 'string', default: '1' } },
});
const paths = (positionals.length > 0 ? positionals : ROOMS).map((each) => each.replace(/\/$/, ''));
const rooms = await Promise.all(paths.map(roomOf));
const files: Record<string, MutationReport['files'][string]> = {};
for (const room of rooms) {
  const code = await stryker(room);
  if (code === 0)
    Object.assign(files, JSON.parse(readFileSync(path.join(ROOT, REPORT), 'utf8')).files);
  else process.exitCode = code;
}
console.log(scoreTable({ files }, rooms));

async function roomOf(room: string): Promise<Room> {
  const { sample } = values;
  if (sample === undefined) return { path: room, lines: undefined };
  if (!/^[1-9]\d*$/.test(sample)) throw new RangeError(`--sample takes a number, not "${sample}"`);
  const pattern = statSync(path.join(ROOT, room)).isFile() ? room : `${room}/**/*.ts`;
  const names = await Array.fromAsync(glob(pattern, { cwd: ROOT, exclude: ['**/*.test.ts'] }));
  const files = names
    .map((name) => name.replaceAll(path.sep, '/'))
    .map((file) => ({ file, text: readFileSync(path.join(ROOT, file), 'utf8') }));
  return { path: room, lines: drawnLines(files, Number(sample), values.seed) };
}

/** In Stryker's own form: `file`, or `file:first line-last line`. */
function patternsOf({ path: room, lines }: Room): string[] {
  if (lines) return lines.map((place) => `${place}-${place.slice(place.lastIndexOf(':') + 1)}`);
  return statSync(path.join(ROOT, room)).isFile()
    ? [room]
    : [`${room}/**/*.ts`, `!${room}/**/*.test.ts`];
}

function stryker(room: Room): Promise<number> {
  const config = 'scripts/mutation/stryker.config.json';
  const folder = room.path.split('/').slice(0, 2).join('/');
  const child = spawn('npx', ['stryker', 'run', config, '--mutate', patternsOf(room).join(',')], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, MUTATION_TESTS: folder },
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exit) => resolve(exit ?? 1));
  });
}
