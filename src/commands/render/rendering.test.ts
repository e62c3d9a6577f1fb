import { describe, expect, test } from 'vitest';
import { deployment } from '../../testing/deployments.ts';
import { readAll, serviceTo } from '../../testing/read-texts.ts';
import { type Rendered, renderAll, type Scope } from './rendering.ts';

function rendering(objects: readonly object[], scope: Scope = 'optedIn') {
  const { cluster, snapshots } = readAll(...objects);
  return renderAll(cluster, snapshots, scope);
}

/** `name kind`, and why where that is no policy. */
function told(each: Rendered): string {
  const what = each.kind === 'policy' ? 'policy' : `${each.kind} ${each.why}`;
  return `${each.found.value.name} ${what}`;
}

const ofScope = (objects: readonly object[], scope: Scope) =>
  rendering(objects, scope).workloads.map(told);

const UNLABELLED = deployment({ mode: undefined });
const NAMESPACE = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop', labels: { 'portlock.dev/mode': 'enforce' } },
};
const JOB = {
  ...deployment({ mode: 'enforce', ports: [] }),
  apiVersion: 'batch/v1',
  kind: 'Job',
  spec: {
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'app' }] },
    },
  },
};

describe('what becomes of a workload', () => {
  test.each<[string, readonly object[], string, string]>([
    ['that says enforce', [deployment()], 'web policy', 'web policy'],
    ['that says nothing', [UNLABELLED], 'web none NotOptedIn', 'web policy'],
    ['whose namespace says enforce', [UNLABELLED, NAMESPACE], 'web policy', 'web policy'],
    [
      'that says off in such a namespace',
      [deployment({ mode: 'off' }), NAMESPACE],
      'web none NotOptedIn',
      'web none NotOptedIn',
    ],
    ['that says audit', [deployment({ mode: 'audit' })], 'web none AuditMode', 'web policy'],
    [
      'that says what nobody can read',
      [deployment({ mode: 'on' })],
      'web held InvalidMode',
      'web held InvalidMode',
    ],
    [
      'that lacks a port',
      [deployment(), serviceTo(9090)],
      'web held PreflightFailed',
      'web held PreflightFailed',
    ],
    [
      'that declares no port',
      [deployment({ ports: [] })],
      'web held NoDeclaredPorts',
      'web held NoDeclaredPorts',
    ],
    ['that works and ends', [JOB], 'web held NothingToAllow', 'web held NothingToAllow'],
  ])('%s: by its label, and with --all', (_which, objects, optedIn, all) => {
    expect(ofScope(objects, 'optedIn')).toEqual([optedIn]);
    expect(ofScope(objects, 'all')).toEqual([all]);
  });
});

test('of a workload that is not looked at, nothing is found', () => {
  const objects = [deployment({ mode: undefined }), serviceTo(9090)];
  expect(rendering(objects).findings).toEqual([]);
  expect(rendering(objects, 'all').findings.map(({ id }) => id)).toEqual(['PL003']);
});

describe('a policy', () => {
  const [rendered] = rendering([deployment()]).workloads;
  test('is of the namespace and the pods of its workload, and belongs to nobody', () => {
    expect(rendered).toMatchObject({
      kind: 'policy',
      policy: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        spec: {
          podSelector: { matchLabels: { app: 'web' } },
          policyTypes: ['Ingress'],
          ingress: [{ ports: [{ port: 8080, protocol: 'TCP' }] }],
        },
      },
    });
    const { metadata } = (rendered as Extract<Rendered, { kind: 'policy' }>).policy;
    expect(metadata).toMatchObject({ name: 'web-portlock', namespace: 'shop' });
    expect(metadata.ownerReferences).toBeUndefined();
  });

  test('says no namespace, and nothing else of where it is, where its workload says none', () => {
    const web = deployment();
    const anywhere = { ...web, metadata: { ...web.metadata, namespace: undefined } };
    const [policy] = rendering([anywhere]).workloads;
    expect(policy).toMatchObject({ kind: 'policy' });
    const { metadata } = (policy as Extract<Rendered, { kind: 'policy' }>).policy;
    expect(metadata).toEqual({ name: 'web-portlock' });
  });
});

test('workloads come by namespace, then name, then kind, whatever the order of the input', () => {
  const of = (namespace: string, name: string, kind = 'Deployment') => ({
    ...deployment({ namespace, name }),
    kind,
  });
  const objects = [
    of('b', 'a'),
    of('a', 'b', 'StatefulSet'),
    of('a', 'b'),
    of('a', 'c'),
    of('a', 'a'),
    of('a', 'b', 'DaemonSet'),
  ];
  const expected = [
    'a/a Deployment',
    'a/b DaemonSet',
    'a/b Deployment',
    'a/b StatefulSet',
    'a/c Deployment',
    'b/a Deployment',
  ];
  for (const each of [objects, objects.toReversed()])
    expect(
      rendering(each).workloads.map(
        ({ found: { value } }) => `${value.namespace}/${value.name} ${value.kind}`,
      ),
    ).toEqual(expected);
});

test('findings come by file, line and id', () => {
  const { findings } = rendering([
    deployment({ name: 'z', ports: [] }),
    deployment(),
    deployment({ name: 'a', mode: 'on' }),
    serviceTo(9090, {
      ports: [
        { port: 80, targetPort: 9090 },
        { port: 81, targetPort: 'gone' },
      ],
    }),
  ]);
  expect(findings.map(({ file, line, id, about }) => `${file}:${line} ${id} ${about}`)).toEqual([
    'a.yaml:1 PL005 Deployment shop/z',
    'a.yaml:3 PL003 Deployment shop/web',
    'a.yaml:3 PL004 Deployment shop/web',
    'a.yaml:5 PL008 Deployment shop/a',
  ]);
});
