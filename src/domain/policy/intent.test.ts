import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { pod, policy, snapshot, template, workload } from '../../testing/builders.ts';
import { policyTargets } from '../evaluate/targets.ts';
import type { PreflightFinding } from '../preflight/preflight.ts';
import type { Brake, Snapshot } from '../snapshot.ts';
import type { Settings } from '../workload/settings.ts';
import { findingsInWords, type Intent, type IntentInput, policyIntent } from './intent.ts';
import { buildPolicy } from './policy.ts';

const PORTS = [{ port: 8080, protocol: 'TCP', containers: ['app'] }] as const;
const OWN = buildPolicy(workload(), PORTS, 'any', 'portlock-system');
const NARROW = buildPolicy(workload(), PORTS, 'same-namespace', 'portlock-system');
const FOREIGN = policy('web-portlock');
const DENY_ALL = policy('deny-all', { ingress: [] });

const ENGAGED: Brake = {
  state: 'Engaged',
  sinceTime: '2026-01-02T03:04:05Z',
  templateHash: 'a',
  pods: ['web-1'],
};

const INVALID: Settings['problems'] = [
  { reason: 'InvalidAnnotation', message: 'one is wrong' },
  { reason: 'InvalidMode', message: 'another is, too' },
];

function settings(fields: Partial<Settings> = {}): Settings {
  return {
    mode: 'enforce',
    extraPorts: [],
    allowFrom: 'any',
    allowFromIsExplicit: false,
    acceptedCuts: [],
    probe: true,
    problems: [],
    ...fields,
  };
}

function finding(fields: Partial<PreflightFinding> = {}): PreflightFinding {
  return {
    port: 9090,
    protocol: 'TCP',
    users: ['Service shop/web port 80'],
    fix: 'declare it',
    accepted: false,
    holds: true,
    ...fields,
  };
}

type Asked = Partial<Omit<IntentInput, 'snapshot' | 'settings' | 'found'>> & {
  seen?: Partial<Snapshot>;
  asked?: Partial<Settings>;
  findings?: PreflightFinding[];
};

function intent({ seen = {}, asked = {}, findings = [], ...fields }: Asked = {}): Intent {
  const taken = snapshot(seen);
  const { namespace, policies, tieredPolicies, pluginPolicies, pods } = taken;
  const all = { networkPolicies: policies, tieredPolicies, pluginPolicies };
  const of = fields.workload ?? workload();
  return policyIntent({
    snapshot: taken,
    workload: of,
    settings: settings(asked),
    declared: PORTS,
    found: { findings, unused: [], referred: [], references: new Map() },
    brake: undefined,
    targets: policyTargets(of, namespace, pods, all),
    ...fields,
  });
}

/** What is said, without the policy. */
function said(asked: Asked) {
  const decided = intent(asked);
  return decided.kind === 'apply'
    ? 'apply'
    : `${decided.kind} ${decided.reason}${decided.stalled ? ', stalled' : ''}`;
}

function messageOf(asked: Asked): string {
  const decided = intent(asked);
  return decided.kind === 'apply' ? '' : decided.message;
}

const ON_HOST = workload({ template: template({ hostNetwork: true }) });
const HOST_PODS = [pod({ hostNetwork: true })];
const HOLDING = [finding()];
const FAILURE = { reason: 'Forbidden', message: 'no right', stalled: true };
const MANY = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...PORTS[0], port: index + 1 }));

