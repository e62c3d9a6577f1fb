import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { NetworkPolicy } from '../api/kubernetes.ts';
import type { Pod } from '../domain/workload/workload.ts';
import { NOW, pod, policy, snapshot } from '../testing/builders.ts';
import { type LogLine, recordedLog } from '../testing/recorded-log.ts';
import { ScriptedProber, type SeenPorts } from '../testing/scripted-prober.ts';
import { Calibrator } from './calibrator.ts';

const CANARY = 8082;
const CONTROL = 8081;
const SETTLE = 60_000;
const INTERVAL = 3_600_000;
/** Between two looks while nothing is conclusive. */
const PACE = 5000;

const OWN = policy('portlock', { ingress: [{ ports: [{ port: CONTROL }] }] });
const DROPPED: SeenPorts = { open: [CONTROL] };
const REJECTED: SeenPorts = { open: [CONTROL], refused: [CANARY] };
const NOT_ENFORCED: SeenPorts = { open: [CONTROL, CANARY] };
const CUT_OFF: SeenPorts = {};

let now: number;
let siblings: Pod[];
let policies: NetworkPolicy[];
let prober: ScriptedProber;
let changes: number;
let lines: LogLine[];
let stop: AbortController;
let running: Promise<void>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  now = NOW;
  siblings = [sibling('node-2')];
  policies = [OWN];
  prober = new ScriptedProber(
    () => DROPPED,
    () => now,
  );
  changes = 0;
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await running;
  vi.useRealTimers();
});

function sibling(node: string, fields: Partial<Pod> = {}): Pod {
  return pod({ name: `portlock-${node}`, node, ips: [`10.0.0.${node.at(-1)}`], ...fields });
}

function started(settle = SETTLE): Calibrator {
  const recorded = recordedLog();
  ({ lines } = recorded);
  const calibrator = new Calibrator({
    prober,
    canaryPort: CANARY,
    controlPort: CONTROL,
    identity: () => snapshot().prober,
    siblings: () => siblings,
    policies: () => policies,
    timing: { ...snapshot().timing, settle, interval: INTERVAL },
    now: () => now,
    onChange: () => {
      changes += 1;
    },
    log: recorded.log,
  });
  running = calibrator.run(stop.signal);
  return calibrator;
}

/** Lets so much time pass. */
async function pass(milliseconds: number): Promise<void> {
  now += milliseconds;
  await vi.advanceTimersByTimeAsync(milliseconds);
}

/** States as they are after each of the first looks. */
async function statesOver(looks: number, calibrator: Calibrator): Promise<string[]> {
  const states: string[] = [];
  for (let look = 0; look < looks; look += 1) {
    await pass(look === 0 ? 0 : PACE);
    states.push(calibrator.calibrations[0]?.state ?? '');
  }
  return states;
}

test('the other replica is asked for a port that is denied and for one that is allowed', async () => {
  started();
  await pass(0);
  expect(prober.jobs).toEqual([{ ip: '10.0.0.2', ports: [CANARY, CONTROL], priority: 'check' }]);
});

