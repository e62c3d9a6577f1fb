/**
 * `npm run figures`: how the house is built, from its sources: the rooms of the core with the arrows and
 * circles between them, and lines of unit tests to lines of code. What the linter forbids is not counted here.
 */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const CORE = 'src/domain';
/** A relative import, or an export from elsewhere. */
const IMPORT = /\bfrom '(\.{1,2}\/[^']+)'/g;
/** Not written by hand, or there for tests alone. */
const OUTSIDE = /\.test\.ts$|^src\/testing\/|^src\/api\/(?:port-exposure-report|audit-result)/;

const core = sources(CORE).filter((file) => !file.endsWith('.test.ts'));
const arrows = new Map<string, Set<string>>(core.map((file) => [roomOf(file), new Set()]));
for (const file of core)
  for (const target of importsOf(file)) {
    const [from, to] = [roomOf(file), roomOf(target)];
    if (target.startsWith(`${CORE}/`) && from !== to) arrows.get(from)?.add(to);
  }

const folders = ['src', CORE, 'src/reconcile', 'src/kube', 'src/probe'];
console.table({
  'rooms of src/domain': arrows.size,
  'arrows between them': [...arrows.values()].reduce((sum, { size }) => sum + size, 0),
  'circles of rooms': circles(arrows),
  ...Object.fromEntries(folders.map((folder) => [`test lines to code, ${folder}`, ratio(folder)])),
});

/** The folder of a file of the core; a file at the door is a room of its own. */
function roomOf(file: string): string {
  const folder = path.relative(CORE, path.dirname(file));
  return folder === '' ? path.basename(file, '.ts') : folder;
}

function importsOf(file: string): string[] {
  const found = readFileSync(file, 'utf8').matchAll(IMPORT);
  return [...found].map(([, to = '']) => path.join(path.dirname(file), to));
}

function sources(folder: string): string[] {
  return globSync(`${folder}/**/*.ts`);
}

/** How many rooms can be reached from themselves. */
function circles(graph: ReadonlyMap<string, ReadonlySet<string>>): number {
  const reaches = (from: string, wanted: string, seen: Set<string>): boolean =>
    [...(graph.get(from) ?? [])].some((next) => {
      if (next === wanted) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, wanted, seen);
    });
  return [...graph.keys()].filter((room) => reaches(room, room, new Set())).length;
}

function ratio(folder: string): number {
  const lines = (files: readonly string[]) =>
    files.reduce((sum, file) => sum + readFileSync(file, 'utf8').split('\n').length - 1, 0);
  const all = sources(folder);
  const tests = lines(all.filter((file) => file.endsWith('.test.ts')));
  const code = lines(all.filter((file) => !OUTSIDE.test(file)));
  return Math.round((tests / code) * 100) / 100;
}