describe('the first rule that has something to say decides', () => {
  test.each<[string, string, Asked]>([
    ['nothing stands against it', 'apply', {}],
    ['the write failed', 'failed Forbidden, stalled', { seen: { policyFailure: FAILURE } }],
    ['bad input', 'hold InvalidAnnotation, stalled', { asked: { problems: INVALID } }],
    [
      'bad input in audit mode',
      'hold InvalidAnnotation, stalled',
      { asked: { problems: INVALID, mode: 'audit' } },
    ],
    ['1,024 ports', 'apply', { declared: MANY(1024) }],
    ['1,025 ports', 'hold TooManyPorts, stalled', { declared: MANY(1025) }],
    ['audit mode', 'remove AuditMode', { asked: { mode: 'audit' } }],
    [
      'audit mode, next to a foreign policy',
      'remove AuditMode',
      { asked: { mode: 'audit' }, seen: { policies: [FOREIGN] } },
    ],
    [
      'a foreign policy of its name',
      'hold ForeignNetworkPolicy, stalled',
      { seen: { policies: [FOREIGN] } },
    ],
    ['a policy of ours', 'apply', { seen: { policies: [OWN] } }],
    ['no declared port', 'hold NoDeclaredPorts', { declared: [] }],
    [
      'no declared port on the network of the node',
      'remove HostNetwork',
      { declared: [], workload: ON_HOST, seen: { pods: HOST_PODS } },
    ],
    ['the network of the node', 'remove HostNetwork', { workload: ON_HOST, seen: { pods: [] } }],
    ['only pods on it, under a template that is not', 'apply', { seen: { pods: HOST_PODS } }],
    ['a live pod that is not', 'apply', { workload: ON_HOST }],
    [
      'an ended pod that is not',
      'remove HostNetwork',
      { workload: ON_HOST, seen: { pods: [...HOST_PODS, pod({ live: false })] } },
    ],
    ['a finding that holds', 'hold PreflightFailed', { findings: HOLDING }],
    ['a finding that does not', 'apply', { findings: [finding({ holds: false })] }],
    [
      'a finding, found when the policy was in force',
      'apply',
      { findings: HOLDING, seen: { policies: [OWN] } },
    ],
    ['pods that others isolate', 'hold WouldWiden', { seen: { policies: [DENY_ALL] } }],
    [
      'pods that others isolate, and a finding',
      'hold WouldWiden',
      { seen: { policies: [DENY_ALL] }, findings: HOLDING },
    ],
    [
      'pods that others isolate, and nobody knows what ours allowed before an edit',
      'apply',
      { seen: { policies: [DENY_ALL, { ...OWN, spec: { ...OWN.spec, ingress: [{}] } }] } },
    ],
    ['pods that only ours isolates, for some until now', 'apply', { seen: { policies: [NARROW] } }],
    ['an engaged brake', 'remove AutoBrake, stalled', { brake: ENGAGED }],
    ['a brake that watches', 'apply', { brake: { ...ENGAGED, state: 'Watching' } }],
    [
      'an engaged brake, and bad input',
      'hold InvalidAnnotation, stalled',
      { brake: ENGAGED, asked: { problems: INVALID } },
    ],
    [
      'an engaged brake and bad input, and the policy is there',
      'remove AutoBrake, stalled',
      { brake: ENGAGED, asked: { problems: INVALID }, seen: { policies: [OWN] } },
    ],
    [
      'an engaged brake, and a foreign policy',
      'hold ForeignNetworkPolicy, stalled',
      { brake: ENGAGED, seen: { policies: [FOREIGN] } },
    ],
  ])('%s: %s', (_what, expected, asked) => {
    expect(said(asked)).toBe(expected);
  });

  test.each<[Settings['allowFromIsExplicit'], Snapshot['widening'], string]>([
    [true, 'explicit', 'apply'],
    [false, 'explicit', 'hold WouldWiden'],
    [true, 'never', 'hold WouldWiden'],
  ])('on isolated pods, with allow-from %s and --widening %s: %s', (isExplicit, widening, then) => {
    const seen = { policies: [DENY_ALL], widening };
    expect(said({ seen, asked: { allowFromIsExplicit: isExplicit } })).toBe(then);
  });
});

describe('a policy', () => {
  test('is made of what is declared, and of who may connect', () => {
    const expected = buildPolicy(workload(), PORTS, 'same-namespace', 'portlock-system');
    expect(intent({ asked: { allowFrom: 'same-namespace' } })).toEqual({
      kind: 'apply',
      policy: expected,
    });
  });

  test.each<[string, Asked, NetworkPolicy | undefined]>([
    ['in audit mode', { asked: { mode: 'audit' } }, OWN],
    ['after the brake', { brake: ENGAGED }, OWN],
    ['in audit mode without ports', { asked: { mode: 'audit' }, declared: [] }, undefined],
    [
      'in audit mode on the network of the node',
      { asked: { mode: 'audit' }, workload: ON_HOST },
      undefined,
    ],
  ])('is proposed where none is written: %s', (_when, asked, proposed) => {
    expect(intent(asked)).toMatchObject({ kind: 'remove', proposed });
  });
});

describe('policies that are not in the way', () => {
  /** One that portlock keeps for another workload under the same selector. */
  function kept(ingress: NetworkPolicy['spec']['ingress'], apiVersion = 'apps/v1'): NetworkPolicy {
    const reference = { apiVersion, kind: 'Deployment', name: 'api', uid: 'uid-api' };
    return {
      ...policy('api-portlock', { ingress: ingress ?? [] }),
      metadata: {
        name: 'api-portlock',
        namespace: 'shop',
        labels: { 'app.kubernetes.io/managed-by': 'portlock' },
        ownerReferences: [{ ...reference, controller: true }],
      },
    };
  }
  const ports = [{ port: 9000, protocol: 'TCP' }];
  const unmarked = kept([{ ports }]);

  test.each<[string, string, NetworkPolicy]>([
    ['portlock’s own for another workload, for everybody', 'apply', kept([{ ports }])],
    ['the same, for some', 'hold WouldWiden', kept([{ ports, from: [{ podSelector: {} }] }])],
    ['the same, for nobody', 'hold WouldWiden', kept([])],
    ['one of another kind of owner', 'hold WouldWiden', kept([{ ports }], 'example.org/v1')],
    [
      'one without the marker',
      'hold WouldWiden',
      { ...unmarked, metadata: { ...unmarked.metadata, labels: {} } },
    ],
    [
      'one of another namespace’s',
      'apply',
      { ...DENY_ALL, metadata: { name: 'x', namespace: 'y' } },
    ],
  ])('%s: %s', (_what, expected, other) => {
    expect(said({ seen: { policies: [other] } })).toBe(expected);
  });
});

