import { describe, expect, test } from 'vitest';
import { deployment, rolloutOf } from '../../testing/deployments.ts';
import { readAll, readText, serviceTo } from '../../testing/read-texts.ts';
import { judgeEnforced } from '../manifests/judge.ts';
import { decisionFindings } from './decision-findings.ts';

type Read = ReturnType<typeof readText>;

/** What is found of the first workload. */
function findingsOf({ found, snapshots }: Read) {
  return decisionFindings(found, judgeEnforced(snapshots.snapshotOf(found.value), found.value));
}

const idsOf = (...objects: readonly object[]) =>
  findingsOf(readAll(...objects)).map(({ id }) => id);
const annotated = (key: string, value: string) =>
  deployment({ annotations: { [`portlock.dev/${key}`]: value } });

/** The Deployment web with other fields of its pods, or of its spec. */
function web(podSpec: object, fields: object = {}, spec: object = {}) {
  const made = deployment();
  const { template } = made.spec;
  return {
    ...made,
    ...fields,
    spec: {
      ...made.spec,
      template: { ...template, spec: { ...template.spec, ...podSpec } },
      ...spec,
    },
  };
}

/** One that is isolated already. */
const DEFAULT_DENY = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'default-deny', namespace: 'shop' },
  spec: { podSelector: {}, policyTypes: ['Ingress'] },
};
const CONTAINERS = [{ name: 'app' }];
const JOB = { apiVersion: 'batch/v1', kind: 'Job' };
const MANY = Array.from({ length: 1025 }, (_, index) => ({ containerPort: index + 1 }));

describe('what stands against a policy is a finding', () => {
  test.each<[string, readonly object[], string[]]>([
    ['nothing does', [deployment(), serviceTo(8080)], []],
    ['a mode that nobody can read', [deployment({ mode: 'on' })], ['PL008']],
    ['an annotation that nobody can read', [annotated('extra-ports', 'x')], ['PL008']],
    ['too many ports', [deployment({ ports: MANY })], ['PL012']],
    ['the network of the node', [web({ hostNetwork: true })], ['PL007']],
    ['no declared port', [deployment({ ports: [] })], ['PL005']],
    ['policies that isolate the pods already', [deployment(), DEFAULT_DENY], ['PL009']],
    ['a template that is not there', [rolloutOf('gone')], ['PL018']],
    [
      'a CronJob whose pods have no label',
      [
        {
          ...web({}),
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          spec: {
            jobTemplate: {
              spec: {
                template: {
                  spec: { containers: [{ name: 'app', ports: [{ containerPort: 80 }] }] },
                },
              },
            },
          },
        },
      ],
      ['PL018'],
    ],
  ])('%s', (_what, objects, ids) => {
    expect(idsOf(...objects)).toEqual(ids);
  });
});

describe('a workload that works and ends', () => {
  const job = (ports: object[]) =>
    web({ containers: [{ name: 'app', ports }] }, JOB, { selector: undefined });
  test('and declares no port is noted, and lacks nothing', () => {
    const [finding, ...more] = findingsOf(readAll(job([])));
    expect(finding).toMatchObject({
      id: 'PL023',
      message: 'No container declares a port, and nothing is known to connect to the pods',
    });
    expect(more).toEqual([]);
  });

  test('lacks its declaration where something leads to a port', () => {
    expect(idsOf(job([]), serviceTo(9090))).toEqual(['PL005', 'PL003']);
  });

  test('is as any other where it declares one', () => {
    expect(idsOf(job([{ containerPort: 8080 }]))).toEqual([]);
  });
});

describe('a port that is used is a finding of its own', () => {
  test.each<[string, readonly object[], string[]]>([
    ['undeclared', [deployment(), serviceTo(9090)], ['PL003']],
    ['by a name that no container has', [deployment(), serviceTo('metrics')], ['PL004']],
    ['whose cut is accepted is none', [annotated('accept-cuts', '9090/TCP'), serviceTo(9090)], []],
    [
      'by somebody whom allow-from does not name',
      [
        annotated('allow-from', 'same-namespace'),
        serviceTo(8080, {
          type: 'NodePort',
          ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }],
        }),
      ],
      ['PL014'],
    ],
    [
      'that other policies have closed already',
      [annotated('allow-from', 'any'), serviceTo(9090), DEFAULT_DENY],
      ['PL015'],
    ],
    [
      'each of several',
      [
        deployment(),
        serviceTo(9090, {
          ports: [
            { name: 'a', port: 1, targetPort: 9090 },
            { name: 'b', port: 2, targetPort: 9091 },
          ],
        }),
      ],
      ['PL003', 'PL003'],
    ],
    [
      'by a probe of the kubelet, which gets in all the same',
      [
        {
          ...web({
            containers: [
              {
                name: 'app',
                ports: [{ containerPort: 8080 }],
                livenessProbe: { tcpSocket: { port: 8080 } },
              },
            ],
          }),
          metadata: annotated('allow-from', 'same-namespace').metadata,
        },
      ],
      ['PL016'],
    ],
    ['by replicas that may talk', [web({}, { kind: 'StatefulSet' }, { replicas: 2 })], ['PL017']],
    ['by one replica alone', [web({}, { kind: 'StatefulSet' }, { replicas: 1 })], []],
  ])('%s', (_which, objects, ids) => {
    expect(idsOf(...objects)).toEqual(ids);
  });

  test('with who uses it, what mends it, and the part of the workload that does', () => {
    const [finding] = findingsOf(readAll(deployment(), serviceTo(9090)));
    expect(finding).toMatchObject({
      about: 'Deployment shop/web',
      message: expect.stringMatching(/^9090\/TCP is used by Service shop\/web port 80/),
      fix: expect.stringContaining('declare containerPort 9090 in container app'),
      patch: {
        spec: {
          template: { spec: { containers: [{ name: 'app', ports: [{ containerPort: 9090 }] }] } },
        },
      },
    });
  });

  test('in the template of a CronJob, where that is', () => {
    const { template } = deployment({ ports: [] }).spec;
    const cronJob = { ...deployment(), apiVersion: 'batch/v1', kind: 'CronJob' };
    const jobTemplate = { spec: { template } };
    const found = findingsOf(readAll({ ...cronJob, spec: { jobTemplate } }, serviceTo(9090)));
    const containers = [{ name: 'app', ports: [{ containerPort: 9090 }] }];
    expect(found.find(({ id }) => id === 'PL003')?.patch).toEqual({
      spec: { jobTemplate: { spec: { template: { spec: { containers } } } } },
    });
  });

  test('by an annotation where the template is that of another workload', () => {
    const [finding] = findingsOf(readAll(rolloutOf('web'), deployment(), serviceTo(9090)));
    expect(finding).toMatchObject({
      about: 'Rollout shop/roll',
      patch: { metadata: { annotations: { 'portlock.dev/extra-ports': '9090/TCP' } } },
    });
  });

  test('by an annotation where nobody knows in which container', () => {
    const two = web({
      containers: [...CONTAINERS, { name: 'b', ports: [{ containerPort: 8080 }] }],
    });
    const [finding] = findingsOf(readAll(two, serviceTo(9090)));
    expect(finding?.patch).toEqual({
      metadata: { annotations: { 'portlock.dev/extra-ports': '9090/TCP' } },
    });
  });

  test('without a patch where it is a slip in a name', () => {
    const [finding] = findingsOf(readAll(deployment(), serviceTo('metrics')));
    expect(finding?.patch).toBeUndefined();
  });
});

