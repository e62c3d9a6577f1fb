import { describe, expect, test } from 'vitest';
import type { ListedPort } from '../../domain/workload/port-text.ts';
import { declaringPorts } from './declare-ports.ts';
import { NotEditableError } from './own-node.ts';

const HTTP: ListedPort = { port: 9090, protocol: 'TCP' };
const DNS: ListedPort = { port: 53, protocol: 'UDP' };

/** A Deployment whose pod spec is this text, as it stands under `spec:` with six blanks before it. */
function podSpec(text: string): string {
  return `kind: Deployment\nspec:\n  template:\n    spec:\n${text}`;
}

/** The text with the ports declared in it. */
function declared(
  text: string,
  { container = 'app', ports = [HTTP] }: { container?: string; ports?: ListedPort[] } = {},
): string {
  const { offset, text: added } = declaringPorts(text, [0, 'spec', 'template'], container, ports);
  return text.slice(0, offset) + added + text.slice(offset);
}

/** The lines below `spec:` of the pods. */
const after = (text: string, given: Parameters<typeof declared>[1] = {}) =>
  declared(podSpec(text), given).slice(podSpec('').length);

describe('a container that declares no port gets the list', () => {
  test.each<[string, string, string]>([
    [
      'behind its image',
      '      containers:\n        - name: app\n          image: web\n          env: []\n',
      '      containers:\n        - name: app\n          image: web\n          ports:\n            - containerPort: 9090\n          env: []\n',
    ],
    [
      'behind its name, where it has no image',
      '      containers:\n        - env: []\n          name: app\n          args: []\n',
      '      containers:\n        - env: []\n          name: app\n          ports:\n            - containerPort: 9090\n          args: []\n',
    ],
    [
      'in the column of its fields, however wide the list is indented',
      '      containers:\n          -   name: app\n              env: []\n',
      '      containers:\n          -   name: app\n              ports:\n                - containerPort: 9090\n              env: []\n',
    ],
    [
      'with a dash under its key, where the list of containers has it so',
      '      containers:\n      - name: app\n',
      '      containers:\n      - name: app\n        ports:\n        - containerPort: 9090\n',
    ],
    [
      'behind a long text of several lines, and not in it',
      '      containers:\n        - image: >-\n            web\n            more\n          name: app\n',
      '      containers:\n        - image: >-\n            web\n            more\n          ports:\n            - containerPort: 9090\n          name: app\n',
    ],
    [
      'behind the comment of that line',
      '      containers:\n        - name: app # the one\n          # of it\n          env: []\n',
      '      containers:\n        - name: app # the one\n          ports:\n            - containerPort: 9090\n          # of it\n          env: []\n',
    ],
    [
      'under a key with nothing behind it',
      '      containers:\n        - name: app\n          ports:\n          env: []\n',
      '      containers:\n        - name: app\n          ports:\n            - containerPort: 9090\n          env: []\n',
    ],
    [
      'in one container alone, which is not the first',
      '      containers:\n        - name: other\n        - name: app\n        - name: third\n',
      '      containers:\n        - name: other\n        - name: app\n          ports:\n            - containerPort: 9090\n        - name: third\n',
    ],
  ])('%s', (_where, before, expected) => {
    expect(after(before)).toBe(expected);
  });
});

describe('a container that declares ports gets one more', () => {
  test.each<[string, string, string]>([
    [
      'behind the last one',
      '          ports:\n            - containerPort: 1\n            - containerPort: 2\n          env: []\n',
      '          ports:\n            - containerPort: 1\n            - containerPort: 2\n            - containerPort: 9090\n          env: []\n',
    ],
    [
      'behind all fields of the last one',
      '          ports:\n            - containerPort: 1\n              name: http\n          env: []\n',
      '          ports:\n            - containerPort: 1\n              name: http\n            - containerPort: 9090\n          env: []\n',
    ],
    [
      'behind a last field that says nothing',
      '          ports:\n            - containerPort: 1\n              name:\n          env: []\n',
      '          ports:\n            - containerPort: 1\n              name:\n            - containerPort: 9090\n          env: []\n',
    ],
    [
      'behind a last key without a value',
      '          ports:\n            - containerPort: 1\n              ? name\n          env: []\n',
      '          ports:\n            - containerPort: 1\n              ? name\n            - containerPort: 9090\n          env: []\n',
    ],
    [
      'behind an entry in braces',
      '          ports:\n            - {containerPort: 1}\n          env: []\n',
      '          ports:\n            - {containerPort: 1}\n            - containerPort: 9090\n          env: []\n',
    ],
    [
      'with the dashes of that list, not those of the containers',
      '          ports:\n          - containerPort: 1\n',
      '          ports:\n          - containerPort: 1\n          - containerPort: 9090\n',
    ],
    [
      'where lists are entries of lists',
      '          ports:\n            - containerPort: 1\n              more:\n                - - a\n                  - b\n',
      '          ports:\n            - containerPort: 1\n              more:\n                - - a\n                  - b\n            - containerPort: 9090\n',
    ],
  ])('%s', (_where, before, expected) => {
    const head = '      containers:\n        - name: app\n';
    expect(after(head + before)).toBe(head + expected);
  });
});

