import { describe, expect, test } from 'vitest';
import { covers, type Sources, sourcesInWords } from './sources.ts';

describe('sources', () => {
  test.each<[Sources, Sources, boolean]>([
    [['any'], ['any'], true],
    [['any'], ['same-namespace', 'namespace/a'], true],
    [['same-namespace'], ['any'], false],
    [['same-namespace', 'namespace/a'], ['namespace/a'], true],
    [['namespace/a'], ['same-namespace', 'namespace/a'], false],
  ])('%j covers %j: %s', (wide, narrow, expected) => {
    expect(covers(wide, narrow)).toBe(expected);
  });

  test.each<[Sources, string]>([
    [['any'], 'everybody'],
    [['same-namespace'], 'all pods of the namespace'],
    [['namespace/a'], 'all pods of the namespace a'],
    [['namespace/a', 'namespace/b'], 'all pods of the namespaces a, b'],
    [['same-namespace', 'namespace/a'], 'all pods of the namespace, and of the namespace a'],
  ])('%j are said to be %s', (sources, words) => {
    expect(sourcesInWords(sources)).toBe(words);
  });
});
