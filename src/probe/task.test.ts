import { describe, expect, it } from 'vitest';
import type { Outcome } from '../domain/probing/reading.ts';
import { WELL_KNOWN_PORTS } from '../domain/probing/well-known-ports.ts';
import { readingOf } from './tally.ts';
import { type Taken, Task, type Work } from './task.ts';

const task = (work: Partial<Work>) =>
  new Task({ ip: '10.0.0.1', ports: [80, 443], priority: 'check', ...work }, 500, 100);
const reading = (task: Task) => readingOf([task.tally()]);

interface Round {
  ports: number[];
  witnesses: number[];
}

/** Takes every port of this round, one at a time, and settles each with its outcome 1 ms later. */
function round(
  task: Task,
  outcomeOf: (port: number, isWitness: boolean) => Outcome,
  now = 0,
): Round {
  const ports: number[] = [];
  const witnesses: number[] = [];
  const settles: (() => void)[] = [];
  while (task.hasPortsToTake) {
    const taken = task.take(now);
    if (taken === undefined) {
      now += 20;
      continue;
    }
    const isWitness = taken.position === undefined;
    (isWitness ? witnesses : ports).push(taken.port);
    const outcome = outcomeOf(taken.port, isWitness);
    const isAnswer = outcome === 'open' || outcome === 'refused';
    const settle = settleLater(task, taken, outcome, now);
    if (isAnswer) settle();
    else settles.push(settle);
  }
  for (const settle of settles) settle();
  return { ports, witnesses };
}

function settleLater(task: Task, taken: Taken, outcome: Outcome, now: number): () => void {
  return () =>
    task.settle(taken, outcome, 'EPERM', now + 1, outcome === 'filtered' ? undefined : 1);
}