test('several ports are declared in the order in which they are given, and their protocol is said where it is not TCP', () => {
  const text = '      containers:\n        - name: app\n';
  expect(after(text, { ports: [DNS, HTTP] })).toBe(
    `${text}          ports:\n            - containerPort: 53\n              protocol: UDP\n            - containerPort: 9090\n`,
  );
});

test('a port is declared in a native sidecar', () => {
  const text =
    '      initContainers:\n        - name: proxy\n          restartPolicy: Always\n      containers:\n        - name: app\n';
  expect(after(text, { container: 'proxy' })).toBe(
    text.replace(
      '- name: proxy\n',
      '- name: proxy\n          ports:\n            - containerPort: 9090\n',
    ),
  );
});

describe('the ends of lines', () => {
  const text = podSpec('      containers:\n        - name: app\n          env: []\n');
  test('are those of Windows where the text has these', () => {
    const windows = text.replaceAll('\n', '\r\n');
    expect(declared(windows)).toBe(declared(text).replaceAll('\n', '\r\n'));
  });

  test('are kept where the last line has none', () => {
    const open = podSpec('      containers:\n        - name: app');
    expect(declared(open)).toBe(`${open}\n          ports:\n            - containerPort: 9090`);
  });
});

test('the workload may be anywhere in the document', () => {
  const item = '- spec:\n    template:\n      spec:\n        containers:\n          - name: app\n';
  const text = `items:\n- spec: {}\n${item}- spec: {}\n`;
  const { offset } = declaringPorts(text, [0, 'items', 1, 'spec', 'template'], 'app', [HTTP]);
  expect(text.slice(0, offset)).toBe(`items:\n- spec: {}\n${item}`);
});

const BY_LINE = 'the container is not written with a line for each field';
const ONE_LINE = 'ports are written in one line';

describe('no line is found', () => {
  test.each<[string, string, string]>([
    ['where there is no such container', '      containers:\n        - name: other\n', BY_LINE],
    ['where there are no containers at all', '      volumes: []\n', BY_LINE],
    ['where containers are no list', '      containers:\n        name: app\n', BY_LINE],
    ['where the container is in braces', '      containers:\n        - {name: app}\n', BY_LINE],
    [
      'where the list of containers is in brackets',
      '      containers: [\n        { name: app }]\n',
      BY_LINE,
    ],
    [
      'where the ports are in brackets',
      '      containers:\n        - name: app\n          ports: [{containerPort: 1}]\n',
      ONE_LINE,
    ],
    [
      'where an empty list is written',
      '      containers:\n        - name: app\n          ports: []\n',
      ONE_LINE,
    ],
    [
      'where ports are a text',
      '      containers:\n        - name: app\n          ports: none\n',
      ONE_LINE,
    ],
    [
      'where the dash is on a line of its own',
      '      containers:\n        -\n          name: app\n',
      BY_LINE,
    ],
    [
      'where an entry stands behind something else on its line',
      '      containers:\n        - name: app\n          ? ports\n          : - containerPort: 1\n',
      BY_LINE,
    ],
    [
      'where an alias may be the container',
      '      volumes: [&app {name: app}]\n      containers:\n        - *app\n',
      'what is written there is shared by *app',
    ],
    [
      'where ports are repeated elsewhere',
      '      volumes: *ports\n      containers:\n        - name: app\n          ports: &ports\n            - containerPort: 1\n',
      'what is written there is shared by &ports',
    ],
  ])('%s', (_where, text, why) => {
    const declare = () => after(text);
    expect(declare).toThrow(NotEditableError);
    expect(declare).toThrow(why);
  });
});
