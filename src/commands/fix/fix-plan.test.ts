import { describe, expect, test } from 'vitest';
import { readText } from '../../testing/read-texts.ts';
import { fixPlan, portsInWords } from './fix-plan.ts';
import type { MissingPorts } from './missing-ports.ts';

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: app
`;
/** Of the same, whose container is on one line. */
const INLINE = WEB.replace('web\n', 'inline\n').replace('- name: app', '- {name: app}');
const PORT = { port: 9090, protocol: 'TCP' } as const;

/** 9090 is missing in the container of each workload of the text. */
function missingIn(text: string, container = 'app', ports: MissingPorts['ports'] = [PORT]) {
  const { cluster } = readText(text);
  return cluster.workloads.map((found): MissingPorts => ({ found, container, ports }));
}

/** What is to be put in, by file, and what is left, each with why. */
function planned(missing: readonly MissingPorts[]) {
  const { edits, left } = fixPlan(missing);
  return {
    files: [...edits].map(([file, each]) => `${file}: ${each.length}`),
    texts: [...edits.values()].flat().map(({ insertion }) => insertion.text),
    left: left.map(({ missing: { found }, why }) => `${found.value.name}: ${why}`),
  };
}

const ADDED = '          ports:\n            - containerPort: 9090\n';

test('what can be written is planned, and the rest is left with why', () => {
  expect(planned(missingIn(`${WEB}---\n${INLINE}---\n${WEB.replace('web\n', 'api\n')}`))).toEqual({
    files: ['a.yaml: 2'],
    texts: [ADDED, ADDED],
    left: ['inline: the container is not written with a line for each field'],
  });
});

test('nothing is planned where nothing is missing', () => {
  expect(planned([])).toEqual({ files: [], texts: [], left: [] });
});

describe('what would come out as something else is left to a person', () => {
  test.each<[string, string]>([
    [
      'where a line more is no YAML, or continues a text',
      WEB.replace('- name: app', '- ? name\n          : app'),
    ],
    [
      'where the ports would be in another place',
      WEB.replace('- name: app', '- ? name\n          : "app"\n            # more'),
    ],
  ])('%s', (_where, text) => {
    expect(planned(missingIn(text))).toEqual({
      files: [],
      texts: [],
      left: ['web: it is written in a way that is not understood'],
    });
  });
});

test.each<[string, string]>([
  [
    'a text at the end of the document that keeps its line feeds',
    `${WEB}          args:\n            - |+\n              a\n\n`,
  ],
  [
    'a name that others repeat',
    `${WEB.replace('- name: app', '- name: &n app')}          env: [*n]\n`,
  ],
  ['a native sidecar', WEB.replace('containers:', 'initContainers:')],
  ['declared ports', `${WEB}          ports:\n            - containerPort: 1\n`],
])('%s is no hindrance', (_what, text) => {
  expect(planned(missingIn(text))).toMatchObject({ files: ['a.yaml: 1'], left: [] });
});

test('in a CronJob they are put into its template, which is deeper', () => {
  const [head = '', template = ''] = WEB.split('  template:\n');
  const deeper = `  template:\n${template}`.replaceAll(/^(?=.)/gm, '    ');
  const kind = head.replace('apps/v1', 'batch/v1').replace('Deployment', 'CronJob');
  const spec = kind.replace(/ {2}selector.*/, '  jobTemplate:\n    spec:');
  expect(planned(missingIn(spec + deeper))).toEqual({
    files: ['a.yaml: 1'],
    texts: [ADDED.replaceAll(/^(?=.)/gm, '    ')],
    left: [],
  });
});

test('what is no doubt about the text is no reason to leave something', () => {
  const [web] = missingIn(WEB);
  const gone = { ...web, found: undefined } as unknown as MissingPorts;
  expect(() => fixPlan([gone])).toThrow(TypeError);
});

test('ports in words', () => {
  expect(portsInWords([PORT, { port: 53, protocol: 'UDP' }])).toBe('9090/TCP, 53/UDP');
});