describe('Task', () => {
  it('tries a check’s filtered ports twice more, and lists every asked port', () => {
    const check = task({});
    const first = round(check, (port) => (port === 80 ? 'open' : 'filtered'));
    expect(first).toEqual({ ports: [80, 443], witnesses: [] });
    expect(check.timeout).toBe(1_500);
    for (let number = 2; number <= 3; number++) {
      const { ports, witnesses } = round(check, (port) => (port === 80 ? 'open' : 'filtered'));
      expect(ports).toEqual([443]);
      expect(witnesses).toEqual(new Array(8).fill(80));
    }
    expect(check.isDone).toBe(true);
    expect(reading(check)).toMatchObject({
      ports: new Map([
        [80, 'open'],
        [443, 'filtered'],
      ]),
      counts: { open: 1, refused: 0, filtered: 1, unreachable: 0, error: 0 },
      complete: true,
    });
  });

  it('takes the answer of the second attempt', () => {
    const check = task({});
    round(check, () => 'filtered');
    round(check, () => 'refused');
    expect(reading(check).counts).toMatchObject({ refused: 2, filtered: 0 });
  });

  it('waits for as long as answers show that it must', () => {
    const check = task({});
    expect(check.timeout).toBe(500);
    const taken = check.take(0);
    if (taken) check.settle(taken, 'open', 'connected', 0.3, 0.3);
    expect(check.timeout).toBe(125);
  });

  it('sweeps a locked host once where its open port answers all the time, and lists only that', () => {
    const sweep = task({ ports: 'all', priority: 'sweep' });
    const { ports, witnesses } = round(sweep, (port) => (port === 8_080 ? 'open' : 'filtered'));
    expect(ports).toHaveLength(65_535);
    expect(witnesses).toEqual(new Array(255).fill(8_080));
    expect(sweep.isDone).toBe(true);
    expect(reading(sweep).ports).toEqual(new Map([[8_080, 'open']]));
    expect(reading(sweep).counts.filtered).toBe(65_534);
    expect(reading(sweep).note).toBeUndefined();
  });

  it('sweeps a locked host again where its open port does not always answer', () => {
    const sweep = task({ ports: 'all', priority: 'sweep' });
    let asked = 0;
    const outcomeOf = (port: number, isWitness: boolean) =>
      port === 8_080 && !(isWitness && asked++ % 10 === 0) ? 'open' : 'filtered';
    round(sweep, outcomeOf);
    expect(sweep.isDone).toBe(false);
    expect(round(sweep, outcomeOf, 1_000).ports).toHaveLength(65_534);
  });

  it('sweeps a host that answers nothing twice', () => {
    const sweep = task({ ports: 'all', priority: 'sweep' });
    expect(round(sweep, () => 'filtered').ports).toHaveLength(65_535);
    expect(round(sweep, () => 'filtered').ports).toHaveLength(65_535);
    expect(sweep.isDone).toBe(true);
  });

  it('tries expected and well-known ports first', () => {
    const sweep = task({ ports: 'all', priority: 'sweep', expected: [51_000] });
    const { ports } = round(sweep, () => 'refused');
    const first = [51_000, ...WELL_KNOWN_PORTS, 50_999, 51_001];
    expect(ports.slice(0, first.length)).toEqual(first);
    expect(ports[first.length]).toBe(1);
  });

  it('finds a witness of its part among the ports of another', () => {
    const part = { index: 1, of: 2 };
    const sweep = task({ ports: 'all', priority: 'sweep', part });
    const { ports, witnesses } = round(sweep, (port) => (port === 8_080 ? 'open' : 'filtered'));
    expect(ports).toHaveLength(32_768);
    expect(ports.every((port) => port % 2 === 1)).toBe(true);
    const scouts = WELL_KNOWN_PORTS.filter((port) => port % 2 === 0);
    expect(witnesses.slice(0, scouts.length).toSorted()).toEqual(scouts.toSorted());
    expect(new Set(witnesses.slice(scouts.length))).toEqual(new Set([8_080]));
    expect(reading(sweep).counts).toMatchObject({ open: 0, filtered: 32_768 });
  });

  it('sweeps again for the silent ports of a host that mostly answers, while that brings answers', () => {
    const sweep = task({ ports: 'all', priority: 'sweep' });
    round(sweep, (port) => (port <= 3 ? 'filtered' : 'refused'));
    const second = round(sweep, (port, isWitness) =>
      isWitness ? 'refused' : port <= 2 ? 'filtered' : 'open',
    );
    expect(second.ports).toEqual([1, 2, 3]);
    expect(second.witnesses).toHaveLength(8);
    expect(reading(sweep).counts).toMatchObject({ open: 1, filtered: 2 });
  });

  it('asks a target that lost most of what it was asked no more often than it answered', () => {
    const check = task({ ports: Array.from({ length: 4_000 }, (_, i) => i + 1) });
    let answers = 0;
    round(check, () => (answers++ < 10 ? 'refused' : 'filtered'));
    // A third of the ports answered in the second round, which took 1 s.
    answerAThird(check);
    let started = 0;
    for (let now = 1_001; now < 2_001; now += 5) {
      for (; check.mayStart(now) && check.take(now); started++);
      check.started(now);
    }
    expect(started).toBeGreaterThan(1_100);
    expect(started).toBeLessThan(1_450);
  });

  it('leaves open what a host is that stops answering', () => {
    const check = task({ ports: Array.from({ length: 100 }, (_, i) => i + 1) });
    round(check, (port) => (port <= 10 ? 'refused' : 'filtered'));
    round(check, () => 'filtered');
    expect(check.isDone).toBe(true);
    expect(reading(check)).toMatchObject({
      complete: false,
      counts: { refused: 10, filtered: 0, error: 90 },
      note: expect.stringContaining('90 ports were silent, but so were'),
    });
  });

  it('takes a port again that could not be tried', () => {
    const check = task({ ports: [80] });
    const next = check.take(0);
    if (next) check.putBack(next, 'EMFILE', 0);
    expect(check.isDone).toBe(false);
    expect(round(check, () => 'refused').ports).toEqual([80]);
    expect(reading(check)).toMatchObject({ complete: true, counts: { refused: 1, error: 0 } });
  });

  it('gives up after 5 s without a connection, and calls what it could not try an error', () => {
    const check = task({ ports: [80, 81, 82] });
    const first = check.take(0);
    if (first) check.settle(first, 'open', 'connected', 0, 1);
    for (let now = 0; !check.isDone; now += 1_000) {
      const next = check.take(now);
      if (next) check.putBack(next, 'EMFILE', now);
    }
    expect(reading(check)).toMatchObject({
      complete: false,
      counts: { open: 1, error: 2 },
      note: expect.stringMatching(/gave up after 5 s .*\(EMFILE\); 2 ports were not tried/),
    });
  });

  it('says why ports ended in an error', () => {
    const check = task({});
    round(check, () => 'error');
    expect(reading(check)).toMatchObject({ complete: true, note: '2 ports ended in EPERM' });
  });
});

/** Takes all ports of a round, four a millisecond, and settles them after 1 s; no witness answers. */
function answerAThird(check: Task): void {
  const taken: Taken[] = [];
  for (let now = 1; check.hasPortsToTake; now += 0.25) {
    const next = check.take(now);
    if (next) taken.push(next);
  }
  for (const [index, each] of taken.entries()) {
    const outcome = index % 3 === 0 && each.position !== undefined ? 'refused' : 'filtered';
    check.settle(each, outcome, '', 1_001, outcome === 'refused' ? 1 : undefined);
  }
}
