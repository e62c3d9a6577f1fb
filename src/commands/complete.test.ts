import { Argument, Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { auditCommand } from './audit-command.ts';
import { completionLines, completionsOf } from './complete.ts';
import { peerCommand } from './peer-command.ts';
import { renderCommand } from './render-command.ts';
import { reportCommand } from './report-command.ts';

function program(): Command {
  const all = new Command('portlock').version('1');
  all.addCommand(auditCommand());
  all.addCommand(renderCommand());
  all.addCommand(reportCommand());
  all.addCommand(new Command('shell').addArgument(new Argument('<name>').choices(['bash', 'zsh'])));
  all.addCommand(peerCommand(), { hidden: true });
  return all;
}

function completed(...words: string[]) {
  const { candidates, files } = completionsOf(program(), words);
  return { texts: candidates.map(([text]) => text), files };
}

describe('what may stand at the end of a command line', () => {
  it.each<[words: string[], texts: string[], files: boolean]>([
    [['a'], ['audit'], false],
    [['p'], [], false],
    [['--v'], ['--version'], false],
    [['audit', '--all'], ['--all-namespaces'], false],
    [['audit', '-o', ''], ['table', 'wide', 'json', 'yaml'], false],
    [['audit', '-A', '--output', 'j'], ['json'], false],
    [['audit', '--output=j'], ['--output=json'], false],
    [['audit', '--widening', ''], ['explicit', 'never'], false],
    [['audit', '-f', ''], [], true],
    [['audit', '--kubeconfig', 'x'], [], true],
    [['audit', '-n', ''], [], false],
    [['render', 'de'], [], true],
    [['audit', ''], [], false],
    [['shell', 'b'], ['bash'], false],
    [['nothing', ''], [], false],
    [['-n', 'shop', 'a'], ['audit'], false],
    [['-n', 'shop', 'audit', '-o', 'j'], ['json'], false],
    [['-n', 'a'], [], false],
    [['--kubeconfig', 'a'], [], true],
    [['--all-'], ['--all-namespaces'], false],
    [['-n', 'shop', '--all-'], ['--all-namespaces'], false],
    [['--names'], ['--namespace'], false],
    [['-o', 't'], ['table'], false],
    [['--output=j'], ['--output=json', '--output=junit'], false],
    [['-o', 'sar'], ['sarif'], false],
    [['-o', 'open'], ['openreports'], false],
    [['report', '-o', 'open'], ['openreports'], false],
    [['report', '--output=open'], ['--output=openreports'], false],
    [['report', '-o', 'html', ''], [], true],
    [['--kubeconfig', 'x', ''], ['audit', '--version', '--help'], false],
    [['--check', 'r'], ['render'], false],
    [['-ojson', 'r'], ['report'], false],
    [['--check', '--kube'], [], false],
    [['-A', 'a'], ['audit'], false],
    [['--nothing', 'a'], ['audit'], false],
  ])('%j', (words, texts, files) => {
    expect(completed(...words)).toEqual({ texts, files });
  });

  it('is every command that help tells of where there is nothing yet', () => {
    const { texts } = completed('');
    expect(texts).toEqual(expect.arrayContaining(['audit', 'render', '--help']));
    expect(texts).not.toContain('peer');
  });

  it('says of a flag in front what it is, where all commands say the same', () => {
    const about = (flag: string) => completionsOf(program(), [flag]).candidates;
    expect(about('--versio')).toEqual([['--version', expect.stringMatching(/./)]]);
    expect(about('--check')).toEqual([['--check', expect.stringMatching(/./)]]);
    expect(about('--outpu')).toEqual([['--output', '']]);
  });

  it('is written as kubectl reads it', () => {
    const candidates = [['audit', 'Tell'] as const, ['json', ''] as const];
    expect(completionLines({ candidates, files: false })).toBe('audit\tTell\njson\n:4\n');
    expect(completionLines({ candidates: [], files: true })).toBe(':0\n');
  });
});
