import { describe, expect, test } from 'vitest';
import type { DeclaredPort } from '../../domain/workload/declared-ports.ts';
import { annotationsFor } from './annotations.ts';
import type { ReachedPart } from './reached-parts.ts';

const DECLARED: DeclaredPort[] = [{ port: 8080, protocol: 'TCP', containers: ['app'] }];
const A = [{ podSelector: { matchLabels: { role: 'a' } } }];
const BANK = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'bank' } } }];

function part(first: number, fields: Partial<ReachedPart> = {}): ReachedPart {
  return { first, last: first, protocol: 'TCP', reach: 'everybody', ...fields };
}

/** `key=value` of each, without the domain that they share. */
function told(parts: readonly ReachedPart[], declared = DECLARED): string[] {
  return Object.entries(annotationsFor(parts, declared)).map(
    ([key, value]) => `${key.replace('portlock.dev/', '')}=${value}`,
  );
}

describe('ports', () => {
  const udp = { protocol: 'UDP' } as const;
  test.each<[string, ReachedPart[], string[]]>([
    ['that are declared need nothing', [part(8080)], ['allow-from=any']],
    [
      'that are not are listed',
      [part(8080), part(9090)],
      ['extra-ports=9090/TCP', 'allow-from=any'],
    ],
    [
      'of another protocol are others',
      [part(8080), part(8080, udp)],
      ['extra-ports=8080/UDP', 'allow-from=any'],
    ],
    [
      'of a range are listed as it, declared or not',
      [part(8000, { last: 8100 })],
      ['extra-ports=8000-8100/TCP', 'allow-from=any'],
    ],
    [
      'of as large a range as somebody may mean are listed',
      [part(8080), part(1, { last: 1_024 })],
      ['extra-ports=1-1024/TCP', 'allow-from=any'],
    ],
    ['of a larger one are not', [part(8080), part(10_000, { last: 11_024 })], ['allow-from=any']],
    [
      'that are declared and closed to all are closed',
      [part(9090)],
      ['extra-ports=9090/TCP', 'closed-ports=8080/TCP', 'allow-from=any'],
    ],
    ['are not closed inside of a large range', [part(1, { last: 65_535 })], ['allow-from=any']],
    ['are closed where nobody is let in at all', [], ['closed-ports=8080/TCP', 'allow-from=any']],
  ])('%s', (_which, parts, expected) => {
    expect(told(parts)).toEqual(expected);
  });
});

describe('who may connect', () => {
  const two: DeclaredPort[] = [...DECLARED, { port: 8081, protocol: 'TCP', containers: ['app'] }];
  const three: DeclaredPort[] = [...two, { port: 8082, protocol: 'TCP', containers: ['app'] }];
  test.each<[string, ReachedPart[], DeclaredPort[], string]>([
    [
      'is said of all ports where it is the same',
      [part(8080, { reach: A })],
      DECLARED,
      'same-namespace',
    ],
    [
      'is said of all as most have it, and of single ports where it differs',
      [part(8080, { reach: A }), part(8081, { reach: BANK }), part(8082, { reach: A })],
      three,
      'same-namespace; 8081/TCP=namespace/bank',
    ],
    [
      'is said of declared ports inside of a range',
      [part(8080, { last: 8081, reach: BANK }), part(9090, { reach: A }), part(9091, { reach: A })],
      two,
      'same-namespace; 8080/TCP=namespace/bank; 8081/TCP=namespace/bank',
    ],
    ['is everybody where nobody is let in', [], DECLARED, 'any'],
  ])('%s', (_how, parts, declared, expected) => {
    expect(told(parts, declared).at(-1)?.replaceAll(/;\s*/g, '; ')).toBe(`allow-from=${expected}`);
  });
});
