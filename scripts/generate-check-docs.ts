/**
 * Generates docs/checks.md from the checks of `portlock audit`. `--check` writes nothing and exits 1 when the committed
 * file is stale.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { CHECKS } from '../src/commands/audit/checks.ts';

const page = new URL('../docs/checks.md', import.meta.url);
const checks = Object.entries(CHECKS);
const rows = checks.map(
  ([id, { name, severity }]) =>
    `| [${id}](#${id.toLowerCase()}-${name.toLowerCase()}) | ${name} | ${severity} |`,
);
const sections = checks.map(
  ([id, { name, severity, why, fix }]) =>
    `## ${id} ${name}\n\nSeverity: ${severity}\n\n${why}\n\n**What mends it.** ${fix}\n`,
);
const text = `# What \`portlock audit\` and \`portlock render\` find

Generated from the checks by \`npm run generate\`. Do not edit.

The ids are stable: a new check gets a new one, and none is used again. Anything but a note makes the exit code 1.

| id | name | severity |
|---|---|---|
${rows.join('\n')}

${sections.join('\n')}`;

const current = await readFile(page, 'utf8').catch(() => '');
if (process.argv.includes('--check')) {
  if (current !== text) {
    console.error('docs/checks.md is stale: run `npm run generate` and commit it.');
    process.exit(1);
  }
} else if (current !== text) {
  await writeFile(page, text);
  console.log('Wrote docs/checks.md');
}
