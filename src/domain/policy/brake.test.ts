import { describe, expect, test } from 'vitest';
import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { NO_USAGE, NOW, pod, snapshot, template, workload } from '../../testing/builders.ts';
import type { EndpointSlice } from '../preflight/usage.ts';
import type { Brake, SelectedPod, Snapshot } from '../snapshot.ts';
import { timestamp } from '../text/time.ts';
import type { Pod } from '../workload/workload.ts';
import { brakeInWords, brakeNow, watchingBrake } from './brake.ts';

const BRAKE = snapshot().timing.brake;

function selected(fields: Partial<Pod> = {}): SelectedPod {
  return { ...pod(fields), owner: 'Deployment/web' };
}

function slice(fields: Partial<EndpointSlice> = {}): EndpointSlice {
  const addresses = ['10.0.0.1'];
  return {
    namespace: 'shop',
    name: 'web-external',
    service: '',
    ports: [],
    addresses,
    readyAddresses: addresses,
    ...fields,
  };
}

function listedBy(...endpointSlices: EndpointSlice[]): Pick<Snapshot, 'usage'> {
  return { usage: { ...NO_USAGE, endpointSlices } };
}

function reportOn(brake: Brake): PortExposureReport {
  return {
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'PortExposureReport',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
    status: { brake },
  };
}

describe('when a policy is first applied', () => {
  const watching = (...pods: SelectedPod[]) => watchingBrake(snapshot({ selected: pods }));

  test('the ready pods are watched from that moment on', () => {
    expect(watching(selected())).toEqual({
      state: 'Watching',
      sinceTime: timestamp(NOW),
      watchedUids: ['uid-pod-1'],
    });
  });

  test.each<[string, Partial<Pod>]>([
    ['is not ready', { ready: false }],
    ['is not live', { live: false }],
    ['is being deleted', { terminating: true }],
    ['uses the network of its node', { hostNetwork: true }],
    ['is a Job’s, and will be done', { ownerKind: 'Job' }],
  ])('a pod that %s is not watched', (_what, fields) => {
    expect(watching(selected(fields))).toBeUndefined();
    const other = selected({ uid: 'other', ...fields });
    expect(watching(selected(), other)?.watchedUids).toEqual(['uid-pod-1']);
  });

  test('nothing is watched where the brake is off', () => {
    const timing = { ...snapshot().timing, brake: 0 };
    expect(watchingBrake(snapshot({ selected: [selected()], timing }))).toBeUndefined();
  });

  test('addresses are watched that a slice of the namespace lists as ready', () => {
    const ips = ['10.0.0.1', 'fd00::1', '10.0.0.7'];
    const brake = watchingBrake(
      snapshot({
        selected: [selected({ ips })],
        ...listedBy(
          slice({ readyAddresses: ['fd00:0::0:1', '10.0.0.1'] }),
          slice({ namespace: 'elsewhere', readyAddresses: ['10.0.0.7'] }),
        ),
      }),
    );
    expect(brake?.watchedAddresses).toEqual(['10.0.0.1', 'fd00::1']);
  });

  test('64 pods are watched, each once, in the order of their names', () => {
    const pods = Array.from({ length: 70 }, (_, index) =>
      selected({ uid: `uid-${String(69 - index).padStart(2, '0')}` }),
    );
    const uids = watching(...pods, ...pods)?.watchedUids ?? [];
    expect(uids).toHaveLength(64);
    expect(uids.slice(0, 2)).toEqual(['uid-00', 'uid-01']);
    expect(uids.at(-1)).toBe('uid-63');
  });
});

