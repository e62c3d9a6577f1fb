import { describe, expect, test } from 'vitest';
import {
  carriedOut,
  NO_USAGE,
  pod,
  policy,
  probed,
  service,
  settled,
  snapshot,
  template,
  workload,
} from '../testing/builders.ts';
import { decide } from './decide.ts';
import type { Plan } from './plan.ts';
import { WELL_KNOWN_PORTS } from './probing/well-known-ports.ts';
import { partOf } from './report/report-parts.ts';
import type { Snapshot } from './snapshot.ts';

const LISTENING = { open: [8080, 9090], otherwise: 'refused' } as const;
const timing = { ...snapshot().timing, preflight: 10_000 };
const labelled = (fields: Partial<Snapshot> = {}) => snapshot({ timing, ...fields });

function statusOf({ report }: Plan) {
  return report.do === 'ensure' ? report.report.status : undefined;
}

function inSync(plan: Plan) {
  return statusOf(plan)?.conditions?.find(({ type }) => type === 'PolicyInSync');
}

function preflightOf(plan: Plan) {
  return statusOf(plan)?.conditions?.find(({ type }) => type === 'PreflightPassed');
}

/** The same moments later, when nothing else has changed. */
function later(before: Snapshot, milliseconds: number): Snapshot {
  return { ...carriedOut(before, decide(before)), now: before.now + milliseconds };
}

describe('a first policy', () => {
  test('waits for one round of the ready pods, and says so', () => {
    const plan = decide(labelled());
    expect(plan.policy.do).toBe('nothing');
    expect(inSync(plan)).toMatchObject({ status: 'False', reason: 'AwaitingProbe' });
    expect(plan.probe.round).toBeDefined();
    expect(decide(probed(labelled(), LISTENING)).policy.do).toBe('apply');
  });

  test('is there at once where the pods were asked before', () => {
    const audited = probed(labelled({ workload: workload({ mode: 'audit' }) }), LISTENING);
    expect(decide({ ...audited, workload: workload() }).policy.do).toBe('apply');
  });

  test.each<[string, Partial<Snapshot>]>([
    ['no pod is ready', { pods: [pod({ ready: false })] }],
    [
      'the owner forbids it',
      { workload: workload({ annotations: { 'portlock.dev/probe': 'off' } }) },
    ],
    ['the operator runs in no pod', { prober: { ...snapshot().prober, podUid: '' } }],
    ['the flag says so', { timing: { ...timing, preflight: 0 } }],
  ])('waits for nothing where %s', (_what, fields) => {
    expect(decide(labelled(fields)).policy.do).toBe('apply');
  });

  test('waits for pods that became ready meanwhile', () => {
    const second = pod({ name: 'web-2', uid: 'uid-pod-2', ips: ['10.0.0.2'] });
    const grown = { ...probed(labelled(), LISTENING), pods: [pod(), second] };
    expect(inSync(decide(grown))?.reason).toBe('AwaitingProbe');
    const asked = probed(probed(grown, LISTENING), LISTENING);
    expect(decide(asked).policy.do).toBe('apply');
  });

  test.each([
    [9_999, 'nothing'],
    [10_000, 'apply'],
  ])('waits no longer than the flag says: after %i ms %s', (milliseconds, step) => {
    const plan = decide(later(labelled(), milliseconds));
    expect(plan.policy.do).toBe(step);
    const told = plan.events.map(({ note }) => note).join();
    expect(told.includes('; within 10 s the ready pods could not all be asked')).toBe(
      step === 'apply',
    );
  });

  test('does not wait anew where it could not be written', () => {
    const tired = later(labelled(), 10_000);
    const policyFailure = { reason: 'ServerError', message: 'no', stalled: false };
    const failed = decide({ ...tired, policyFailure });
    expect(
      decide({ ...tired, waitingSince: failed.waitingSince, now: tired.now + 1 }).policy.do,
    ).toBe('apply');
  });

  test('does not wait longer where the clock is put back', () => {
    const plan = decide(later(labelled(), -3_600_000));
    expect(plan.waitingSince).toBe(labelled().now - 3_600_000);
  });

  test('that somebody deleted is put back at once', () => {
    const asked = probed(labelled(), LISTENING);
    const applied = carriedOut(asked, decide(asked));
    const deleted = { ...applied, policies: [], evidence: undefined, pods: [pod({ uid: 'new' })] };
    expect(decide(deleted).policy.do).toBe('apply');
  });
});