describe('what is said', () => {
  test('all that is wrong in the annotations', () => {
    expect(messageOf({ asked: { problems: INVALID } })).toBe('one is wrong. another is, too');
  });

  test('how many ports are too many', () => {
    expect(messageOf({ declared: MANY(1025) })).toBe(
      '1025 ports are declared; portlock makes no policy with more than 1024',
    );
  });

  test('how to declare a port, how to make room, and why nothing applies', () => {
    expect(messageOf({ declared: [] })).toContain('add ports: to the containers, or name them');
    expect(messageOf({ seen: { policies: [FOREIGN] } })).toContain(
      'The NetworkPolicy web-portlock was not made by portlock and is left alone',
    );
    expect(messageOf({ workload: ON_HOST, seen: { pods: [] } })).toContain(
      'the network of their node, to which no NetworkPolicy applies',
    );
    expect(messageOf({ asked: { mode: 'audit' } })).toBe('In audit mode portlock writes no policy');
    expect(messageOf({ brake: ENGAGED })).toContain('Took the policy back');
    expect(messageOf({ findings: HOLDING })).toBe(
      'Enforcement waits: 9090/TCP is used by Service shop/web port 80: declare it',
    );
  });

  test('that a name is still in use by a policy of an earlier version', () => {
    const workloadOf = { kind: 'StatefulSet', name: 'web' } as const;
    const built = buildPolicy(workload(workloadOf), PORTS, 'any', 'portlock-system');
    const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web-old', uid: 'x' };
    const metadata = {
      ...built.metadata,
      name: 'web-portlock',
      ownerReferences: [{ ...owner, controller: true }],
    };
    const seen = { policies: [{ ...built, metadata }] };
    expect(said({ seen })).toBe('hold PolicyNameInUse');
    expect(messageOf({ seen })).toContain('is still that of StatefulSet web-old');
  });

  const others = (count: number) =>
    Array.from({ length: count }, (_, index) => policy(`deny-${index}`, { ingress: [] }));

  test.each<[string, Asked, string]>([
    [
      'by one',
      { seen: { policies: others(1) } },
      'The pods are isolated by deny-0; a policy would open 8080/TCP to everybody. Decide who may connect by the annotation portlock.dev/allow-from: any or same-namespace',
    ],
    ['by three', { seen: { policies: others(3) } }, 'by deny-0, deny-1, deny-2; a policy'],
    ['by five', { seen: { policies: others(5) } }, 'by deny-0, deny-1, deny-2 and 2 more;'],
    [
      'where the platform team decides',
      { seen: { policies: others(1), widening: 'never' } },
      'This portlock runs with --widening never, so who may connect is said by those policies',
    ],
    [
      'for the namespace',
      { seen: { policies: others(1) }, asked: { allowFrom: 'same-namespace' } },
      'open 8080/TCP to all pods of the namespace.',
    ],
    [
      'of ten ports',
      { seen: { policies: others(1) }, declared: MANY(10) },
      '9/TCP, 10/TCP to everybody',
    ],
    [
      'of twelve ports',
      { seen: { policies: others(1) }, declared: MANY(12) },
      '9/TCP, 10/TCP and 2 more to everybody',
    ],
  ])('which policies isolate the pods: %s', (_what, asked, words) => {
    expect(messageOf(asked)).toContain(words);
  });

  test('that policies of other kinds may isolate the pods', () => {
    const pluginPolicy = {
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      metadata: { name: 'rules', namespace: 'shop' },
      spec: { endpointSelector: {}, ingress: [{}] },
    };
    const asked = { seen: { pluginPolicies: [pluginPolicy], policies: [DENY_ALL] } };
    expect(messageOf(asked)).toContain(
      'The pods may be isolated by CiliumNetworkPolicy.cilium.io/rules, deny-all',
    );
  });
});

describe('findings in words', () => {
  const users = ['a', 'b', 'c', 'd', 'e'];

  test.each<[number, string]>([
    [3, '9090/TCP is used by a, b, c: declare it'],
    [5, '9090/TCP is used by a, b, c and 2 more: declare it'],
  ])('%i users', (count, words) => {
    expect(findingsInWords([finding({ users: users.slice(0, count) })])).toBe(words);
  });

  test('five ports, and how many more there are', () => {
    const found = Array.from({ length: 7 }, (_, index) => finding({ port: index + 1 }));
    expect(findingsInWords(found.slice(0, 5)).split('; ')).toHaveLength(5);
    expect(findingsInWords(found)).toMatch(/; 5\/TCP [^;]*; and 2 more ports$/);
  });
});
