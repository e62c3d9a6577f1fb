import { describe, expect, test } from 'vitest';
import { buildProgram } from '../program.ts';
import { commandFirst } from './leading-flags.ts';

const program = buildProgram('portlock');
const moved = (line: string) => commandFirst(program, line.split(' ')).join(' ');

describe('flags before the command are behind it', () => {
  test.each([
    ['--no-color audit', 'audit --no-color'],
    ['-n shop audit -A', 'audit -n shop -A'],
    ['-nshop audit', 'audit -nshop'],
    ['--namespace=shop audit', 'audit --namespace=shop'],
    ['--context a --kubeconfig b --as c -A audit', 'audit --context a --kubeconfig b --as c -A'],
    ['-n audit explain web', 'explain -n audit web'],
    ['-o json -q check', 'check -o json -q'],
    ['-n shop nothing', 'nothing -n shop'],
  ])('%s', (line, expected) => {
    expect(moved(line)).toBe(expected);
  });
});

describe('the words stay as they are', () => {
  test.each([
    ['audit -n shop', 'the command is in front'],
    ['--nothing audit', 'no command has the flag'],
    ['--version audit', 'the program has it'],
    ['-n shop --help', 'help is asked for'],
    ['-', 'it is stdin'],
  ])('%s, where %s', (line) => {
    expect(moved(line)).toBe(line);
  });
});

test.each(['-n shop', '-n', '--no-color'])('without a command none is left of %s', (line) => {
  expect(moved(line)).toBe('');
});

test('no flag takes a value for one command and none for another', () => {
  const options = program.commands.flatMap((command) => command.options);
  const names = options.flatMap(({ long, short, required }) =>
    [long, short].map((name) => `${name} ${required}`),
  );
  const flags = [...new Set(names)].map((each) => each.split(' ')[0]);
  expect(
    flags.filter((flag, index) => flag !== 'undefined' && flags.indexOf(flag) < index),
  ).toEqual([]);
});
