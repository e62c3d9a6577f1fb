import { expect, test } from 'vitest';
import { projectReport } from './report-projection.ts';

/** The projection of a report with this status, and what was told of it. */
function project(status: unknown, rest: object = {}) {
  const told: string[] = [];
  const report = projectReport({ metadata: { name: 'r' }, status, ...rest }, (field) =>
    told.push(field),
  );
  return { report, told };
}

test('a report keeps what it is about and what it says', () => {
  const targetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  const status = { observedGeneration: 3, mode: 'Audit', summary: { declared: 2 } };
  const { report, told } = project(status, { spec: { targetRef }, apiVersion: 'other', kind: 'K' });
  expect(report).toEqual({
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'PortExposureReport',
    metadata: { name: 'r' },
    spec: { targetRef },
    status,
  });
  expect(told).toEqual([]);
});

test.each([undefined, null, 7, {}, { targetRef: 'web' }, { targetRef: { name: 7, kind: null } }])(
  'a spec that is %j is about nothing',
  (spec) => {
    const { report } = project(undefined, { spec });
    expect(report.spec).toEqual({ targetRef: { apiVersion: '', kind: '', name: '' } });
  },
);

test.each([undefined, null])('a status that is %j was never told', (status) => {
  const { report, told } = project(status);
  expect(report).not.toHaveProperty('status');
  expect(told).toEqual([]);
});

test.each([['Audit'], [7], [[]], [[{ mode: 'Audit' }]]])(
  'a status that is %j says nothing',
  (status) => {
    const { report, told } = project(status);
    expect(report.status).toEqual({});
    expect(told).toEqual(['status']);
  },
);

test.each([
  ['a word that is none of a few', { mode: 'audit' }, 'status.mode'],
  ['a number below its least', { observedGeneration: -1 }, 'status.observedGeneration'],
  ['a number that is too large', { observedGeneration: 2 ** 53 }, 'status.observedGeneration'],
  ['a count out of range', { summary: { declared: 196_606 } }, 'status.summary.declared'],
  ['a list that is none', { ports: {} }, 'status.ports'],
  ['a port without a number', { ports: [{ protocol: 'TCP' }] }, 'status.ports[0].port'],
])('a field with %s is left out, and the others stay', (_, wrong, field) => {
  const { report, told } = project({ targetGeneration: 2, ...wrong });
  expect(report.status).toEqual({ targetGeneration: 2 });
  expect(told).toEqual([field]);
});

test('fields that the definition does not have are left out, and so are those of every object', () => {
  const status = JSON.parse('{"later":1,"constructor":{},"__proto__":{"mode":"Audit"}}');
  const { report, told } = project(status);
  expect(Object.keys(report.status ?? {})).toEqual([]);
  expect(report.status?.mode).toBeUndefined();
  expect(told).toEqual([]);
});

test('null is as if it were not there, at any depth', () => {
  const { report, told } = project({ mode: null, summary: { declared: null, unverifiable: 0 } });
  expect(report.status).toEqual({ summary: { unverifiable: 0 } });
  expect(report.status).not.toHaveProperty('mode');
  expect(told).toEqual([]);
});

test('what is wrong with the metadata is told too, and nobody need listen', () => {
  const { told } = project({ mode: 1 }, { metadata: { name: 'r', labels: 7 } });
  expect(told).toEqual(['metadata.labels', 'status.mode']);
  expect(projectReport({ status: { mode: 1 } }).status).toEqual({});
});
