import { describe, expect, test } from 'vitest';
import { policy } from '../../testing/builders.ts';
import { deployment, onHostNetwork } from '../../testing/deployments.ts';
import { OPERATOR_SETTINGS } from '../../testing/operator-settings.ts';
import { adminPolicy, CILIUM_POLICY } from '../../testing/other-policies.ts';
import { readAll, readText, serviceTo } from '../../testing/read-texts.ts';
import { judgeEnforced } from '../manifests/judge.ts';
import { Snapshots } from '../manifests/snapshots.ts';
import { exposureOf } from './exposure-findings.ts';

type Read = ReturnType<typeof readAll>;

function exposure({ found, snapshots }: Read) {
  return exposureOf(
    found,
    judgeEnforced(snapshots.snapshotOf(found.value), found.value),
    snapshots,
  );
}

/** `id message` of what is found, without what is said of ports that nothing uses. */
function told(read: Read): string[] {
  return exposure(read)
    .findings.filter(({ id }) => id !== 'PL013')
    .map(({ id, message }) => `${id} ${message}`);
}

const PLAIN = deployment({ mode: undefined });
const SELECTS = { podSelector: { matchLabels: { app: 'web' } } };
/** A policy that lets everybody in to these ports. */
const allowing = (name: string, ...ports: number[]) =>
  policy(name, { ...SELECTS, ingress: [{ ports: ports.map((port) => ({ port })) }] });
const DENY = policy('deny');
const OPEN = 'PL001 No policy isolates the pods, so every port is open to every pod';

/** As a cluster that is there, in which the user may not read what these gaps name. */
function asCluster(read: Read, ...concerns: ('policies' | 'usage' | 'pods')[]): Read {
  const gaps = concerns.map((concern) => ({ resource: concern, namespace: undefined, concern }));
  const cluster = { ...read.cluster, source: 'cluster' as const, gaps };
  return {
    ...read,
    cluster,
    snapshots: new Snapshots(cluster, OPERATOR_SETTINGS),
  };
}

describe('what is allowed today', () => {
  const everybody = (port: number) => ({
    first: port,
    last: port,
    protocol: 'TCP',
    to: 'everybody',
  });
  test.each<[string, readonly object[], unknown]>([
    ['is all where nothing isolates the pods', [PLAIN], 'all'],
    ['is nothing where a policy lets nobody in', [PLAIN, DENY], []],
    ['is what policies let in', [PLAIN, DENY, allowing('a', 8080)], [everybody(8080)]],
    [
      'is not what policies of others let in',
      [PLAIN, policy('b', { podSelector: { matchLabels: { app: 'b' } } })],
      'all',
    ],
    [
      'is what was rendered before, too',
      [PLAIN, allowing('web-portlock', 8080)],
      [everybody(8080)],
    ],
    [
      'is not known where a policy of another kind selects the pods',
      [PLAIN, allowing('a', 8080), CILIUM_POLICY],
      'unknown',
    ],
    ['is not known where a tier has a say', [PLAIN, adminPolicy('Allow')], 'unknown'],
  ])('%s', (_what, objects, allowed) => {
    expect(exposure(readAll(...objects)).allowed).toEqual(allowed);
  });

  test('is not known where policies may not be read, and only there', () => {
    expect(exposure(asCluster(readAll(PLAIN), 'policies')).allowed).toBe('unknown');
    expect(exposure(asCluster(readAll(PLAIN), 'usage', 'pods')).allowed).toBe('all');
  });
});

test('the policies that select the pods are told with what each does', () => {
  const objects = [
    PLAIN,
    allowing('wide', 9090),
    allowing('web-portlock', 8080),
    policy('egress', { policyTypes: ['Egress'] }),
  ];
  const { policies } = exposure(readAll(...objects));
  expect(policies.map(({ name, effect }) => `${name} ${effect}`).sort()).toEqual([
    'egress None',
    'web-portlock Managed',
    'wide Widens',
  ]);
});

describe('that every port is open', () => {
  test.each<[string, Read, string[]]>([
    ['is found of a workload that says nothing', readAll(PLAIN), [OPEN]],
    ['is found of one that says audit', readAll(deployment({ mode: 'audit' })), [OPEN]],
    ['is about to be put right by enforce', readAll(deployment()), []],
    ['is put right by a rendered policy', readAll(PLAIN, allowing('web-portlock', 8080)), []],
    ['is found where enforce is held', readAll(deployment(), serviceTo(9090)), [OPEN]],
    [
      'is found in a cluster that does not do what enforce says',
      asCluster(readAll(deployment())),
      [OPEN],
    ],
    ['is not for policies to change on the network of a node', readAll(onHostNetwork(PLAIN)), []],
  ])('%s', (_when, read, expected) => {
    expect(told(read)).toEqual(expected);
  });

  test('is mended by a label', () => {
    const [finding] = exposure(readAll(PLAIN)).findings;
    expect(finding?.patch).toEqual({ metadata: { labels: { 'portlock.dev/mode': 'enforce' } } });
  });

  test('is nothing to a Job that serves nobody', () => {
    const { template } = deployment({ ports: [] }).spec;
    const job = { ...PLAIN, apiVersion: 'batch/v1', kind: 'Job', spec: { template } };
    expect(told(readAll(job))).toEqual([]);
    expect(told(readAll({ ...PLAIN, spec: { ...PLAIN.spec, template } }))).toEqual([OPEN]);
  });
});

