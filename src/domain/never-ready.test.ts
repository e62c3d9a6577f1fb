import { describe, expect, test } from 'vitest';
import { carriedOut, NOW, pod, port, snapshot, template, workload } from '../testing/builders.ts';
import { decide } from './decide.ts';
import type { Snapshot } from './snapshot.ts';
import type { ContainerHandler } from './workload/template-use.ts';
import type { Workload } from './workload/workload.ts';

const MINUTE = 60_000;

function probing(
  handler: ContainerHandler['handler'],
  allowFrom: string,
  fields: Partial<Workload['template']> = {},
): Workload {
  const handlers = [{ container: 'app', handler, port: 8080, host: '' }];
  const { use } = template();
  return workload({
    annotations: { 'portlock.dev/allow-from': allowFrom },
    template: template({ use: { ...use, handlers }, ...fields }),
  });
}

const unready = pod({ ready: false, readySince: NOW });
const narrow = probing('readinessProbe', 'same-namespace');

/** A new workload whose policy has just come. */
function applied(fields: Partial<Snapshot> = {}): Snapshot {
  const before = snapshot({ workload: narrow, pods: [unready], ...fields });
  return carriedOut(before, decide(before));
}

/** What is decided so long after the policy came. */
function later(before: Snapshot, milliseconds: number, fields: Partial<Snapshot> = {}) {
  return decide({ ...before, now: NOW + milliseconds, ...fields });
}

const inSync = (plan: ReturnType<typeof decide>) =>
  plan.report.do === 'ensure'
    ? plan.report.report.status?.conditions?.find(({ type }) => type === 'PolicyInSync')
    : undefined;
const selected = (...pods: (typeof unready)[]) =>
  pods.map((each) => ({ ...each, owner: 'Deployment/web' }));

describe('a policy under which no pod ever becomes ready', () => {
  test.each([
    [5 * MINUTE - 1, 'nothing'],
    [5 * MINUTE, 'delete'],
  ])('is taken back in time: after %i ms %s', (milliseconds, step) => {
    expect(later(applied(), milliseconds).policy.do).toBe(step);
  });

  test('is looked at in time without any event', () => {
    expect(decide(applied()).changesAt).toBe(NOW + 5 * MINUTE);
  });

  test('says whom it kept out, and what mends it', () => {
    const message = inSync(later(applied(), 5 * MINUTE))?.message;
    expect(message).toContain('web-1 never became ready');
    expect(message).toContain('does not let everybody in to 8080/TCP, which the kubelet probes');
    expect(message).toContain('portlock.dev/allow-from=same-namespace;8080/TCP=any');
  });

  test('comes back once everybody may connect to what is probed, and is not suspected then', () => {
    const before = applied();
    const taken = { ...before, now: NOW + 5 * MINUTE };
    const gone = carriedOut(taken, decide(taken));
    expect(decide(gone).policy.do, 'it waits for a person').toBe('nothing');
    const mended = {
      ...gone,
      workload: probing('readinessProbe', 'same-namespace;8080/TCP=any'),
    };
    const back = carriedOut(mended, decide(mended));
    expect(back.policies).toHaveLength(1);
    expect(later(back, 60 * MINUTE).policy.do).toBe('nothing');
  });

  test('comes back with another template', () => {
    const taken = { ...applied(), now: NOW + 5 * MINUTE };
    const gone = carriedOut(taken, decide(taken));
    const other = probing('readinessProbe', 'same-namespace', { hash: 'b' });
    expect(decide({ ...gone, workload: other }).policy.do).toBe('apply');
  });
});

describe('a policy stays where pods that are not ready have another reason', () => {
  test.each<[string, Partial<Snapshot>]>([
    ['everybody may connect', { workload: probing('readinessProbe', 'any') }],
    [
      'the probed port is let out',
      { workload: probing('startupProbe', 'same-namespace;8080/TCP=any') },
    ],
    [
      'nothing is asked before a pod is ready',
      { workload: probing('livenessProbe', 'same-namespace') },
    ],
    ['the brake is off', { timing: { ...snapshot().timing, brake: 0 } }],
    ['a pod has no address yet', { pods: [pod({ ready: false, ips: [] })] }],
    ['there is no pod', { pods: [] }],
  ])('%s', (_what, fields) => {
    expect(later(applied(fields), 60 * MINUTE).policy.do).toBe('nothing');
  });

  test('a pod became ready under it', () => {
    const ready = { pods: [pod()], selected: selected(pod()) };
    const seen = carriedOut(applied(), later(applied(), MINUTE, ready));
    expect(later(seen, 60 * MINUTE).policy.do).toBe('nothing');
  });

  test('a pod that came late has its own time', () => {
    const late = { ...unready, readySince: NOW + 4 * MINUTE };
    const fields = { pods: [late], selected: selected(late) };
    expect(later(applied(), 5 * MINUTE, fields).policy.do).toBe('nothing');
    expect(later(applied(), 9 * MINUTE, fields).policy.do).toBe('delete');
  });
});

test('a probed port that is closed is suspected, too', () => {
  const annotations = { 'portlock.dev/accept-cuts': '8080/TCP' };
  const closing = probing('startupProbe', 'any', { ports: [port(9090)] });
  const pods = [{ ...unready, ports: [port(9090)] }];
  const before = applied({ workload: { ...closing, annotations }, pods });
  expect(later(before, 5 * MINUTE).policy.do).toBe('delete');
});
