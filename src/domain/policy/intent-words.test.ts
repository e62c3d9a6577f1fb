import { describe, expect, test } from 'vitest';
import { policy, template, workload } from '../../testing/builders.ts';
import {
  type Circumstances,
  ENGAGED,
  finding,
  INVALID,
  intent,
  PORTS,
} from '../../testing/intent-builders.ts';
import { parseAllowFrom, UNSAID } from '../workload/allow-from.ts';
import { findingsInWords } from './intent.ts';
import { buildPolicy } from './policy.ts';

const FOREIGN = policy('web-portlock');

const ON_HOST = workload({ template: template({ hostNetwork: true }) });

const HOLDING = [finding()];

const MANY = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...PORTS[0], port: index + 1 }));

function messageOf(asked: Circumstances): string {
  const decided = intent(asked);
  return decided.kind === 'apply' ? '' : decided.message;
}

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
    const built = buildPolicy(workload(workloadOf), PORTS, UNSAID, 'portlock-system');
    const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web-old', uid: 'x' };
    const metadata = {
      ...built.metadata,
      name: 'web-portlock',
      ownerReferences: [{ ...owner, controller: true }],
    };
    const seen = { policies: [{ ...built, metadata }] };
    expect(intent({ seen })).toMatchObject({
      kind: 'hold',
      reason: 'PolicyNameInUse',
      stalled: false,
    });
    expect(messageOf({ seen })).toContain('is still that of StatefulSet web-old');
  });

  const others = (count: number) =>
    Array.from({ length: count }, (_, index) => policy(`deny-${index}`, { ingress: [] }));

  test.each<[string, Circumstances, string]>([
    [
      'by one',
      { seen: { policies: others(1) } },
      'The pods are isolated by deny-0; a policy would open 8080/TCP to everybody. Decide who may connect, as by kubectl annotate deployment web -n shop portlock.dev/allow-from=same-namespace --overwrite; any and namespace/NAME may stand there, too',
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
      {
        seen: { policies: others(1), widening: 'never' },
        asked: { allowFrom: parseAllowFrom('same-namespace') },
      },
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
    const asked = {
      seen: { pluginPolicies: [pluginPolicy], policies: [policy('deny-all', { ingress: [] })] },
    };
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