describe('a policy that opens more than is declared', () => {
  const WIDE = 'PL002 NetworkPolicy wide: Allows 9090/TCP, which the workload does not declare';
  test.each<[string, readonly object[], string[]]>([
    ['is found', [PLAIN, allowing('wide', 8080, 9090)], [WIDE]],
    ['is found of an enforced workload, too', [deployment(), allowing('wide', 8080, 9090)], [WIDE]],
    [
      'is no finding where the owner lists the ports',
      [
        deployment({ annotations: { 'portlock.dev/extra-ports': '9000-9100/TCP' } }),
        allowing('wide', 8080, 9090),
      ],
      [],
    ],
    ['is none on the network of a node', [onHostNetwork(PLAIN), allowing('wide', 9090)], []],
    [
      'is none where it selects others',
      [
        PLAIN,
        DENY,
        allowing('a', 8080),
        policy('b', { podSelector: { matchLabels: { app: 'b' } }, ingress: [{}] }),
      ],
      [],
    ],
  ])('%s', (_what, objects, expected) => {
    expect(told(readAll(...objects))).toEqual(expected);
  });

  test('is found where it stands', () => {
    const { findings } = exposure(readAll(PLAIN, serviceTo(8080), allowing('wide', 8080, 9090)));
    expect(findings.map(({ id, line }) => `${id} ${line}`)).toEqual(['PL002 5']);
  });
});

describe('a policy that is not understood', () => {
  test('is found where its workload stands, with its group', () => {
    const read = readAll(CILIUM_POLICY, PLAIN);
    const [finding] = exposure(read).findings.filter(({ id }) => id === 'PL011');
    expect(finding).toMatchObject({ file: 'a.yaml', line: 3, about: 'Deployment shop/web' });
    expect(finding?.message).toMatch(/^CiliumNetworkPolicy\.cilium\.io cnp: /);
  });

  test('is not taken for a NetworkPolicy of the same name', () => {
    const [finding] = exposure(
      readAll(PLAIN, CILIUM_POLICY, allowing('cnp', 8080)),
    ).findings.filter(({ id }) => id === 'PL011');
    expect(finding?.line).toBe(1);
  });
});

describe('a declared port to which nobody may connect', () => {
  const two = {
    ports: [{ containerPort: 8080 }, { containerPort: 53, protocol: 'UDP' }],
    mode: undefined,
  };
  test.each<[string, Read, string[]]>([
    [
      'is found with the policies that isolate the pods',
      readAll(PLAIN, DENY, policy('egress', { policyTypes: ['Egress'] }), allowing('a', 9090)),
      [
        'PL002 NetworkPolicy a: Allows 9090/TCP, which the workload does not declare',
        'PL006 8080/TCP is declared, and no rule of a, deny allows it to anybody',
      ],
    ],
    [
      'is each of several',
      readAll(deployment(two), DENY),
      ['PL006 53/UDP, 8080/TCP are declared, and no rule of deny allows them to anybody'],
    ],
    [
      'is one of its protocol alone',
      readAll(deployment(two), DENY, allowing('a', 53, 8080)),
      [
        'PL002 NetworkPolicy a: Allows 53/TCP, which the workload does not declare',
        'PL006 53/UDP is declared, and no rule of a, deny allows it to anybody',
      ],
    ],
    [
      'is none inside of a range',
      readAll(PLAIN, policy('r', { ingress: [{ ports: [{ port: 8080, endPort: 8080 }] }] })),
      [],
    ],
    [
      'is one above a range',
      readAll(PLAIN, policy('r', { ingress: [{ ports: [{ port: 1, endPort: 8079 }] }] })),
      [
        expect.stringMatching(/^PL002 /),
        'PL006 8080/TCP is declared, and no rule of r allows it to anybody',
      ],
    ],
    ['is none where all is open', readAll(PLAIN), [OPEN]],
    ['is none on the network of a node', readAll(onHostNetwork(PLAIN), DENY), []],
    [
      'is about to be put right by enforce',
      readAll(deployment({ annotations: { 'portlock.dev/allow-from': 'any' } }), DENY),
      [],
    ],
  ])('%s', (_which, read, expected) => {
    expect(told(read)).toEqual(expected);
  });

  test('is found at the containers', () => {
    const text = `${JSON.stringify(DENY)}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: app
          ports: [{containerPort: 8080}]
`;
    expect(exposure(readText(text)).findings.map(({ id, line }) => `${id} ${line}`)).toEqual([
      'PL006 11',
      'PL013 11',
    ]);
  });
});

describe('what is wrong with the declarations', () => {
  const api = deployment({ name: 'api' });
  const shared = {
    ...api,
    spec: {
      ...api.spec,
      selector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] },
      template: deployment().spec.template,
    },
  };
  const ids = (read: Read) => exposure(read).findings.map(({ id, message }) => `${id} ${message}`);

  test('a selector that matches the pods of others', () => {
    expect(ids(readAll(deployment(), serviceTo(8080), shared))).toEqual([
      'PL010 The selector matches pods of Deployment/api, too',
    ]);
  });

  test('ports that nothing uses', () => {
    const two = deployment({ ports: [{ containerPort: 8080 }, { containerPort: 9 }] });
    const unused = (ports: string) =>
      ports.includes(',')
        ? `PL013 ${ports} are declared, and nothing is known to use them`
        : `PL013 ${ports} is declared, and nothing is known to use it`;
    expect(ids(readAll(two))).toEqual([unused('9/TCP, 8080/TCP')]);
    expect(ids(readAll(two, serviceTo(8080)))).toEqual([unused('9/TCP')]);
    expect(ids(readAll(deployment(), serviceTo(8080)))).toEqual([]);
  });

  test('which nobody says who cannot see all that may use it', () => {
    const read = readAll(deployment());
    expect(ids(asCluster(read, 'usage')).filter((each) => each.startsWith('PL013'))).toEqual([]);
    expect(
      ids(asCluster(read, 'policies')).filter((each) => each.startsWith('PL013')),
    ).toHaveLength(1);
  });
});
