import { describe, expect, test } from 'vitest';
import { readObjects } from './read-objects.ts';

const WEB = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n';

/** `line kind name path` of each object; the path without the number of its value where that is 0. */
function told(text: string): string[] {
  return readObjects('a.yaml', text).manifests.map(({ line, wire, path }) => {
    const { name } = (wire.metadata ?? {}) as { name?: string };
    return [line, wire.kind, name, path.join('.')].join(' ');
  });
}

const problems = (text: string) =>
  readObjects('a.yaml', text).problems.map(
    ({ file, line, message }) => `${file}:${line}: ${message}`,
  );

describe('the objects of a text are', () => {
  test.each<[string, string, string[]]>([
    ['none of an empty one', '', []],
    ['one', WEB, ['1 Deployment web 0']],
    ['one behind comments', `# a\n\n---\n# b\n${WEB}`, ['5 Deployment web 0']],
    [
      'one of each document',
      `${WEB}---\n${WEB}---\n---\n${WEB}`,
      ['1 Deployment web 0', '5 Deployment web 0', '10 Deployment web 0'],
    ],
    ['none of a document that says null', `null\n---\n~\n---\n${WEB}`, ['5 Deployment web 0']],
    [
      'the items of a List, each on its line',
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: b}\n',
      ['4 Pod a 0.items.0', '7 Pod b 0.items.1'],
    ],
    [
      'those of a List in a List',
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: v1, kind: Pod, metadata: {name: a}}\n',
      ['7 Pod a 0.items.0.items.0'],
    ],
    [
      'the items of a list of one kind, which need not say it',
      'apiVersion: apps/v1\nkind: DeploymentList\nitems:\n- metadata: {name: a}\n- kind: Pod\n  apiVersion: v1\n  metadata: {name: b}\n',
      ['4 Deployment a 0.items.0', '5 Pod b 0.items.1'],
    ],
    ['no items of an empty List', 'apiVersion: v1\nkind: List\nitems: []\n', []],
    ['none of an item that is null', 'apiVersion: v1\nkind: List\nitems: [null]\n', []],
    [
      'an object whose kind only ends so',
      'apiVersion: x/v1\nkind: AllowList\nmetadata: {name: a}\n',
      ['1 AllowList a 0'],
    ],
    [
      'an object that has items, and is no list',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nitems: []\n',
      ['1 ConfigMap a 0'],
    ],
    [
      'the Deployments of a ClusterServiceVersion, each on its line',
      'apiVersion: operators.coreos.com/v1alpha1\nkind: ClusterServiceVersion\nmetadata: {name: a}\nspec:\n  install:\n    spec:\n      deployments:\n      - name: one\n      - name: two\n',
      [
        '8 Deployment one 0.spec.install.spec.deployments.0',
        '9 Deployment two 0.spec.install.spec.deployments.1',
      ],
    ],
  ])('%s', (_what, text, expected) => {
    expect(told(text)).toEqual(expected);
    expect(problems(text)).toEqual([]);
  });

  test('with the group of their list, and the document in which they stand', () => {
    const text = `${WEB}---\napiVersion: apps/v1\nkind: DeploymentList\nitems:\n- metadata: {name: a}\n`;
    const [, item] = readObjects('a.yaml', text).manifests;
    expect(item?.wire).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a' },
    });
    expect(item?.document).toMatchObject({ file: 'a.yaml', line: 4 });
    expect(item?.document.text).toMatch(/^---\napiVersion: apps\/v1/);
  });
});

describe('what is no object is told at its line, and takes nothing else with it', () => {
  const NO_OBJECT = 'this is no object; a manifest begins with apiVersion and kind';
  const NO_VERSION = 'apiVersion is missing, or no text';
  const NO_KIND = 'kind is missing, or no text';
  test.each<[string, string, number, string]>([
    ['a text', 'hello\n', 5, NO_OBJECT],
    ['a number', '7\n', 5, NO_OBJECT],
    ['a list', '- a\n', 5, NO_OBJECT],
    ['an object without apiVersion', 'kind: Pod\n', 5, NO_VERSION],
    ['one whose apiVersion is a number', 'apiVersion: 1\nkind: Pod\n', 5, NO_VERSION],
    ['one whose apiVersion is empty', 'apiVersion: ""\nkind: Pod\n', 5, NO_VERSION],
    ['one without kind', 'apiVersion: v1\n', 5, NO_KIND],
    ['one whose kind is a number', 'apiVersion: v1\nkind: 1\n', 5, NO_KIND],
    ['one whose kind is empty', 'apiVersion: v1\nkind: ""\n', 5, NO_KIND],
    ['an item that is a text', 'apiVersion: v1\nkind: List\nitems:\n- a\n', 8, NO_OBJECT],
    ['an item that is a list', 'apiVersion: v1\nkind: List\nitems:\n- [a]\n', 8, NO_OBJECT],
    ['an item without kind', 'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n', 8, NO_KIND],
    ['YAML that is broken', 'a: [\n', 6, ''],
  ])('%s', (_what, text, line, message) => {
    const whole = `${WEB}---\n${text}---\n${WEB}`;
    expect(problems(whole)).toEqual([expect.stringContaining(`a.yaml:${line}: ${message}`)]);
    expect(told(whole)).toHaveLength(2);
  });
});

test('what has neither apiVersion nor kind is passed over, and said', () => {
  const {
    manifests,
    problems: told,
    notes,
  } = readObjects('a.yaml', `# values\nreplicas: 1\n---\n${WEB}`);
  expect(notes).toEqual(['a.yaml:2: no apiVersion and no kind, so it is passed over']);
  expect([manifests.length, told.length]).toEqual([1, 0]);
});