describe('what is read', () => {
  test.each<[string, SeenPorts, string[]]>([
    ['silence counts at once', DROPPED, ['Dropped', 'Dropped', 'Dropped', 'Dropped']],
    ['a refusal with the third time', REJECTED, ['Unknown', 'Unknown', 'Rejected', 'Rejected']],
    [
      'a connection with the third time',
      NOT_ENFORCED,
      ['Unknown', 'Unknown', 'NotEnforced', 'NotEnforced'],
    ],
    [
      'silence of the port that is allowed, too, proves nothing',
      CUT_OFF,
      ['Unknown', 'Unknown', 'Unknown', 'Unknown'],
    ],
    [
      'an error of this machine proves nothing',
      { open: [CONTROL], otherwise: 'error' },
      ['Unknown', 'Unknown', 'Unknown', 'Unknown'],
    ],
  ])('%s', async (_what, seen, states) => {
    prober.sight = () => seen;
    expect(await statesOver(4, started())).toEqual(states);
  });

  test('is told once, to whoever decides and in the log', async () => {
    prober.sight = () => REJECTED;
    await statesOver(6, started());
    expect(changes).toBe(1);
    expect(lines).toEqual([
      expect.objectContaining({
        line: 'info: Calibrated the network',
        state: 'Rejected',
        why: expect.stringContaining('refused'),
        fromNode: 'node-1',
        toNode: 'node-2',
      }),
    ]);
  });

  test('is read again soon while it is not conclusive, else once an interval', async () => {
    prober.sight = () => REJECTED;
    started();
    await pass(0);
    await pass(PACE - 1);
    expect(prober.jobs).toHaveLength(1);
    await pass(1);
    expect(prober.jobs).toHaveLength(2);
    await pass(PACE);
    expect(prober.jobs, 'conclusive').toHaveLength(3);
    await pass(INTERVAL - 1);
    expect(prober.jobs).toHaveLength(3);
    await pass(1);
    expect(prober.jobs).toHaveLength(4);
  });

  test.each([
    ['is read sooner where the settle time is short', 600, 200],
    ['is read ten times a second at most, however short that is', 0, 100],
  ])('%s', async (_what, settle, pace) => {
    prober.sight = () => CUT_OFF;
    started(settle);
    await pass(0);
    await pass(pace - 1);
    expect(prober.jobs).toHaveLength(1);
    await pass(1);
    expect(prober.jobs).toHaveLength(2);
  });

  test('that flips back in between begins anew', async () => {
    const seen = [REJECTED, REJECTED, NOT_ENFORCED, REJECTED, REJECTED, REJECTED];
    prober.sight = () => seen.shift() ?? REJECTED;
    expect(await statesOver(6, started())).toEqual([
      'Unknown',
      'Unknown',
      'Unknown',
      'Unknown',
      'Unknown',
      'Rejected',
    ]);
  });

  test('that changes is told as soon as it is certain', async () => {
    const calibrator = started();
    await pass(0);
    prober.sight = () => NOT_ENFORCED;
    await pass(INTERVAL);
    expect(calibrator.calibrations[0]?.state).toBe('Dropped');
    await pass(PACE);
    await pass(PACE);
    expect(calibrator.calibrations[0]?.state).toBe('NotEnforced');
    expect(changes).toBe(2);
  });
});

describe('bad news', () => {
  test.each<[string, () => void]>([
    [
      'of a pod that is younger than the settle time',
      () => {
        siblings = [sibling('node-2', { readySince: NOW })];
      },
    ],
    [
      'under a policy that is younger',
      () => {
        const creationTimestamp = new Date(NOW).toISOString();
        policies = [{ ...OWN, metadata: { ...OWN.metadata, creationTimestamp } }];
      },
    ],
  ])('%s does not count, to the millisecond', async (_what, arrange) => {
    arrange();
    prober.sight = () => REJECTED;
    const calibrator = started();
    await pass(0);
    for (let look = 0; look < 11; look += 1) await pass(PACE);
    expect(calibrator.calibrations[0]?.state, '55 s').toBe('Unknown');
    await pass(PACE);
    await pass(PACE);
    expect(calibrator.calibrations[0]?.state, '65 s').toBe('Unknown');
    await pass(PACE);
    expect(calibrator.calibrations[0]?.state, 'three readings from 60 s on').toBe('Rejected');
  });

  test('counts under a policy without a time of creation', async () => {
    const { creationTimestamp: _, ...metadata } = OWN.metadata;
    policies = [{ ...OWN, metadata }];
    prober.sight = () => REJECTED;
    expect((await statesOver(3, started())).at(-1)).toBe('Rejected');
  });
});

