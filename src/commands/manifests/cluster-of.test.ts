import { describe, expect, test } from 'vitest';
import { policy } from '../../testing/builders.ts';
import { deployment, rolloutOf } from '../../testing/deployments.ts';
import { readAll, readText, serviceTo } from '../../testing/read-texts.ts';

const messages = (...objects: readonly object[]) =>
  readAll(...objects).problems.map(({ file, line, message }) => `${file}:${line}: ${message}`);

const named = (metadata: unknown) => ({ ...deployment(), metadata });
const MISSING = 'is missing, or not as the API has it';
const NO_NAME = 'is not a name that the API takes';

describe('what has no name that the API takes is left out, and told', () => {
  test.each<[string, object, string]>([
    ['no metadata', named(undefined), `Deployment without a name: metadata ${MISSING}`],
    ['metadata that are none', named('web'), `Deployment without a name: metadata.name ${MISSING}`],
    ['no name', named({}), `Deployment without a name: metadata.name ${MISSING}`],
    ['a number', named({ name: 8080 }), `Deployment without a name: metadata.name ${MISSING}`],
    ['an empty one', named({ name: '' }), `Deployment without a name: metadata.name ${NO_NAME}`],
    ['capitals', named({ name: 'Web' }), `Deployment Web: metadata.name ${NO_NAME}`],
    ['a dash at its end', named({ name: 'web-' }), `Deployment web-: metadata.name ${NO_NAME}`],
    ['a dash at its start', named({ name: '-web' }), `Deployment -web: metadata.name ${NO_NAME}`],
    ['an empty part', named({ name: 'a..b' }), `Deployment a..b: metadata.name ${NO_NAME}`],
    ['a slash', named({ name: 'a/b' }), `Deployment a/b: metadata.name ${NO_NAME}`],
    [
      'more letters than a name may have',
      named({ name: 'a'.repeat(254) }),
      `Deployment ${'a'.repeat(254)}: metadata.name ${NO_NAME}`,
    ],
    [
      'a namespace with a point',
      named({ name: 'web', namespace: 'a.b' }),
      `Deployment web: metadata.namespace ${NO_NAME}`,
    ],
    [
      'a namespace of 64 letters',
      named({ name: 'web', namespace: 'a'.repeat(64) }),
      `Deployment web: metadata.namespace ${NO_NAME}`,
    ],
    [
      'a template that was not rendered',
      named({ name: '{{ .Release.Name }}' }),
      'Deployment {{ .Release.Name }}: metadata.name is no name; if this is a template, render the chart first',
    ],
  ])('%s', (_what, object, message) => {
    const { cluster, problems } = readAll(object);
    expect(problems.map((each) => each.message)).toEqual([message]);
    expect(cluster.workloads).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['without metadata', undefined],
    ['without a name', {}],
    ['whose name is a number', { name: 8080 }],
    ['that would get one when it is created', { generateName: 'deny-' }],
  ])('so that a policy %s isolates nobody', (_which, metadata) => {
    const { cluster, problems } = readAll({ ...policy('deny'), metadata });
    expect(cluster.policies).toEqual([]);
    expect(problems).toHaveLength(1);
  });

  test.each(['a.b', 'a'.repeat(253), '0', 'web-1'])('and %s is one', (name) => {
    expect(messages(named({ name }))).toEqual([]);
  });
});