describe('while readiness is watched', () => {
  const WATCHING: Brake = {
    state: 'Watching',
    sinceTime: timestamp(NOW),
    watchedUids: ['uid-pod-1'],
  };

  /** The brake `later` milliseconds after the policy was applied. */
  function sinceApplied(later: number, pods: SelectedPod[], more: Partial<Snapshot> = {}) {
    const before = snapshot({
      now: NOW + later,
      selected: pods,
      report: reportOn(WATCHING),
      ...more,
    });
    return brakeNow(before, workload());
  }

  const unready = (since: number) => selected({ ready: false, readySince: NOW + since });

  test.each<[string, number, Brake['state'] | undefined]>([
    ['at once', 0, 'Watching'],
    ['at the last moment', BRAKE, 'Watching'],
    ['a millisecond later', BRAKE + 1, undefined],
  ])('of ready pods, %s', (_when, later, state) => {
    expect(sinceApplied(later, [selected()])?.state).toBe(state);
  });

  test.each<[string, number, number, Brake['state'] | undefined]>([
    ['seen at once', 1000, 1000, 'Engaged'],
    ['seen at the last moment', BRAKE, BRAKE, 'Engaged'],
    ['seen in time, by a clock that is ahead', BRAKE, BRAKE + 5000, 'Engaged'],
    ['seen late, and it was in time', BRAKE + 1, BRAKE, 'Engaged'],
    ['seen late, and it was a millisecond late', BRAKE + 1, BRAKE + 1, undefined],
  ])('a pod that ceased to be ready, %s', (_when, later, since, state) => {
    expect(sinceApplied(later, [unready(since)])?.state).toBe(state);
  });

  test('an engaged brake names the template, the watched and the dropped pods', () => {
    const report = reportOn({ ...WATCHING, watchedUids: ['a', 'b', 'c'] });
    const pods = ['c', 'b', 'a'].map((uid) =>
      selected({ uid, name: `web-${uid}`, ready: uid === 'b' }),
    );
    expect(sinceApplied(1000, pods, { report })).toEqual({
      state: 'Engaged',
      sinceTime: timestamp(NOW + 1000),
      templateHash: 'a',
      watchedUids: ['a', 'b', 'c'],
      pods: ['web-a', 'web-c'],
    });
  });

  test('sixteen of the dropped pods are named', () => {
    const pods = Array.from({ length: 20 }, (_, index) =>
      selected({ uid: `${index}`, name: `web-${100 + index}`, ready: false }),
    );
    const report = reportOn({ ...WATCHING, watchedUids: pods.map(({ uid }) => uid) });
    expect(sinceApplied(1, pods, { report })?.pods).toHaveLength(16);
  });

  test.each<[string, SelectedPod[]]>([
    ['is gone', []],
    ['was replaced', [selected({ uid: 'another', ready: false })]],
    ['is being deleted', [selected({ ready: false, terminating: true })]],
    ['has ended', [selected({ ready: false, live: false })]],
    ['uses the network of its node', [selected({ ready: false, hostNetwork: true })]],
  ])('a pod that %s has another reason than the policy', (_what, pods) => {
    expect(sinceApplied(1000, pods)?.state).toBe('Watching');
  });

  describe('an address that is not listed as ready any more', () => {
    const report = reportOn({ ...WATCHING, watchedAddresses: ['10.0.0.1'] });
    const unlisted = listedBy(slice({ readyAddresses: [] }));

    test.each<[number, Brake['state'] | undefined]>([
      [BRAKE, 'Engaged'],
      [BRAKE + 1, undefined],
    ])('counts as long as it is watched: %i ms after', (later, state) => {
      expect(sinceApplied(later, [selected()], { report, ...unlisted })?.state).toBe(state);
    });

    test('does not count where it was not watched, or is still listed', () => {
      expect(sinceApplied(1000, [selected()], unlisted)?.state).toBe('Watching');
      expect(sinceApplied(1000, [selected()], { report, ...listedBy(slice()) })?.state).toBe(
        'Watching',
      );
    });
  });

  test('what this process knows and nobody told yet comes before the report', () => {
    const untoldBrake: Brake = { ...WATCHING, state: 'Engaged', templateHash: 'a' };
    expect(sinceApplied(1000, [selected()], { untoldBrake })).toEqual(untoldBrake);
  });

  test('without a brake in the report, or with the brake off, there is none', () => {
    expect(sinceApplied(0, [selected()], { report: undefined })).toBeUndefined();
    const timing = { ...snapshot().timing, brake: 0 };
    expect(sinceApplied(0, [selected()], { timing })).toBeUndefined();
  });
});

describe('an engaged brake', () => {
  const ENGAGED: Brake = {
    state: 'Engaged',
    sinceTime: timestamp(NOW),
    templateHash: 'a',
    watchedUids: ['uid-pod-1'],
    pods: ['web-1'],
  };
  const year = 365 * 86_400_000;

  test.each<[string, string, SelectedPod[], boolean]>([
    ['stays with the template, whatever time passes', 'a', [], true],
    ['stays under another template, while a watched pod is there', 'b', [selected()], true],
    ['goes with the template and the watched pods', 'b', [selected({ uid: 'new' })], false],
    ['goes when the watched pods have ended', 'b', [selected({ live: false })], false],
  ])('%s', (_what, hash, pods, stays) => {
    const report = reportOn(ENGAGED);
    const before = snapshot({ now: NOW + year, selected: pods, report });
    const brake = brakeNow(before, workload({ template: template({ hash }) }));
    expect(brake).toEqual(stays ? ENGAGED : undefined);
  });

  test.each<[string[], string]>([
    [['web-1'], 'web-1 ceased'],
    [['a', 'b', 'c'], 'a, b, c ceased'],
    [['a', 'b', 'c', 'd', 'e'], 'a, b, c and 2 more ceased'],
  ])('names up to three pods and says how to go on: %j', (pods, words) => {
    const said = brakeInWords({ ...ENGAGED, pods });
    expect(said).toContain(`Took the policy back at 2026-01-02T03:04:05Z: ${words} to be ready`);
    expect(said).toContain('set the label portlock.dev/mode to audit and back to enforce');
  });
});