describe('where nothing can be measured it is said why', () => {
  const SECOND = /It takes a second ready replica/;
  const NOT_IN_FORCE = /The operator's own policy is not in force/;
  test.each<[string, () => void, RegExp]>([
    [
      'alone',
      () => {
        siblings = [];
      },
      SECOND,
    ],
    [
      'without the own policy',
      () => {
        policies = [];
      },
      NOT_IN_FORCE,
    ],
    [
      'where another policy opens the canary port',
      () => {
        policies = [OWN, policy('all', { ingress: [{}] })];
      },
      NOT_IN_FORCE,
    ],
    [
      'where the own policy does not allow the control port',
      () => {
        policies = [policy('portlock', { ingress: [{ ports: [{ port: 9999 }] }] })];
      },
      NOT_IN_FORCE,
    ],
  ])('%s', async (_what, arrange, why) => {
    arrange();
    const calibrator = started();
    await pass(0);
    expect(prober.jobs).toEqual([]);
    expect(calibrator.calibrations).toMatchObject([
      { state: 'Unknown', message: expect.stringMatching(why), between: undefined },
    ]);
    expect(changes).toBe(1);
  });

  test('before the first reading', () => {
    prober.sight = () => new Promise(() => {});
    expect(started().calibrations).toMatchObject([
      { state: 'Unknown', message: expect.stringMatching(/has not been measured yet/) },
    ]);
  });

  test('after three readings in which even the port that is allowed is silent', async () => {
    prober.sight = () => CUT_OFF;
    const calibrator = started();
    await statesOver(2, calibrator);
    expect(calibrator.calibrations[0]?.message).toMatch(/has not been measured yet/);
    await pass(PACE);
    expect(calibrator.calibrations[0]?.message).toMatch(/cannot reach each other/);
  });

  test('and it is looked for again soon', async () => {
    siblings = [];
    const calibrator = started();
    await pass(0);
    siblings = [sibling('node-2')];
    await pass(PACE);
    expect(calibrator.calibrations[0]?.state).toBe('Dropped');
  });
});

describe('several nodes', () => {
  beforeEach(() => {
    siblings = [sibling('node-2'), sibling('node-3')];
  });

  test('have a calibration each', async () => {
    prober.sight = ({ ip }) => (ip === '10.0.0.2' ? DROPPED : NOT_ENFORCED);
    const calibrator = started();
    await pass(0);
    expect(calibrator.calibrations.map(({ between }) => between?.toNode)).toEqual(['node-2']);
    await pass(PACE);
    await pass(PACE);
    expect(calibrator.calibrations.map(({ state, between }) => [between?.toNode, state])).toEqual([
      ['node-2', 'Dropped'],
      ['node-3', 'NotEnforced'],
    ]);
  });

  test('are all waited for: one that is not conclusive is looked at soon', async () => {
    prober.sight = ({ ip }) => (ip === '10.0.0.2' ? DROPPED : CUT_OFF);
    started();
    await pass(0);
    await pass(PACE);
    expect(prober.jobs).toHaveLength(4);
  });

  test('that are gone are forgotten two intervals later', async () => {
    const calibrator = started();
    await pass(0);
    siblings = [sibling('node-2')];
    await pass(INTERVAL);
    expect(calibrator.calibrations).toHaveLength(2);
    now += INTERVAL - 1;
    expect(calibrator.calibrations).toHaveLength(2);
    now += 1;
    expect(calibrator.calibrations.map(({ between }) => between?.toNode)).toEqual(['node-2']);
  });

  test('of several replicas on one node the worst counts', async () => {
    siblings = [sibling('node-2'), sibling('node-2', { name: 'b', ips: ['10.0.0.9'] })];
    prober.sight = ({ ip }) => (ip === '10.0.0.9' ? NOT_ENFORCED : DROPPED);
    expect((await statesOver(3, started())).at(-1)).toBe('NotEnforced');
  });
});

test('only addresses at which the policies close the canary port are asked', async () => {
  siblings = [sibling('node-2', { ips: ['10.0.0.2', 'fd00::2'] })];
  policies = [OWN, policy('v6', { ingress: [{ from: [{ ipBlock: { cidr: '::/0' } }] }] })];
  started();
  await pass(0);
  expect(prober.jobs.map(({ ip }) => ip)).toEqual(['10.0.0.2']);
});

test('a failure is logged, and tried again', async () => {
  prober.sight = () => Promise.reject(new Error('the worker died'));
  const calibrator = started();
  await pass(0);
  expect(lines).toContainEqual({ line: 'warn: The calibration failed', error: 'the worker died' });
  prober.sight = () => DROPPED;
  await pass(PACE);
  expect(calibrator.calibrations[0]?.state).toBe('Dropped');
});

test('a stop while a connection hangs ends it, and nothing is told of it', async () => {
  prober.sight = () => new Promise(() => {});
  started();
  await pass(0);
  stop.abort();
  await running;
  expect(lines).toEqual([]);
  expect(changes).toBe(0);
});
