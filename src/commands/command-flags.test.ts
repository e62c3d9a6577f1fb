import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { checkCommand } from './check-command.ts';
import { DEFAULT_IMAGE } from './default-image.ts';
import { peerCommand } from './peer-command.ts';
import { probeCommand } from './probe-command.ts';
import { reportCommand } from './report-command.ts';

/** The arguments and flags that these words give a command, which is not run. */
function given(command: Command, ...words: string[]) {
  let flags: Record<string, unknown> = {};
  let args: string[] = [];
  command.exitOverride().configureOutput({ writeErr: () => {} });
  command.action((...all: unknown[]) => {
    const [own] = all.slice(-1) as [Command];
    flags = own.opts();
    args = own.processedArgs;
  });
  command.parse(words, { from: 'user' });
  return { flags, args };
}

describe('where nothing is said', () => {
  test('check gives a network a minute, and all of it three', () => {
    expect(given(checkCommand()).flags).toEqual({
      image: DEFAULT_IMAGE,
      settle: 60_000,
      timeout: 180_000,
      output: 'table',
    });
  });

  test('probe is no faster than the operator is', () => {
    expect(given(probeCommand(), 'web')).toEqual({
      args: ['web'],
      flags: { rate: 300, concurrency: 8192, timeout: 500, output: 'table' },
    });
  });

  test('report reads from stdin', () => {
    expect(given(reportCommand())).toEqual({
      args: ['-'],
      flags: { output: 'table' },
    });
  });

  test('peer does nothing', () => {
    expect(given(peerCommand()).flags).toEqual({ rate: 0, timeout: 500 });
  });
});

describe('what a peer is to ask', () => {
  test('is each address with its own ports, of either family', () => {
    const words = ['--ask', 'fd00::1=80,443', '--ask', '10.0.0.1', '--ask=10.0.0.2=all'];
    expect(given(peerCommand(), ...words).flags.ask).toEqual([
      { address: 'fd00::1', ports: [80, 443] },
      { address: '10.0.0.1', ports: [] },
      { address: '10.0.0.2', ports: 'all' },
    ]);
  });

  test('is refused where its ports are none', () => {
    expect(() => given(peerCommand(), '--ask', '10.0.0.1=http')).toThrow(/invalid/);
  });

  test('and what it listens on are ports', () => {
    expect(given(peerCommand(), '--listen', '80,90-91', '--again').flags).toMatchObject({
      listen: [80, 90, 91],
      again: true,
    });
  });
});

test.each<[name: string, command: () => Command, words: string[], why: RegExp]>([
  ['check', checkCommand, ['-o', 'wide'], /must be table, json, yaml/],
  ['check', checkCommand, ['--settle', '1'], /must be a duration/],
  ['probe', probeCommand, [], /missing required argument 'target'/],
  ['probe', probeCommand, ['web', '--ports', '0'], /invalid/],
  ['probe', probeCommand, ['web', '--concurrency', '0'], /from 1 to 32768/],
  ['probe', probeCommand, ['web', 'db'], /too many arguments/],
  ['report', reportCommand, ['-o', 'pdf'], /must be table, wide, json, sarif, html/],
])('%s refuses what it does not know: %j', (_name, command, words, why) => {
  expect(() => given(command(), ...words)).toThrow(why);
});
