import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { pod, policy, template, workload } from '../../testing/builders.ts';
import {
  type Circumstances,
  ENGAGED,
  finding,
  INVALID,
  intent,
  PORTS,
} from '../../testing/intent-builders.ts';
import type { Snapshot } from '../snapshot.ts';
import { parseAllowFrom, UNSAID } from '../workload/allow-from.ts';
import { buildPolicy } from './policy.ts';

const OWN = buildPolicy(workload(), PORTS, UNSAID, 'portlock-system');
const NARROW = buildPolicy(workload(), PORTS, parseAllowFrom('same-namespace'), 'portlock-system');
const FOREIGN = policy('web-portlock');
const DENY_ALL = policy('deny-all', { ingress: [] });

/** What is said, without the policy. */
function said(asked: Circumstances) {
  const decided = intent(asked);
  return decided.kind === 'apply'
    ? 'apply'
    : `${decided.kind} ${decided.reason}${decided.stalled ? ', stalled' : ''}`;
}

const ON_HOST = workload({ template: template({ hostNetwork: true }) });
const HOST_PODS = [pod({ hostNetwork: true })];
const HOLDING = [finding()];
const FAILURE = { reason: 'Forbidden', message: 'no right', stalled: true };
const MANY = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...PORTS[0], port: index + 1 }));

describe('the first rule that has something to say decides', () => {
  test.each<[string, string, Circumstances]>([
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

  test.each<[string | undefined, Snapshot['widening'], string]>([
    ['any', 'explicit', 'apply'],
    ['namespace/edge;1/TCP=any', 'explicit', 'apply'],
    ['8080/TCP=any', 'explicit', 'apply'],
    // The entry of another port says nothing of this one.
    ['1/TCP=any', 'explicit', 'hold WouldWiden'],
    [undefined, 'explicit', 'hold WouldWiden'],
    ['any', 'never', 'hold WouldWiden'],
  ])('on isolated pods, with allow-from %s and --widening %s: %s', (text, widening, then) => {
    const seen = { policies: [DENY_ALL], widening };
    const allowFrom = text === undefined ? UNSAID : parseAllowFrom(text);
    expect(said({ seen, asked: { allowFrom } })).toBe(then);
  });
});

describe('a policy', () => {
  test('is made of what is declared, and of who may connect', () => {
    const expected = buildPolicy(
      workload(),
      PORTS,
      parseAllowFrom('same-namespace'),
      'portlock-system',
    );
    expect(intent({ asked: { allowFrom: parseAllowFrom('same-namespace') } })).toEqual({
      kind: 'apply',
      policy: expected,
    });
  });

  test.each<[string, Circumstances, NetworkPolicy | undefined]>([
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