describe('what was open and is closed', () => {
  const asked = probed(labelled(), LISTENING);
  const first = decide(asked);
  const applied = carriedOut(asked, first);

  test('is told with the policy, and kept in the report', () => {
    expect(first.events.map(({ note }) => note)).toEqual([
      'Applied the NetworkPolicy web-portlock: only 8080/TCP may be reached; 9090/TCP was open and is closed now',
    ]);
    expect(statusOf(first)?.beforePolicy).toMatchObject({ openPorts: [9090], swept: false });
    const closed = probed(applied, { open: [8080], otherwise: 'filtered' });
    expect(statusOf(decide(closed))?.beforePolicy?.openPorts).toEqual([9090]);
    const restarted = { ...closed, evidence: undefined };
    expect(statusOf(decide(restarted))?.beforePolicy?.openPorts).toEqual([9090]);
  });

  test('of very many ports the first are told, and how many more there are', () => {
    const open = [8080, ...WELL_KNOWN_PORTS.slice(0, 27).filter((port) => port !== 8080)];
    const [event] = decide(probed(labelled(), { open, otherwise: 'refused' })).events;
    expect(event?.note).toMatch(/TCP and \d more were open and are closed now$/);
    // The one that is allowed comes before.
    expect(event?.note.match(/\d+\/TCP/g)).toHaveLength(1 + 24);
  });

  test('is not told of what is allowed by a range', () => {
    const annotations = { 'portlock.dev/extra-ports': '9000-9099/TCP' };
    const ranged = labelled({ workload: workload({ annotations }) });
    const [event] = decide(probed(ranged, LISTENING)).events;
    expect(event?.note).not.toContain('9090/TCP');
  });

  test('is not told of a port that has been declared since', () => {
    const ports = [...template().ports, { port: 9090, protocol: 'TCP' as const, container: 'app' }];
    const declaring = { ...asked, workload: workload({ template: template({ ports }) }) };
    expect(decide(declaring).events[0]?.note).not.toContain('is closed now');
  });

  test('is nothing where something answers for the pods on every port', () => {
    const plan = decide(probed(labelled(), { open: [], otherwise: 'open' }));
    expect(plan.policy.do).toBe('apply');
    expect(plan.events[0]?.note).not.toContain('closed now');
    expect(statusOf(plan)?.beforePolicy?.openPorts).toBeUndefined();
  });

  test('is what is open now, once there is no policy any more', () => {
    const audit = { ...applied, workload: workload({ mode: 'audit' }) };
    const opened = carriedOut(audit, decide(audit));
    expect(statusOf(decide(opened))?.beforePolicy?.openPorts).toEqual([9090]);
    const other = probed(opened, { open: [8080, 5000], otherwise: 'refused' });
    const gone = statusOf(decide(other))?.beforePolicy?.openPorts;
    expect(gone).toEqual([5000]);
  });
});

describe('a port that only a Service names', () => {
  const usage = { ...NO_USAGE, services: [service(9090)] };
  const refusing = { open: [8080], otherwise: 'refused' } as const;

  test('holds nothing once every ready pod has refused it three times', () => {
    let current = labelled({ usage });
    expect(decide(current).probe.round?.ports).toContain(9090);
    // A round is made at every other look.
    for (let look = 0; look < 5; look += 1) {
      expect(decide(current).policy.do, `at look ${look}`).toBe('nothing');
      current = probed(current, refusing, 6);
    }
    const plan = decide(current);
    expect(plan.policy.do).toBe('apply');
    const applied = carriedOut(current, plan);
    expect(preflightOf(decide(applied))).toMatchObject({
      status: 'True',
      reason: 'NothingListens',
    });
  });

  test.each<[string, Parameters<typeof probed>[1]]>([
    ['listens', LISTENING],
    ['does not answer', { open: [8080], otherwise: 'filtered' }],
  ])('holds while a pod %s there', (_what, network) => {
    const asked = settled(labelled({ usage }), network);
    expect(decide(asked).policy.do).toBe('nothing');
  });
});

