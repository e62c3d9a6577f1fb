import { describe, expect, test } from 'vitest';
import { carriedOut, pod, port, snapshot, workload } from '../../testing/builders.ts';
import { decide } from '../decide.ts';
import type { Snapshot } from '../snapshot.ts';

/** The ports that the policy of now allows, once the plan is carried out. */
function allowed(before: Snapshot): number[] {
  const { policies } = carriedOut(before, decide(before));
  const ports = policies.flatMap(({ spec }) => spec.ingress?.[0]?.ports ?? []);
  return ports.flatMap(({ port: number }) => (typeof number === 'number' ? [number] : []));
}

const old = pod({ name: 'web-0', uid: 'uid-old', ports: [port(8080), port(9090)] });
const going = { ...old, ready: false, terminating: true };

describe('a pod that is being deleted', () => {
  test('adds no port of its own, however long a finalizer keeps it', () => {
    expect(allowed(snapshot({ pods: [pod(), going] }))).toEqual([8080]);
  });

  test('adds none to a policy that is in force', () => {
    const before = snapshot();
    const enforced = carriedOut(before, decide(before));
    expect(allowed({ ...enforced, pods: [pod(), going] })).toEqual([8080]);
  });

  test('keeps the ports that counted before it was, until it is gone', () => {
    const before = snapshot({ pods: [pod(), old] });
    const enforced = carriedOut(before, decide(before));
    expect(allowed({ ...enforced, pods: [pod(), going] })).toEqual([8080, 9090]);
    const gone = snapshot({ pods: [pod()] });
    expect(allowed({ ...enforced, pods: gone.pods, selected: gone.selected })).toEqual([8080]);
  });

  test('keeps a port that counted as one of a range, when the range goes', () => {
    const listing = workload({ annotations: { 'portlock.dev/extra-ports': '9000-9099/TCP' } });
    const before = snapshot({ pods: [pod(), going], workload: listing });
    const enforced = carriedOut(before, decide(before));
    const after = { ...enforced, workload: workload(), pods: [pod(), going] };
    expect(allowed(after)).toEqual([8080, 9090]);
  });

  test('keeps those that were reported while there was no policy', () => {
    const audited = snapshot({ pods: [pod(), old], workload: workload({ mode: 'audit' }) });
    const reported = carriedOut(audited, decide(audited));
    const enforcing = { ...reported, workload: workload(), pods: [pod(), going] };
    expect(allowed(enforcing)).toEqual([8080, 9090]);
  });

  test('keeps nothing that was reported of another workload of that name', () => {
    const audited = snapshot({ pods: [pod(), old], workload: workload({ mode: 'audit' }) });
    const reported = carriedOut(audited, decide(audited));
    const recreated = { ...reported, workload: workload({ uid: 'uid-new' }), pods: [pod(), going] };
    expect(allowed(recreated)).toEqual([8080]);
  });
});
