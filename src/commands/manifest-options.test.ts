import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { auditCommand } from './audit-command.ts';
import { checkCommand } from './check-command.ts';
import { clusterOptions } from './cluster-options.ts';
import { diffCommand } from './diff-command.ts';
import { explainCommand } from './explain-command.ts';
import { allOption, manifestOptions, sourceOptions, thereOptions } from './manifest-options.ts';
import { probeCommand } from './probe-command.ts';
import { renderCommand } from './render-command.ts';

/** What a command with these options is given by these words. */
function given(options: (command: Command) => Command, ...words: string[]) {
  const command = options(new Command('portlock').exitOverride());
  command.configureOutput({ writeErr: () => {} });
  return command.parse(words, { from: 'user' }).opts();
}

const OPERATOR = { operatorNamespace: 'portlock-system', widening: 'explicit' };

describe('where nothing is said', () => {
  test.each([
    ['manifests', manifestOptions, { ...OPERATOR, namespace: 'default' }],
    ['manifests and policies that are there', thereOptions, OPERATOR],
    ['manifests or a cluster', sourceOptions, OPERATOR],
    ['a cluster', clusterOptions, {}],
  ])('a command that reads %s has these', (_what, options, defaults) => {
    expect(given(options)).toEqual(defaults);
  });
});

test('a cluster is named as kubectl names it', () => {
  const words = ['--kubeconfig', 'f', '--context', 'c', '--as', 'u'];
  expect(given(clusterOptions, ...words)).toEqual({ kubeconfig: 'f', context: 'c', as: 'u' });
  expect(given(thereOptions, ...words, '-A', '--live', '-n', 'shop')).toMatchObject({
    kubeconfig: 'f',
    allNamespaces: true,
    live: true,
    namespace: 'shop',
  });
});

test('several paths are read in their order', () => {
  expect(given(sourceOptions, '-f', 'b', '--filename', 'a', '-f', '-').filename).toEqual([
    'b',
    'a',
    '-',
  ]);
  expect(given(sourceOptions)).not.toHaveProperty('filename');
});

test('the operator is described as it is installed', () => {
  const words = ['--operator-namespace', 'ops', '--widening', 'never', '--build'];
  expect(given(manifestOptions, ...words)).toMatchObject({
    operatorNamespace: 'ops',
    widening: 'never',
    build: true,
  });
});

test('a word that the operator does not know is refused', () => {
  expect(() => given(manifestOptions, '--widening', 'always')).toThrow(/must be explicit, never/);
});

test.each([
  ['check', checkCommand],
  ['probe', probeCommand],
  ['audit', auditCommand],
  ['explain', explainCommand],
  ['render', renderCommand],
  ['diff', diffCommand],
] as const)('a namespace that is a variable without a value is refused: %s', (_name, command) => {
  expect(() =>
    given(
      () =>
        command()
          .exitOverride()
          .configureOutput({ writeErr: () => {} }),
      '-n',
      '',
    ),
  ).toThrow(/argument '' is invalid\. must be the name of a namespace/);
});

test('--all is off until it is asked for', () => {
  expect(given(allOption)).toEqual({});
  expect(given(allOption, '--all')).toEqual({ all: true });
});