describe('replicas that may talk among themselves', () => {
  const kind = 'StatefulSet';
  const replicated = (fields: Partial<Snapshot> = {}) =>
    labelled({ workload: workload({ kind, replicas: 2 }), ...fields });
  const QUIET = { open: [8080], otherwise: 'refused' } as const;
  const HOUR = 3_600_000;

  test('wait from the round on that shows an undeclared open port, and name what a sweep adds', () => {
    const first = decide(
      probed(replicated(), { open: [8080, 4369, 41_000], otherwise: 'refused' }),
    );
    expect(first.policy.do).toBe('nothing');
    expect(first.found.findings.map(({ port }) => port)).toEqual([4369]);
    const swept = settled(replicated(), { open: [8080, 4369, 41_000], otherwise: 'refused' });
    expect(decide(swept).found.findings.map(({ port }) => port)).toEqual([4369, 41_000]);
  });

  test('wait for the sweep where a round shows none, and say so', () => {
    const asked = probed(replicated(), QUIET);
    const plan = decide(asked);
    expect(plan.policy.do).toBe('nothing');
    expect(inSync(plan)).toMatchObject({ status: 'False', reason: 'AwaitingSweep' });
    const ready = statusOf(plan)?.conditions?.find(({ type }) => type === 'Ready');
    expect(ready).toMatchObject({ status: 'Unknown', reason: 'AwaitingSweep' });
    expect(plan).toMatchObject({
      areSweepsAwaited: true,
      probe: { sweeps: [{ pod: { name: 'web-1' } }] },
    });
    expect(decide(probed(asked, QUIET)).policy.do).toBe('apply');
    const peers = decide(probed(asked, { open: [8080, 41_000], otherwise: 'refused' }));
    expect(peers.policy.do).toBe('nothing');
    expect(peers.found.findings.map(({ port }) => port)).toEqual([41_000]);
  });

  test('wait for nothing that was asked before', () => {
    const audit = replicated({ workload: workload({ kind, replicas: 2, mode: 'audit' }) });
    const audited = settled(audit, QUIET);
    expect(preflightOf(decide(audited))?.message).not.toContain('only a sweep');
    expect(decide({ ...audited, workload: replicated().workload }).policy.do).toBe('apply');
  });

  test.each<[string, Partial<Snapshot>]>([
    ['there is one', { workload: workload({ kind, replicas: 1 }) }],
    ['they are of a Deployment without a headless Service', { workload: workload() }],
    ['the flag says so', { timing: { ...timing, preflight: 0 } }],
    [
      'the owner forbids to connect',
      {
        workload: workload({ kind, replicas: 2, annotations: { 'portlock.dev/probe': 'off' } }),
      },
    ],
    ['none is ready', { pods: [pod({ ready: false })] }],
  ])('wait for no sweep where %s', (_what, fields) => {
    expect(decide(probed(replicated(fields), QUIET)).policy.do).toBe('apply');
  });

  test('wait for no sweep where something answers in their place', () => {
    const plan = decide(probed(replicated(), { open: [], otherwise: 'open' }));
    expect(plan.policy.do).toBe('apply');
    expect(preflightOf(plan)?.message).toContain('only a sweep of all ports shows');
  });

  test('wait for no sweep where another policy isolates them', () => {
    const others = policy('default-deny', { podSelector: {}, policyTypes: ['Ingress'] });
    const annotations = { 'portlock.dev/allow-from': 'any' };
    const isolated = workload({ kind, replicas: 2, annotations });
    const plan = decide(probed(replicated({ workload: isolated, policies: [others] }), QUIET));
    expect(plan.policy.do).toBe('apply');
  });

  test.each([
    [HOUR - 1, 'nothing'],
    [HOUR, 'apply'],
  ])('wait an hour at most: after %i ms %s, which is told', (milliseconds, step) => {
    const asked = probed(replicated(), QUIET);
    const since = decide(asked).waitingSince ?? Number.NaN;
    expect(decide(asked).changesAt).toBe(since + HOUR);
    const plan = decide({ ...asked, waitingSince: since, now: since + milliseconds });
    expect(plan.policy.do).toBe(step);
    const told = plan.events.map(({ note }) => note).join();
    expect(told.includes('within an hour')).toBe(step === 'apply');
  });
});

describe('a leader that does not probe', () => {
  const role = { policy: true, probe: false, secondProbe: false, hasSecond: true };

  test('waits for the report of the replica that does', () => {
    const probing = { ...labelled(), role: { ...role, policy: false, probe: true } };
    const before = { ...labelled(), role };
    expect(decide(before).policy.do).toBe('nothing');
    const seen = probed(probing, LISTENING);
    const told = carriedOut(seen, decide(seen)).report;
    // The other parts are the leader's to write.
    const report = told && { ...told, status: partOf(told.status, 'probe') };
    const plan = decide({ ...before, report });
    expect(plan.policy.do).toBe('apply');
    expect(plan.events[0]?.note).toContain('9090/TCP was open and is closed now');
    const other = decide({ ...before, report, pods: [pod({ uid: 'new' })] });
    expect(inSync(other)?.reason).toBe('AwaitingProbe');
  });
});

describe('the own port of a headless Service', () => {
  // No well-known port: it is asked for because the Service names it.
  const headless = {
    ...service(8080),
    headless: true,
    ports: [{ name: '', port: 7093, protocol: 'TCP' as const, targetPort: 8080 }],
  };
  const before = labelled({ usage: { ...NO_USAGE, services: [headless] } });

  test.each<[string, number[], string]>([
    ['holds where the pods listen there', [8080, 7093], 'nothing'],
    ['holds nothing where they refuse', [8080], 'apply'],
  ])('%s', (_what, open, expected) => {
    const plan = decide(probed(before, { open, otherwise: 'refused' }));
    expect(plan.policy.do).toBe(expected);
    expect(plan.found.findings.map(({ port }) => port)).toEqual(open.slice(1));
  });
});
