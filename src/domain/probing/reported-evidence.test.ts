import { describe, expect, test } from 'vitest';
import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { NOW } from '../../testing/builders.ts';
import { timestamp } from '../text/time.ts';
import { emptyEvidence } from './evidence.ts';
import { reportedEvidence } from './reported-evidence.ts';

type Status = NonNullable<PortExposureReport['status']>;
type Probe = NonNullable<Status['probe']>;
type Row = NonNullable<Status['ports']>[number];

const SINCE = NOW - 1000;
const at = (milliseconds: number) => timestamp(NOW + milliseconds);

function row(fields: Partial<Row> = {}): Row {
  return {
    port: 9090,
    protocol: 'TCP',
    declared: false,
    expected: 'Denied',
    observed: 'Open',
    pods: 2,
    firstSeenTime: at(-9000),
    lastSeenTime: at(-2000),
    ...fields,
  };
}

function from(rows: Row[] | undefined, probe: Probe | undefined = { policiesHash: 'now' }) {
  const report: PortExposureReport = {
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'PortExposureReport',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
    status: { ...(rows && { ports: rows }), ...(probe && { probe }) },
  };
  return reportedEvidence(report, 'now', SINCE, NOW, 'node-1');
}

const SETTLED = { observed: 'Open', pods: 2, firstSeen: NOW - 9000, lastSeen: NOW - 2000 };

test('without a report nothing is known', () => {
  const nothing = emptyEvidence('now', SINCE, { settled: new Map(), seen: [] });
  expect(reportedEvidence(undefined, 'now', SINCE, NOW, 'node-1')).toEqual(nothing);
});

describe('a row', () => {
  test('counts as read as often as it takes', () => {
    const { settled, seen, ports } = from([row()]);
    expect(settled).toEqual(new Map([[9090, SETTLED]]));
    expect(ports).toEqual(new Map([[9090, { observed: 'Open', pods: 2, streak: 3 }]]));
    expect(seen).toEqual([9090]);
  });

  test('stands as what was known before, where it is of other policies', () => {
    const { settled, seen, ports } = from([row()], { policiesHash: 'other' });
    expect([settled.size, ports.size, seen]).toEqual([1, 0, [9090]]);
  });

  test.each<[string, Partial<Row>, number[]]>([
    ['is of UDP', { protocol: 'UDP' }, []],
    ['tells nothing', { observed: 'Unknown' }, []],
    ['was seen from another node', { fromNode: 'node-2' }, [9090]],
  ])('that %s is not known here', (_what, fields, asked) => {
    const { settled, seen } = from([row(fields)]);
    expect([settled.size, seen]).toEqual([0, asked]);
  });

  test('of a declared port is asked anyway, and one that was seen from this node is known', () => {
    const { settled, seen } = from([row({ declared: true, fromNode: 'node-1' })]);
    expect([settled.size, seen]).toEqual([1, []]);
  });

  test('without times is as old as the probe', () => {
    const { firstSeenTime: _f, lastSeenTime: _l, pods: _p, ...bare } = row();
    const probe = { policiesHash: 'now', lastProbeTime: at(-5000) };
    expect(from([bare], probe).settled.get(9090)).toEqual({
      observed: 'Open',
      pods: 0,
      firstSeen: NOW - 5000,
      lastSeen: NOW - 5000,
    });
    expect(from([bare]).settled.get(9090)?.lastSeen).toBe(0);
  });

  test.each<[string, unknown, string[] | undefined]>([
    ['one', ['IPv6'], ['IPv6']],
    ['both', ['IPv4', 'IPv6'], undefined],
    ['none that is known', ['IPX'], undefined],
    ['no list', 'IPv4', undefined],
    ['nothing', undefined, undefined],
  ])('of which families: %s', (_what, families, expected) => {
    const { settled, ports } = from([row({ families: families as never })]);
    expect(settled.get(9090)?.families).toEqual(expected);
    expect(ports.get(9090)?.byFamily).toEqual(expected && { IPv6: 3 });
  });
});

describe('since when the policies are as they are', () => {
  test.each<[string, Probe, number]>([
    ['as the report says', { policiesHash: 'now', policiesSinceTime: at(-9000) }, NOW - 9000],
    ['not as it says of others', { policiesHash: 'x', policiesSinceTime: at(-9000) }, SINCE],
    ['as is known else', { policiesHash: 'now' }, SINCE],
    ['not after now', { policiesHash: 'now', policiesSinceTime: at(9000) }, NOW],
  ])('%s', (_what, probe, since) => {
    expect(from([], probe).policiesSince).toBe(since);
  });
});

describe('a sweep', () => {
  const swept = {
    pod: 'web-1',
    ip: '10.0.0.1',
    node: 'node-2',
    templateHash: 'a',
    startTime: at(-5000),
    completionTime: at(-1000),
    open: 1,
    refused: 2,
    filtered: 3,
    failed: 4,
  };
  const sweeps = (fields: Partial<typeof swept>, policiesHash = 'now') =>
    from(undefined, { policiesHash, sweeps: [{ ...swept, ...fields }] }).sweeps;

  test('counts where it was made under the policies of now', () => {
    expect(sweeps({})).toEqual([
      {
        ip: '10.0.0.1',
        templateHash: 'a',
        policies: 'now',
        startedAt: NOW - 5000,
        endedAt: NOW - 1000,
        pod: { uid: '', name: 'web-1', node: 'node-2' },
        counts: { open: 1, refused: 2, filtered: 3, unreachable: 0, error: 4 },
      },
    ]);
    expect(sweeps({ node: undefined as never })[0]?.pod.node).toBe('');
    expect(sweeps({}, 'other')).toEqual([]);
  });

  test.each<[string, Partial<typeof swept>, number]>([
    ['that ends now', { completionTime: at(0) }, 1],
    ['that ends after now, by another clock', { completionTime: at(1000) }, 0],
    ['without a template', { templateHash: undefined as never }, 0],
    ['without a beginning', { startTime: 'soon' }, 0],
    ['without an end', { completionTime: undefined as never }, 0],
  ])('%s', (_what, fields, count) => {
    expect(sweeps(fields)).toHaveLength(count);
  });
});
