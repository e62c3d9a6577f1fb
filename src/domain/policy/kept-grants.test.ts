import { describe, expect, test } from 'vitest';
import { workload } from '../../testing/builders.ts';
import { finding } from '../../testing/intent-builders.ts';
import type { PreflightFinding } from '../preflight/preflight.ts';
import { allowFromText, parseAllowFrom, UNSAID } from '../workload/allow-from.ts';
import { portKey } from '../workload/declared-ports.ts';
import { isNarrower, withKeptGrants } from './kept-grants.ts';
import { buildPolicy } from './policy.ts';

const portsOf = (numbers: number[]) =>
  numbers.map((port) => ({ port, protocol: 'TCP', containers: ['app'] }) as const);

/** Ours as it allows these ports, to whom allow-from says. */
function ours(numbers: number[], allowFrom = '') {
  const sources = allowFrom === '' ? UNSAID : parseAllowFrom(allowFrom);
  return buildPolicy(workload(), portsOf(numbers), sources, 'portlock-system');
}

describe('of what the policy in force allows', () => {
  const USED = finding({ port: 9090 });
  const KEPT_OUT = finding({ port: 8080, declared: true });
  const NARROW = 'same-namespace';

  test.each<[string, string, string, PreflightFinding[], ReturnType<typeof ours>, string]>([
    [
      'a port that is in use stays',
      '8080/TCP,9090/TCP',
      '9090/TCP=any',
      [USED],
      ours([8080, 9090]),
      '',
    ],
    ['one that nobody uses goes', '8080/TCP', '', [], ours([8080, 9090]), ''],
    [
      'one whose cut is accepted goes',
      '8080/TCP',
      '',
      [{ ...USED, holds: false }],
      ours([8080, 9090]),
      '',
    ],
    ['one that it did not allow is not added', '8080/TCP', '', [USED], ours([8080]), ''],
    [
      'one of another protocol is another',
      '8080/TCP',
      '',
      [{ ...USED, protocol: 'UDP' }],
      ours([8080, 9090]),
      '',
    ],
    [
      'whom it lets in stays let in',
      '8080/TCP',
      'same-namespace;8080/TCP=any',
      [KEPT_OUT],
      ours([8080]),
      NARROW,
    ],
    [
      'they stay beside whom is let in by now',
      '8080/TCP',
      'namespace/b;8080/TCP=namespace/a,namespace/b',
      [KEPT_OUT],
      ours([8080], 'namespace/a'),
      'namespace/b',
    ],
    [
      'nothing changes where more are let in',
      '8080/TCP',
      'any',
      [KEPT_OUT],
      ours([8080], NARROW),
      'any',
    ],
    [
      'an undeclared port stays open to as many as before',
      '8080/TCP,9090/TCP',
      'any;9090/TCP=same-namespace',
      [USED],
      ours([8080, 9090], NARROW),
      'any',
    ],
  ])('%s', (_what, ports, sources, findings, inForce, allowFrom) => {
    const asked = {
      ports: portsOf([8080]),
      allowFrom: allowFrom === '' ? UNSAID : parseAllowFrom(allowFrom),
    };
    const kept = withKeptGrants(asked, inForce, findings);
    expect(kept.ports.map(({ port, protocol }) => portKey(port, protocol)).join(',')).toBe(ports);
    expect(allowFromText(kept.allowFrom)).toBe(sources);
  });

  test('nothing is kept where there is none', () => {
    const asked = { ports: portsOf([8080]), allowFrom: UNSAID };
    expect(withKeptGrants(asked, undefined, [USED])).toEqual(asked);
  });
});

describe('a policy is narrower', () => {
  test.each<[string, boolean, ReturnType<typeof ours>, ReturnType<typeof ours>]>([
    ['by a port', true, ours([80]), ours([80, 81])],
    ['by who may connect', true, ours([80], 'same-namespace'), ours([80])],
    ['by who may connect to one port', true, ours([80, 81], '81/TCP=namespace/a'), ours([80, 81])],
    ['also where it allows another port', true, ours([80, 82]), ours([80, 81])],
    ['not where it is the same', false, ours([80]), ours([80])],
    ['not where it allows more', false, ours([80, 81]), ours([80], 'namespace/a')],
  ])('%s: %s', (_how, expected, policy, before) => {
    expect(isNarrower(policy, before)).toBe(expected);
  });
});
