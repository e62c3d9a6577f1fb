import { describe, expect, test } from 'vitest';
import { workload } from '../../testing/builders.ts';
import { service } from '../../testing/preflight-builders.ts';
import type { ListedPort } from '../workload/port-text.ts';
import { isOfGroup, mayFindPeers, type Peers, peerNotes } from './peer-uses.ts';

const peers = (fields: Partial<Peers> = {}): Peers => ({
  replicas: 3,
  open: [],
  isNamed: () => false,
  swept: true,
  isAllowed: () => false,
  ...fields,
});
const allowing =
  (...keys: string[]) =>
  ({ port, protocol }: ListedPort) =>
    keys.includes(`${port}/${protocol}`);

describe('of several replicas is said', () => {
  test('that no probe shows UDP, and before a sweep no other port', () => {
    expect(peerNotes(peers())).toEqual([
      'what its replicas may say among themselves over UDP, no probe shows',
    ]);
    const [unswept] = peerNotes(peers({ swept: false }));
    expect(unswept).toContain('only a sweep of all ports shows, and over UDP nothing does');
  });

  test.each<[string, string | undefined, Partial<Peers>]>([
    ['that is open', '7946/TCP, they need 7946/UDP, too', { open: [2380, 7946] }],
    ['that is declared', '9094/TCP, they need 9094/UDP, too', { isAllowed: allowing('9094/TCP') }],
    ['of several', '8301/TCP, 8302/TCP, they need 8301/UDP, 8302/UDP, too', { open: [8301, 8302] }],
    ['that is allowed over both', undefined, { isAllowed: allowing('9094/TCP', '9094/UDP') }],
    [
      'that is open, and allowed over UDP',
      undefined,
      { open: [7946], isAllowed: allowing('7946/UDP') },
    ],
    ['that is none of gossip', undefined, { open: [2380] }],
  ])('of a port %s: %s', (_what, hint, fields) => {
    const [note] = peerNotes(peers(fields));
    expect(note?.split('; where they gossip on ')[1]).toBe(hint);
  });
});

describe('of one replica is said', () => {
  test('what more of them may need', () => {
    expect(peerNotes(peers({ replicas: 1, open: [2380] }))).toEqual([
      'with more than one replica, they may talk on 2380/TCP, which no object names and the policy closes: list what they need before there are more',
    ]);
    const many = peerNotes(peers({ replicas: 1, open: [1, 2, 3, 4, 5, 6, 7] }));
    expect(many[0]).toContain('5/TCP and 2 more, which no object names');
  });

  test('nothing of what an object names', () => {
    const isNamed = (port: number) => port === 2380;
    expect(peerNotes(peers({ replicas: 1, open: [2380], isNamed }))).toEqual([]);
    const [note] = peerNotes(peers({ replicas: 1, open: [2380, 2381], isNamed }));
    expect(note).toContain('may talk on 2381/TCP, which');
  });

  test('nothing where nothing else is open', () => {
    expect(peerNotes(peers({ replicas: 1, swept: false }))).toEqual([]);
    expect(peerNotes(peers({ replicas: 0 }))).toEqual([]);
  });
});

describe('replicas may find each other', () => {
  const headless = (selector: Record<string, string>) => [service({ headless: true, selector })];

  test.each([
    [8080, false],
    [7800, true],
    [25_520, true],
  ])('of whatever workload by a port of a cluster: %d %s', (port, expected) => {
    expect(mayFindPeers(workload(), [], [3000, port])).toBe(expected);
  });

  test('by a headless Service that selects by a label which controllers add', () => {
    const job = { ...workload(), kind: 'Job' as const };
    const template = { ...job.template, labels: { app: 'web' } };
    const of = (selector: Record<string, string>) =>
      mayFindPeers({ ...job, template }, headless(selector), []);
    expect(of({ 'job-name': job.name })).toBe(true);
    expect(of({ 'job-name': job.name, app: 'web' })).toBe(true);
    expect(of({ 'job-name': 'another' })).toBe(false);
    expect(of({ 'job-name': job.name, app: 'other' })).toBe(false);
    expect(of({ app: 'other' })).toBe(false);
    expect(of({})).toBe(false);
  });
});

test.each([
  ['leaderworkerset.sigs.k8s.io/name', true],
  ['jobset.sigs.k8s.io/jobset-name', true],
  ['app', false],
])('pods with the label %s are of a group of workloads: %s', (key, expected) => {
  const { template } = workload();
  expect(isOfGroup(workload({ template: { ...template, labels: { [key]: 'a' } } }))).toBe(expected);
});