describe('a finding stands at the line that is to be changed', () => {
  const text = ({
    labels = '',
    annotations = '',
    host = '',
    ports = '',
  } = {}) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    ${labels || 'a: b'}
  annotations:
    note: x
    ${annotations || 'more: x'}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      hostNetwork: ${host || 'false'}
      containers:
        - name: app
          ${ports || 'ports: [{containerPort: 1}]'}
`;
  test.each<[string, string, number]>([
    ['a label', text({ labels: 'portlock.dev/mode: "on"' }), 6],
    ['an annotation', text({ annotations: 'portlock.dev/extra-ports: x' }), 9],
    ['another annotation', text({ annotations: 'portlock.dev/closed-ports: x' }), 9],
    ['who may connect', text({ annotations: 'portlock.dev/allow-from: "?"' }), 9],
    ['what is accepted', text({ annotations: 'portlock.dev/accept-cuts: x' }), 9],
    ['whether it is probed', text({ annotations: 'portlock.dev/probe: x' }), 9],
    [
      'an annotation that portlock does not know',
      text({ annotations: 'portlock.dev/extra-port: "1"' }),
      9,
    ],
    ['the network of the node', text({ host: 'true' }), 15],
    ['the containers', text({ ports: 'image: a' }), 16],
  ])('%s', (_what, manifest, line) => {
    const lines = findingsOf(readText(manifest)).map((each) => each.line);
    expect(lines).toEqual([line]);
  });

  test('the containers, of a port that is used', () => {
    const read = readText(`${text()}---\n${JSON.stringify(serviceTo(9090))}\n`);
    expect(findingsOf(read).map(({ id, line }) => `${id} ${line}`)).toEqual(['PL003 16']);
  });
});

describe('where nothing tells which pods are meant, a finding stands', () => {
  const cron = (name: string, metadata: string) => `apiVersion: batch/v1
kind: CronJob
metadata: {name: ${name}}
spec:
  jobTemplate:
    spec:
      template:
        metadata:
          ${metadata}
        spec:
          containers: [{name: app, ports: [{containerPort: 80}]}]
`;
  const shared = 'labels: {app: web}';
  const rollout = `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: roll}
spec:
  selector: {matchLabels: {app: web}}
  workloadRef: {apiVersion: apps/v1, kind: Deployment, name: gone}
`;
  test.each<[string, string, string]>([
    ['at the template without labels', cron('web', 'annotations: {}'), 'PL018 8'],
    [
      'at labels that others have, too',
      `${cron('web', shared)}---\n${cron('api', shared)}`,
      'PL018 9',
    ],
    ['at the reference to a template that is not there', rollout, 'PL018 6'],
  ])('%s', (_where, text, expected) => {
    expect(findingsOf(readText(text)).map(({ id, line }) => `${id} ${line}`)).toContain(expected);
  });
});

test('an annotation that is read on workloads alone stands where it was written', () => {
  const text = `apiVersion: batch/v1
kind: CronJob
metadata: {name: web, annotations: {portlock.dev/probe: "on"}}
spec:
  jobTemplate:
    spec:
      template:
        metadata:
          labels: {app: web}
          annotations:
            portlock.dev/probe: "on"
            portlock.dev/extra-ports: 9090/TCP
        spec:
          containers: [{name: app, ports: [{containerPort: 80}]}]
`;
  const found = findingsOf(readText(text)).map(({ id, line, message }) => [id, line, message]);
  const message =
    'the annotation portlock.dev/extra-ports of the pod template does nothing: set it on the CronJob itself';
  expect(found).toEqual([['PL024', 12, expect.stringContaining(message)]]);
});

test('who may connect is for the owner to say: no patch is made of an example', () => {
  const [finding] = findingsOf(readAll(deployment(), DEFAULT_DENY));
  expect(finding).toMatchObject({ id: 'PL009', patch: undefined });
  expect(finding?.message).toContain('portlock.dev/allow-from');
});
