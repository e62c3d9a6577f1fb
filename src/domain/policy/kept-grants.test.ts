import { describe, expect, test } from 'vitest';
import { workload } from '../../testing/builders.ts';
import { finding } from '../../testing/intent-builders.ts';
import type { PreflightFinding } from '../preflight/preflight.ts';
import { allowFromText, parseAllowFrom, UNSAID } from '../workload/allow-from.ts';
import { type AllowedPort, rangeKey, rangeOf } from '../workload/port-range.ts';
import { beyondAsked, isNarrower, withKeptGrants } from './kept-grants.ts';
import { buildPolicy } from './policy.ts';

const portsOf = (numbers: number[]) =>
  numbers.map((port) => ({ port, protocol: 'TCP', containers: ['app'] }) as const);

/** Ours as it allows these ports, to whom allow-from says. */
function ours(numbers: number[], allowFrom = '') {
  return policyOf(portsOf(numbers), allowFrom);
}

function policyOf(ports: AllowedPort[], allowFrom = '') {
  const sources = allowFrom === '' ? UNSAID : parseAllowFrom(allowFrom);
  return buildPolicy(workload(), ports, sources, 'portlock-system');
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
    expect(kept.ports.map(rangeOf).map(rangeKey).join(',')).toBe(ports);
    expect(allowFromText(kept.allowFrom)).toBe(sources);
  });

  const RANGE = { first: 9000, last: 9100, protocol: 'TCP' } as const;
  const withRange = (allowFrom = '') => policyOf([...portsOf([8080]), RANGE], allowFrom);

  test.each<[string, string, string, number, AllowedPort[], string]>([
    [
      'a range, the port alone that is in use stays',
      '8080/TCP,9050/TCP',
      'same-namespace;9050/TCP=any',
      9050,
      [],
      NARROW,
    ],
    ['a range, nothing is added where none is in it', '8080/TCP', NARROW, 9101, [], NARROW],
    [
      'a range, the port that is in use stays open to whom it is',
      '8080/TCP,9000-9100/TCP',
      'same-namespace;9050/TCP=any',
      9050,
      [RANGE],
      NARROW,
    ],
    [
      'a range, nothing changes where it stays',
      '8080/TCP,9000-9100/TCP',
      'any',
      9050,
      [RANGE],
      'any',
    ],
  ])('%s', (_what, ports, sources, port, ranges, allowFrom) => {
    const asked = { ports: [...portsOf([8080]), ...ranges], allowFrom: parseAllowFrom(allowFrom) };
    const kept = withKeptGrants(asked, withRange(), [finding({ port })]);
    expect(kept.ports.map(rangeOf).map(rangeKey).join(',')).toBe(ports);
    expect(allowFromText(kept.allowFrom)).toBe(sources);
  });

  test('it is told what goes on, of a range in its parts', () => {
    const asked = { ports: [...portsOf([8080]), RANGE], allowFrom: parseAllowFrom(NARROW) };
    expect(beyondAsked(withRange(NARROW), asked)).toEqual([]);
    expect(beyondAsked(withRange('same-namespace;9050/TCP=any'), asked)).toEqual([
      '9050/TCP from more than allow-from says',
    ]);
    expect(beyondAsked(withRange(NARROW), { ...asked, ports: portsOf([8080]) })).toEqual([
      '9000-9100/TCP',
    ]);
  });

  test('nothing is kept where there is none', () => {
    const asked = { ports: portsOf([8080]), allowFrom: UNSAID };
    expect(withKeptGrants(asked, undefined, [USED])).toEqual(asked);
  });
});

describe('a policy is narrower', () => {
  const range = (first: number, last: number, allowFrom = '') =>
    policyOf([{ first, last, protocol: 'TCP' }], allowFrom);

  test.each<[string, boolean, ReturnType<typeof ours>, ReturnType<typeof ours>]>([
    ['by a port', true, ours([80]), ours([80, 81])],
    ['by who may connect', true, ours([80], 'same-namespace'), ours([80])],
    ['by who may connect to one port', true, ours([80, 81], '81/TCP=namespace/a'), ours([80, 81])],
    ['also where it allows another port', true, ours([80, 82]), ours([80, 81])],
    ['not where it is the same', false, ours([80]), ours([80])],
    ['by a whole range', true, ours([80]), range(90, 99)],
    ['by one port of a range', true, range(90, 98), range(90, 99)],
    [
      'by who may connect to one port of a range',
      true,
      range(90, 99, '95/TCP=namespace/a'),
      range(90, 99),
    ],
    ['not by a range in parts', false, range(90, 99, '95/TCP=any'), range(90, 99)],
    ['not by a wider range', false, range(89, 100), range(90, 99)],
    ['not where a range contains what was a port', false, range(90, 99), ours([95])],
    ['not where it allows more', false, ours([80, 81]), ours([80], 'namespace/a')],
  ])('%s: %s', (_how, expected, policy, before) => {
    expect(isNarrower(policy, before)).toBe(expected);
  });
});
