import { describe, expect, it } from 'vitest';
import type { ExposedPort } from '../../domain/exposure/exposure.ts';
import type { AddressResult, ProbeResult } from './result.ts';
import { summaryOf } from './summary.ts';

const NONE = { open: 0, refused: 0, filtered: 0, unreachable: 0, error: 0 };

function address(last: number, fields: Partial<AddressResult> = {}): AddressResult {
  return {
    verdict: 'Findings',
    reason: '',
    counts: NONE,
    ports: [],
    address: `10.0.0.${last}`,
    pod: undefined,
    portsAsked: 1,
    inside: undefined,
    ...fields,
  };
}

function summary(addresses: AddressResult[], fields: Partial<ProbeResult> = {}): string[] {
  return summaryOf({
    target: 'web',
    isRange: false,
    from: 'debug',
    startedAt: 0,
    endedAt: 1,
    verdict: 'Findings',
    addresses,
    silentAddresses: 0,
    warnings: [],
    ...fields,
  });
}

function undeclared(...ports: number[]): ExposedPort[] {
  return ports.map((port) => ({
    port,
    protocol: 'TCP',
    state: 'Open',
    finding: 'UndeclaredReachable',
    note: '',
    declaredBy: [],
    listeners: undefined,
  }));
}

const some = (length: number, fields: Partial<AddressResult> = {}) =>
  Array.from({ length }, (_, index) => address(index + 1, fields));

describe('the summary', () => {
  it('counts what was seen of an address, in the order of the outcomes', () => {
    const counts = { ...NONE, filtered: 1, open: 1_000, error: 2 };
    expect(summary([address(1, { counts })])).toEqual([
      '10.0.0.1: 1,000 open, 1 filtered, 2 error',
    ]);
    expect(summary([address(1)])).toEqual(['10.0.0.1: no port tried']);
  });

  it('sums up ten addresses one by one, and of more none', () => {
    expect(summary(some(10))).toHaveLength(10);
    expect(summary(some(11))).toEqual([]);
  });

  it.each([
    [1, '1 address gave no answer'],
    [1_022, '1,022 addresses gave no answer'],
  ])('counts %i silent addresses', (silentAddresses, line) => {
    expect(summary([], { silentAddresses })).toEqual([line]);
  });

  it('names each undeclared port once, the lowest first', () => {
    const addresses = some(11, { ports: undeclared(9_090, 80) });
    expect(summary(addresses)).toEqual(['2 undeclared ports are reachable: 80, 9090']);
    expect(summary(some(11, { ports: undeclared(80) }))).toEqual([
      '1 undeclared port is reachable: 80',
    ]);
  });

  it('names twenty undeclared ports at most, and none that is declared', () => {
    const ports = Array.from({ length: 21 }, (_, index) => index + 1);
    const [line] = summary(some(11, { ports: undeclared(...ports) }));
    expect(line).toMatch(/^21 undeclared ports are reachable: 1, 2, .*, 19, 20 and more$/);
    const [twenty] = summary(some(11, { ports: undeclared(...ports.slice(1)) }));
    expect(twenty).toMatch(/, 20, 21$/);
    const declared = undeclared(80).map((port) => ({ ...port, finding: undefined }));
    expect(summary(some(11, { ports: declared }))).toEqual([]);
  });

  it('says why it cannot be told of five addresses, and how many there are more', () => {
    const unknown = { verdict: 'Unknown', reason: 'nothing answers' } as const;
    const reasons = summary([...some(11), ...some(5, unknown)], { verdict: 'Unknown' });
    expect(reasons).toEqual(
      [1, 2, 3, 4, 5].map((last) => `It cannot be told of 10.0.0.${last}: nothing answers`),
    );
    expect(summary(some(12, unknown)).slice(5)).toEqual(['It cannot be told of 7 addresses more']);
    expect(summary([...some(6), ...some(6, unknown)]).slice(5)).toEqual([
      'It cannot be told of 1 address more',
    ]);
  });

  it('says of what is clean whether a pod was there', () => {
    const pod = { namespace: 'shop', name: 'web-1', uid: 'u', node: 'n' };
    const addresses = [...some(10), address(11, { pod })];
    expect(summary(addresses, { verdict: 'Clean' })).toEqual([
      'No undeclared port is reachable from here',
    ]);
  });
});
