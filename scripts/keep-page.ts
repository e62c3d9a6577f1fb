import { readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Writes a generated file, named from the root, where it is not so yet. With `--check` on the command line it writes nothing,
 * and the process ends with 1 where the committed file is stale.
 */
export async function keepPage(name: string, text: string): Promise<void> {
  const current = await readFile(root + name, 'utf8').catch(() => '');
  if (current === text) return;
  if (isStale(name)) return;
  await writeFile(root + name, text);
  console.log(`Wrote ${name}`);
}

/** Removes a generated file that nothing makes any more, or tells of it in the same way. */
export async function removePage(name: string): Promise<void> {
  if (isStale(name)) return;
  await rm(root + name);
  console.log(`Removed ${name}`);
}

/** Whether nothing is to be written; then it is told. */
function isStale(name: string): boolean {
  if (!process.argv.includes('--check')) return false;
  console.error(`${name} is stale: run \`npm run generate\` and commit it.`);
  process.exitCode = 1;
  return true;
}
