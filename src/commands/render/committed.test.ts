import { describe, expect, test } from 'vitest';
import { policy, workload } from '../../testing/builders.ts';
import { manifestYaml } from '../format/manifest-yaml.ts';
import type { Snapshots } from '../manifests/snapshots.ts';
import { comparedWithFolder, comparedWithManifests } from './committed.ts';
import { fileText } from './policy-files.ts';
import type { Rendered } from './rendering.ts';

const manifest = { file: 'web.yaml', line: 3 };
const found = { value: workload(), manifest, hasNamespace: true } as Rendered['found'];
const WANTED = policy('web-portlock', { ingress: [{ ports: [{ port: 8080 }] }] });
const OTHER = policy('web-portlock', { ingress: [{ ports: [{ port: 9090 }] }] });
const rendered: Rendered = { kind: 'policy', found, policy: WANTED };
const none: Rendered = { kind: 'none', found, why: 'NotOptedIn' };
const held: Rendered = { kind: 'held', found, why: 'UndeclaredPortsInUse' };

describe('beside the policies among the manifests', () => {
  const deviations = (each: Rendered, committed: typeof WANTED | undefined) =>
    comparedWithManifests([each], {
      committed: () => committed && { value: committed, manifest: { file: 'p.yaml', line: 1 } },
    } as unknown as Snapshots);

  test.each<[string, Rendered, typeof WANTED | undefined, string[]]>([
    ['the same is no deviation', rendered, WANTED, []],
    [
      'one that is missing is told where its workload stands',
      rendered,
      undefined,
      ['web.yaml:3: Deployment shop/web lacks its policy web-portlock'],
    ],
    [
      'one that says something else is told with what that is',
      rendered,
      OTHER,
      [
        'p.yaml:1: web-portlock of Deployment shop/web is not as rendered: it lacks 8080/TCP; allows 9090/TCP too',
      ],
    ],
    [
      'one that is not to be is told with why',
      none,
      WANTED,
      ['p.yaml:1: Deployment shop/web is to have no policy (NotOptedIn); remove this one'],
    ],
    ['none is as it should be', none, undefined, []],
    ['what is held may be as it is', held, OTHER, []],
    ['what is held may be missing', held, undefined, []],
  ])('%s', (_what, each, committed, expected) => {
    expect(deviations(each, committed)).toEqual(expected);
  });
});

describe('beside the files of a folder', () => {
  const FILE = 'shop/web-portlock.yaml';
  const plan = (each: Rendered[], before: Record<string, string>) =>
    comparedWithFolder(each, 'out', new Map(Object.entries(before)));

  test('what is there as rendered is no deviation', () => {
    const same = plan([rendered], { [FILE]: fileText(WANTED) });
    expect(same).toEqual({
      files: new Map([[FILE, fileText(WANTED)]]),
      stale: [],
      foreign: [],
      deviations: [],
      leftovers: [],
    });
  });

  test.each<[string, string | undefined, string]>([
    ['is missing', undefined, 'is missing'],
    [
      'allows something else',
      fileText(OTHER),
      'is not as rendered: it lacks 8080/TCP; allows 9090/TCP too',
    ],
    [
      'has a comment more',
      `${fileText(WANTED)}# mine\n`,
      'is not as rendered: it is written in another way',
    ],
    ['cannot be read', '{', 'is not as rendered: it cannot be read'],
  ])('a file that %s is told', (_what, text, how) => {
    const { deviations } = plan([rendered], text === undefined ? {} : { [FILE]: text });
    expect(deviations).toEqual([`out/${FILE}: ${how}`]);
  });

  test('what somebody else wrote under the name is told apart, and never stale', () => {
    const before = { [FILE]: manifestYaml(WANTED), 'shop/mine.yaml': manifestYaml(OTHER) };
    expect(plan([rendered], before)).toMatchObject({ foreign: [FILE], stale: [] });
    expect(plan([], before)).toMatchObject({ foreign: [], stale: [], leftovers: [] });
  });

  test('what was rendered for a workload that has no policy any more is stale', () => {
    const before = { [FILE]: fileText(WANTED), 'a.yaml': fileText(OTHER) };
    expect(plan([none], before)).toMatchObject({
      files: new Map(),
      stale: ['a.yaml', FILE],
      leftovers: [
        'out/a.yaml: no workload has this policy any more',
        `out/${FILE}: no workload has this policy any more`,
      ],
    });
  });

  test('what is held stays as it is', () => {
    expect(plan([held], { [FILE]: fileText(OTHER) })).toMatchObject({ stale: [], leftovers: [] });
  });
});
