import { describe, expect, test } from 'vitest';
import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import type { Status } from './conditions.ts';
import { type Part, partOf, partsOf, partToWrite, samePart } from './report-parts.ts';

const condition = (type: string, status: 'True' | 'False' = 'True') => ({
  type,
  status,
  reason: 'Reason',
  message: 'message',
  lastTransitionTime: '2026-01-02T03:04:05Z',
});

const CONDITIONS: Record<Part, string[]> = {
  policy: ['Stalled', 'PolicyInSync', 'PreflightPassed'],
  probe: ['Ready', 'Reconciling', 'EnforcementVerified', 'DriftDetected'],
  secondProbe: [],
};
const FIELDS: Record<Part, string[]> = {
  policy: ['mode', 'policy', 'brake'],
  probe: [
    'observedGeneration',
    'targetGeneration',
    'summary',
    'ports',
    'portsOmitted',
    'policies',
    'probe',
    'beforePolicy',
  ],
  secondProbe: ['secondProbe'],
};
const PARTS: Part[] = ['policy', 'probe', 'secondProbe'];
const all = (by: Record<Part, string[]>) => PARTS.flatMap((part) => by[part]);

/** A status in which every field has its own name as its value. */
const STATUS = {
  ...Object.fromEntries(all(FIELDS).map((field) => [field, field])),
  conditions: all(CONDITIONS).map((type) => condition(type)),
} as unknown as Status;

function report(status: object | undefined): PortExposureReport {
  const metadata = { name: 'web', namespace: 'shop' };
  return { metadata, ...(status && { status }) } as PortExposureReport;
}

test.each<[string, [boolean, boolean, boolean], Part[]]>([
  ['the leader', [true, false, false], ['policy']],
  ['who probes', [false, true, false], ['probe', 'secondProbe']],
  ['the second', [false, false, true], ['secondProbe']],
  ['who does all', [true, true, false], PARTS],
  ['who does nothing', [false, false, false], []],
])('%s writes parts of its own', (_who, [policy, probe, secondProbe], parts) => {
  expect(partsOf({ policy, probe, secondProbe, hasSecond: false })).toEqual(parts);
});

describe.each(PARTS)('the part %s', (part) => {
  test('has its fields and conditions, and no others', () => {
    const { conditions, ...fields } = partOf(STATUS, part);
    expect(Object.keys(fields).sort()).toEqual([...FIELDS[part]].sort());
    const types = conditions?.map(({ type }) => type);
    expect(types).toEqual(CONDITIONS[part].length > 0 ? CONDITIONS[part] : undefined);
    expect(partOf(undefined, part)).toEqual(CONDITIONS[part].length > 0 ? { conditions: [] } : {});
  });

  test('is another when one of its own changes, and only then', () => {
    for (const other of PARTS)
      for (const field of FIELDS[other])
        expect(samePart(report({ ...STATUS, [field]: 'x' }), report(STATUS), part)).toBe(
          other !== part,
        );
    for (const other of PARTS)
      for (const type of CONDITIONS[other]) {
        const conditions = (STATUS.conditions ?? []).map((each) =>
          each.type === type ? condition(type, 'False') : each,
        );
        expect(samePart(report({ ...STATUS, conditions }), report(STATUS), part)).toBe(
          other !== part,
        );
      }
  });

  test('is the same in whatever order, and with empty lists or without', () => {
    const conditions = [...(STATUS.conditions ?? [])].reverse();
    expect(samePart(report({ ...STATUS, conditions }), report(STATUS), part)).toBe(true);
    const empty = { conditions: [], ports: [], probe: { sweeps: [] }, brake: {}, secondProbe: {} };
    const without = { probe: {}, brake: {}, secondProbe: {} };
    expect(samePart(report(empty), report(without), part)).toBe(true);
    expect(samePart(report({ conditions: [] }), undefined, part)).toBe(true);
    expect(samePart(report({}), report(undefined), part)).toBe(true);
  });
});

describe('what is written of the leader’s part', () => {
  const types = (live: object | undefined) =>
    partToWrite(STATUS, 'policy', live && report(live)).conditions?.map(({ type }) => type);

  test('begins with Ready until who probes has said anything', () => {
    const first = ['Ready', 'Reconciling', ...CONDITIONS.policy];
    expect(types(undefined)).toEqual(first);
    expect(types({ mode: 'Enforce' })).toEqual(first);
    expect(types({ summary: { declared: 1 } })).toEqual(CONDITIONS.policy);
  });

  test('is nothing more than the part of others', () => {
    for (const part of ['probe', 'secondProbe'] as const)
      expect(partToWrite(STATUS, part, undefined)).toEqual(partOf(STATUS, part));
  });
});

test('lists that are not empty, and what is null or empty in them, tell', () => {
  const ports = (...rows: unknown[]) => report({ ports: rows });
  expect(samePart(ports({ port: 1, containers: [] }), ports({ port: 1 }), 'probe')).toBe(true);
  expect(samePart(ports({ port: 1 }), ports({ port: 2 }), 'probe')).toBe(false);
  expect(samePart(ports(null), ports(1), 'probe')).toBe(false);
  expect(samePart(ports({ port: 1 }), report({}), 'probe')).toBe(false);
});
