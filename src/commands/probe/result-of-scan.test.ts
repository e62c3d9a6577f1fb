import { expect, test } from 'vitest';
import type { Outcome } from '../../domain/probing/reading.ts';
import { pod, port } from '../../testing/builders.ts';
import { resultOfScan } from './result-of-scan.ts';
import type { DoneScan } from './run-scans.ts';

const CIRCUMSTANCES = { isHeld: true, inside: undefined, ownAddresses: new Set<string>() };

function done(outcomes: Record<number, Outcome>, hostNetwork = false, note = ''): DoneScan {
  const asked = Object.keys(outcomes).map(Number);
  const found = {
    pod: pod({ hostNetwork }),
    declared: [port(8080)],
    containers: [],
    sharesProcesses: false,
  };
  return {
    plan: {
      place: { address: '10.0.0.1', found },
      asked,
      first: asked,
      isNamed: true,
      isFollower: false,
    },
    scan: {
      outcomes: new Map(asked.map((each) => [each, outcomes[each] ?? 'error'])),
      complete: true,
      doubt: undefined,
      note,
    },
  };
}

test('a scan of a pod that kept its address counts', () => {
  expect(resultOfScan(done({ 8080: 'open', 9090: 'open' }), CIRCUMSTANCES)).toMatchObject({
    address: '10.0.0.1',
    verdict: 'Findings',
    portsAsked: 2,
    inside: undefined,
    pod: { namespace: 'shop', name: 'web-1', uid: 'uid-pod-1', node: 'node-2' },
  });
});

test('a scan of a pod that did not, does not', () => {
  const result = resultOfScan(done({ 8080: 'open', 9090: 'open' }), {
    ...CIRCUMSTANCES,
    isHeld: false,
  });
  expect(result).toMatchObject({ verdict: 'Unknown', ports: [] });
  expect(result.reason).toMatch(/^the pod web-1 held the address before, and another one or none/);
});

test('nor does one of an address that a pod took meanwhile', () => {
  const { plan, scan } = done({ 8080: 'open' });
  const place = { address: '10.0.0.1', found: undefined };
  const result = resultOfScan(
    { plan: { ...plan, place }, scan },
    { ...CIRCUMSTANCES, isHeld: false },
  );
  expect(result.reason).toMatch(/^no pod held the address before, and another one or none after/);
  expect(result.counts).toEqual({ open: 0, refused: 0, filtered: 0, unreachable: 0, error: 0 });
  expect(result.pod).toBeUndefined();
});

test('an address of one’s own is no doubt where no pod holds it, and what was doubted before stays', () => {
  const { plan, scan } = done({ 8080: 'open' });
  const own = { ...CIRCUMSTANCES, ownAddresses: new Set(['10.0.0.1']) };
  const place = { address: '10.0.0.1', found: undefined };
  const ofNobody = resultOfScan({ plan: { ...plan, place }, scan }, own);
  expect(ofNobody.ports.map(({ state }) => state)).toEqual(['Open']);
  const doubted = resultOfScan({ plan, scan: { ...scan, doubt: 'every port answers' } }, own);
  expect(doubted.reason).toMatch(/every port answers/);
});

test('who listens inside is told with it', () => {
  const containers = [{ container: 'app', readBy: 'cat' as const, reason: '' }];
  const listeners = [{ address: '::', port: 8080, container: 'app', process: 'node' }];
  const result = resultOfScan(done({ 8080: 'open' }), {
    ...CIRCUMSTANCES,
    inside: { containers, listeners, connections: [] },
  });
  expect(result.inside).toEqual(containers);
  expect(result.ports[0]?.listeners).toEqual(listeners);
});

test.each([
  ['a pod on the network of its node', true, new Set<string>(), /network of its node/],
  ['the pod that probes', false, new Set(['10.0.0.1']), /no policy closes a pod to itself/],
])('%s proves nothing', (_, hostNetwork, ownAddresses, reason) => {
  const result = resultOfScan(done({ 8080: 'open', 9090: 'open' }, hostNetwork), {
    ...CIRCUMSTANCES,
    ownAddresses,
  });
  expect(result.verdict).toBe('Unknown');
  expect(result.reason).toMatch(reason);
  expect(result.ports.map(({ state }) => state)).toEqual(['Unverifiable', 'Unverifiable']);
});

test('what the prober had to say goes with what cannot be told, and with nothing else', () => {
  const note = '1 ports ended in EPERM';
  expect(resultOfScan(done({ 80: 'error' }, false, note), CIRCUMSTANCES).reason).toBe(
    'no connection could be tried from here (1 ports ended in EPERM)',
  );
  expect(resultOfScan(done({ 80: 'refused' }, false, note), CIRCUMSTANCES).reason).toBe('');
});
