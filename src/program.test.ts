import { Command } from 'commander';
import { expect, test } from 'vitest';
import { buildProgram } from './program.ts';

const PEOPLES = buildProgram('portlock')
  .commands.map((command) => command.name())
  .filter((name) => !['operator', 'peer'].includes(name));

/** Which value of color the action of a command gets. */
function colorOf(name: string, ...words: string[]): unknown {
  let color: unknown;
  const program = buildProgram('portlock');
  const command = program.commands.find((each) => each.name() === name) ?? new Command();
  command.action((...all: unknown[]) => {
    color = (all.at(-1) as Command).opts().color;
  });
  const given = command.registeredArguments.map(({ argChoices }) => argChoices?.[0] ?? 'x');
  program.parse([name, ...given, ...words], { from: 'user' });
  return color;
}

test('people have all commands but those that run in pods', () => {
  expect(PEOPLES).toEqual(expect.arrayContaining(['render', 'check', 'completion']));
});

test.each(PEOPLES)('%s may be told to have no colours', (name) => {
  expect([colorOf(name), colorOf(name, '--no-color')]).toEqual([true, false]);
});

/** What --help prints. */
function helpOf(name: string): string {
  let text = '';
  const program = buildProgram('portlock');
  const command = program.commands.find((each) => each.name() === name) ?? new Command();
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

test.each(PEOPLES)('the help of %s has its exit codes and two examples', (name) => {
  const [, examples = ''] = helpOf(name).split('\nExamples:\n');
  expect(examples.match(/^ {2}.*(portlock)/gm)?.length).toBeGreaterThanOrEqual(2);
  expect(helpOf(name)).toMatch(/\nExit codes: 0 .*, (or )?.*2 .*bad use\.\n/);
});
