import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Writes a generated file, named from the root, where it is not so yet. With `--check` on the command line it writes nothing,
 * and the process ends with 1 where the committed file is stale.
 */
export async function keepPage(name: string, text: string): Promise<void> {
  const current = await readFile(root + name, 'utf8').catch(() => '');
  if (current === text) return;
  if (process.argv.includes('--check')) {
    console.error(`${name} is stale: run \`npm run generate\` and commit it.`);
    process.exitCode = 1;
    return;
  }
  await writeFile(root + name, text);
  console.log(`Wrote ${name}`);
}
