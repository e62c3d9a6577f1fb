import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { commandsOf, wordsOf } from '../e2e/harness/page-commands.ts';
import packageJson from '../package.json' with { type: 'json' };
import { auditCommand } from '../src/commands/audit-command.ts';
import { checkCommand } from '../src/commands/check-command.ts';
import { completionCommand } from '../src/commands/completion-command.ts';
import { diffCommand } from '../src/commands/diff-command.ts';
import { explainCommand } from '../src/commands/explain-command.ts';
import { fixCommand } from '../src/commands/fix-command.ts';
import { migrateCommand } from '../src/commands/migrate-command.ts';
import { probeCommand } from '../src/commands/probe-command.ts';
import { renderCommand } from '../src/commands/render-command.ts';
import { reportCommand } from '../src/commands/report-command.ts';
import { uninstallCommand } from '../src/commands/uninstall-command.ts';
import { operatorCommand } from '../src/operator-command.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const PAGES = ['README.md', ...globSync('docs/{*,runbooks/*}.md', { cwd: ROOT }).sort()];
const read = (page: string) => readFileSync(path.join(ROOT, page), 'utf8');

/** As GitHub makes it of a heading. */
function anchorsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** Those without commands that a test runs, too. */
const ALL_PAGES = globSync('{*.md,docs/**/*.md,e2e/**/README.md}', { cwd: ROOT }).sort();

test.each(ALL_PAGES)('%s links to files and headings that are there', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  const broken = links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? page : path.join(path.dirname(page), file);
    if (!existsSync(path.join(ROOT, target))) return true;
    return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
  });
  expect(broken).toEqual([]);
});

/** Each is made anew: a command keeps what it parsed. */
const COMMANDS: Readonly<Record<string, () => Command>> = {
  audit: auditCommand,
  check: checkCommand,
  completion: completionCommand,
  diff: diffCommand,
  explain: explainCommand,
  fix: fixCommand,
  migrate: migrateCommand,
  operator: operatorCommand,
  probe: probeCommand,
  render: renderCommand,
  report: reportCommand,
  uninstall: uninstallCommand,
};

const commands = PAGES.flatMap((page) =>
  commandsOf(page).flatMap((line) => line.split(' | ').map((command) => ({ page, command }))),
);

describe('the commands of the pages', () => {
  const ours = commands.filter(({ command }) => command.startsWith('portlock '));
  test.each(ours)('$page: $command is understood', async ({ command }) => {
    const [name = '', ...words] = wordsOf(command.replace(/ > \S+$/, '')).slice(1);
    const make = COMMANDS[name];
    if (make === undefined) throw new Error(`there is no command ${name}`);
    let isUnderstood = false;
    const parser = make()
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .action(() => {
        isUnderstood = true;
      });
    await parser.parseAsync(words, { from: 'user' });
    expect(isUnderstood).toBe(true);
  });

  test.each(commands.filter(({ command }) => /^npm (run|test)\b/.test(command)))(
    '$page: $command is a script',
    ({ command }) => {
      const name = wordsOf(command.replace(/^npm (run )?/, ''))[0];
      expect(Object.keys(packageJson.scripts)).toContain(name);
    },
  );

  test('there are many, and an unknown flag is found', async () => {
    expect(ours.length).toBeGreaterThan(20);
    const parser = checkCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    await expect(parser.parseAsync(['--wrong'], { from: 'user' })).rejects.toThrow(
      'unknown option',
    );
  });
});

describe('docs/tuning.md', () => {
  const rows = [...read('docs/tuning.md').matchAll(/^\| `(--[a-z-]+)` (\S+) \|/gm)];
  const { options } = operatorCommand();

  test.each(rows.map(([, flag = '', value = '']) => ({ flag, value })))(
    '$flag is $value where nobody sets it',
    ({ flag, value }) => {
      const option = options.find(({ long }) => long === flag);
      expect(String(option?.defaultValueDescription ?? option?.defaultValue)).toBe(value);
    },
  );

  test('has many', () => {
    expect(rows.length).toBeGreaterThan(10);
  });
});

test('docs/platform.md says which namespaces the default mode leaves out', () => {
  const option = operatorCommand().options.find(({ long }) => long === '--exclude-namespaces');
  expect(read('docs/platform.md')).toContain(`\`${option?.defaultValueDescription}\``);
});

test('the sample row of the README is as old as a sweep after the settle time is at least', () => {
  const [, reason, , , minutes] =
    /^multi-port-app +Enforce +1 +0 +0 +True +(\w+) +(\w+) +(\w+) +\w+ +(\d+)m$/m.exec(
      read('README.md'),
    ) ?? [];
  expect(reason).toBe('Swept');
  // 65,535 ports at 300 a second, and a minute to settle.
  expect(Number(minutes) * 60).toBeGreaterThan(65_535 / 300 + 60);
});

test('what is measured is written where git does not look', () => {
  const written = globSync('bench/**/*.ts', { cwd: ROOT }).flatMap((file) =>
    [...read(file).matchAll(/new URL\('(\.\.\/[^']+\.(?:svg|md|json))'/g)].map(([, to = '']) =>
      path.join(path.dirname(file), to),
    ),
  );
  expect(written).toEqual(['dist/probe-in-flight.svg']);
  expect(read('.gitignore').split('\n')).toContain('dist/*');
});
