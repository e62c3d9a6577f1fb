/**
 * Generates docs/checks.md, and a page for each check of `portlock audit` in docs/checks. `--check` writes nothing and
 * exits 1 when a committed file is stale.
 */
import { globSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { CHECKS, type Check } from '../src/commands/audit/checks.ts';
import { compareText } from '../src/commands/compare-text.ts';
import { keepPage, removePage } from './keep-page.ts';

const root = path.join(import.meta.dirname, '..');
const GOLDENS = 'src/commands/testdata/manifests/*/audit.txt';
/** A finding as `portlock audit -f` prints it; hostile names are for tests. */
const FINDING = /^[\w./-]+:\d+: (PL\d{3}) (?=\w+: [ -~]+$)/;

const checks: [string, Check][] = Object.entries(CHECKS);
const examples = await findingsOfGoldens();
await mkdir(path.join(root, 'docs/checks'), { recursive: true });
await keepPage('docs/checks.md', index());
for (const [id, check] of checks) await keepPage(`docs/checks/${id}.md`, page(id, check));
for (const name of globSync('docs/checks/*.md', { cwd: root }))
  if (!(path.basename(name, '.md') in CHECKS)) await removePage(name);

function index(): string {
  const rows = checks.map(
    ([id, { name, severity }]) => `| [${id}](checks/${id}.md) | ${name} | ${severity} |`,
  );
  return `# What \`portlock audit\` and \`portlock render\` find

Generated from the checks by \`npm run generate\`. Do not edit.

The ids are stable: a new check gets a new one, and none is used again. Anything but a note makes the exit code 1.

| id | name | severity |
|---|---|---|
${rows.join('\n')}
`;
}

function page(id: string, { name, severity, why, fix }: Check): string {
  const example = examples.get(id);
  const look = example
    ? `## How it looks\n\n\`\`\`text\n${example}\n\`\`\`\n`
    : `\`portlock audit\` [on a cluster](../audit.md) tells which ports of which pods it is about.\n`;
  return `# ${id} ${name}

Generated from the checks by \`npm run generate\`. Do not edit.

Severity: ${severity}. ${severity === 'note' ? 'Alone it makes no exit code.' : 'It makes the exit code 1.'}

${why}

${look}
## What mends it

${fix}

[All checks](../checks.md)
`;
}

/** By its id, the shortest one of each that the command is shown to print. */
async function findingsOfGoldens(): Promise<ReadonlyMap<string, string>> {
  const texts = globSync(GOLDENS, { cwd: root }).map((name) =>
    readFile(path.join(root, name), 'utf8'),
  );
  const lines = (await Promise.all(texts)).flatMap((text) => text.split('\n'));
  const found = lines
    .filter((line) => FINDING.test(line))
    .sort((a, b) => b.length - a.length || compareText(b, a));
  return new Map(found.map((line) => [FINDING.exec(line)?.[1] ?? '', line]));
}
