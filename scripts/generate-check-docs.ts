/**
 * Generates docs/checks.md from the checks of `portlock audit`. `--check` writes nothing and exits 1 when the committed
 * file is stale.
 */
import { CHECKS } from '../src/commands/audit/checks.ts';
import { keepPage } from './keep-page.ts';

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

await keepPage('docs/checks.md', text);