describe('what is not as the API has it is told at its line', () => {
  const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: app
`;
  test.each<[string, (text: string) => string, string]>([
    [
      'a label without quotes',
      (text) => text.replace('        app: web', '        app: yes'),
      'a.yaml:10: Deployment web: spec.template.metadata.labels.app must be a text: put it in quotes',
    ],
    [
      'a label of the selector without quotes',
      (text) => text.replace('{app: web}}\n', '{app: 1}}\n'),
      'a.yaml:6: Deployment web: spec.selector.matchLabels.app must be a text: put it in quotes',
    ],
    [
      'an annotation without quotes',
      (text) => text.replace('  name: web', '  name: web\n  annotations: {a: 1}'),
      'a.yaml:5: Deployment web: metadata.annotations.a must be a text: put it in quotes',
    ],
    [
      'a selector of other pods',
      (text) => text.replace('{app: web}}\n', '{app: other}}\n'),
      'a.yaml:6: Deployment web: spec.selector does not match the labels of spec.template, which the API refuses',
    ],
    [
      'no selector',
      (text) => text.replace(/ {2}selector.*\n/, ''),
      `a.yaml:5: Deployment web: spec.selector ${MISSING}`,
    ],
    [
      'a port that is none',
      (text) =>
        `${text}          ports:\n            - containerPort: 1\n            - containerPort: x\n`,
      `a.yaml:16: Deployment web: spec.template.spec.containers[0].ports[1].containerPort ${MISSING}`,
    ],
  ])('%s', (_what, change, message) => {
    const { problems } = readText(change(DEPLOYMENT));
    expect(problems.map((each) => `${each.file}:${each.line}: ${each.message}`)).toContain(message);
  });

  test('and a workload whose pods nothing tells of is no fault of its selector', () => {
    const { template } = deployment().spec;
    const job = { ...deployment(), apiVersion: 'batch/v1', kind: 'CronJob' };
    const labelled = { ...template, metadata: {} };
    expect(messages({ ...job, spec: { jobTemplate: { spec: { template: labelled } } } })).toEqual(
      [],
    );
  });
});

describe('an object that comes twice', () => {
  const other = { ...deployment(), spec: { ...deployment().spec, replicas: 2 } };
  const ALSO = 'is also at a.yaml:1, and says something else; read one environment at a time';
  test.each<[string, readonly object[], number, string[]]>([
    ['counts once where it says the same', [deployment(), deployment()], 1, []],
    [
      'in whatever order of its fields',
      [serviceTo(80), Object.fromEntries(Object.entries(serviceTo(80)).reverse())],
      0,
      [],
    ],
    [
      'is left out where it says something else',
      [deployment(), other],
      0,
      [`a.yaml:3: Deployment shop/web ${ALSO}`],
    ],
    [
      'is told each time',
      [deployment(), other, deployment(), { ...other, spec: { ...other.spec, replicas: 3 } }],
      0,
      [`a.yaml:3: Deployment shop/web ${ALSO}`, `a.yaml:7: Deployment shop/web ${ALSO}`],
    ],
    ['is another in another namespace', [deployment(), deployment({ namespace: 'bank' })], 2, []],
    ['is another of another kind', [deployment(), { ...deployment(), kind: 'StatefulSet' }], 2, []],
    [
      'is the same where one leaves the namespace to whoever applies it',
      [deployment(), { ...other, metadata: { ...other.metadata, namespace: undefined } }],
      0,
      [`a.yaml:3: Deployment shop/web ${ALSO}`],
    ],
    [
      'is told without a namespace, where its kind has none',
      [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { a: 'b' } } },
      ],
      0,
      [`a.yaml:3: Namespace shop ${ALSO}`],
    ],
    [
      'cannot be told to be one where it has no name',
      [named({}), { ...named({}), spec: {} }],
      0,
      [
        `a.yaml:1: Deployment without a name: metadata.name ${MISSING}`,
        `a.yaml:3: Deployment without a name: metadata.name ${MISSING}`,
      ],
    ],
  ])('%s', (_how, objects, workloads, problems) => {
    expect(readAll(...objects).cluster.workloads).toHaveLength(workloads);
    expect(messages(...objects)).toEqual(problems);
  });
});

test('a Deployment that is there counts, and not what a ClusterServiceVersion says of it', () => {
  const live = { ...deployment(), status: { replicas: 1 } };
  const csv = {
    apiVersion: 'operators.coreos.com/v1alpha1',
    kind: 'ClusterServiceVersion',
    metadata: { name: 'web.v1', namespace: 'shop' },
    spec: {
      install: { spec: { deployments: [{ name: 'web', spec: deployment({ ports: [] }).spec }] } },
    },
  };
  for (const objects of [
    [live, csv],
    [csv, live],
  ]) {
    const { cluster, problems } = readAll(...objects);
    expect(problems).toEqual([]);
    expect(cluster.workloads.map(({ value }) => value.template.ports.length)).toEqual([1]);
  }
});

describe('an object is', () => {
  const place = (object: object) => {
    const { found } = readAll(object);
    return `${found.value.namespace} ${found.hasNamespace}`;
  };
  test.each<[string, object, string]>([
    ['in the namespace that it says', deployment({ namespace: 'bank' }), 'bank true'],
    ['where it is applied, if it says none', named({ name: 'web' }), 'shop false'],
    ['there too, if it says an empty one', named({ name: 'web', namespace: '' }), 'shop false'],
  ])('%s', (_where, object, expected) => {
    expect(place(object)).toBe(expected);
  });

  test('in no namespace, if its kind has none', () => {
    const { cluster } = readAll({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'bank' },
    });
    expect(cluster.namespaces.get('bank')).toMatchObject({ name: 'bank' });
  });
});

describe('what decisions do not read is counted by kind', () => {
  const secret = (name: string) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name } });
  test('whatever it says', () => {
    const { others, problems } = readAll(secret('a'), secret('b'), {
      apiVersion: 'x/v1',
      kind: 'Deployment',
    });
    expect([...others]).toEqual([
      ['Secret', 2],
      ['Deployment', 1],
    ]);
    expect(problems).toEqual([]);
  });

  test.each<[string, string, object, boolean]>([
    ['a Job that is only created, by a name to come', 'Job', { generateName: 'a-' }, true],
    ['not a Job with a name', 'Job', { name: 'a', generateName: 'a-' }, false],
    ['not a Job with neither', 'Job', {}, false],
    ['not one of another kind', 'CronJob', { generateName: 'a-' }, false],
  ])('%s', (_which, kind, metadata, isOther) => {
    const { others } = readAll({ apiVersion: 'batch/v1', kind, metadata, spec: {} });
    expect(others.has(kind)).toBe(isOther);
  });
});

test('whatever comes first, a Rollout has the template of the workload that it refers to', () => {
  for (const objects of [
    [rolloutOf('web'), deployment()],
    [deployment(), rolloutOf('web')],
  ]) {
    const found = readAll(...objects).cluster.workloads.find(({ value }) => value.name === 'roll');
    expect(found?.value.template.ports.map(({ port }) => port)).toEqual([8080]);
    expect(found?.value.templateOf?.isFound).toBe(true);
  }
  const { found } = readAll(rolloutOf('web'), deployment({ namespace: 'bank' }));
  expect(found.value.templateOf?.isFound).toBe(false);
});
