import { describe, expect, it } from 'vitest';
import type { Outcome } from '../domain/reading.ts';
import type { ProbeJob } from './job.ts';
import { Task } from './task.ts';

const task = (job: Partial<ProbeJob>) =>
  new Task({ ip: '10.0.0.1', ports: [80, 443], priority: 'check', ...job }, 500, 100);

/** Takes every port of this round and settles each with its outcome; returns the ports taken. */
function round(task: Task, outcomeOf: (port: number) => Outcome): number[] {
  const taken = [];
  for (let next = task.take(); next !== undefined; next = task.take()) taken.push(next);
  for (const { port, position } of taken) task.settle(position, outcomeOf(port), 'EPERM');
  return taken.map(({ port }) => port);
}

describe('Task', () => {
  it('tries a check’s filtered ports once more, and lists every asked port', () => {
    const check = task({});
    expect(round(check, (port) => (port === 80 ? 'open' : 'filtered'))).toEqual([80, 443]);
    expect(check.timeout).toBe(1_500);
    expect(round(check, () => 'filtered')).toEqual([443]);
    expect(check.isDone).toBe(true);
    expect(check.reading()).toMatchObject({
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
    expect(check.reading().counts).toMatchObject({ refused: 2, filtered: 0 });
  });

  it('sweeps a locked host once, and lists only open ports', () => {
    const sweep = task({ ports: 'all', priority: 'sweep' });
    expect(round(sweep, (port) => (port === 8_080 ? 'open' : 'filtered'))).toHaveLength(65_535);
    expect(sweep.isDone).toBe(true);
    const reading = sweep.reading();
    expect(reading.ports).toEqual(new Map([[8_080, 'open']]));
    expect(reading.counts.filtered).toBe(65_534);
    expect(reading.note).toBeUndefined();
  });

  it('sweeps again for the silent ports of a host that mostly answers, while that brings answers', () => {
    const sweep = task({ ports: 'all', priority: 'sweep' });
    round(sweep, (port) => (port <= 3 ? 'filtered' : 'refused'));
    expect(round(sweep, (port) => (port <= 2 ? 'filtered' : 'open'))).toEqual([1, 2, 3]);
    expect(round(sweep, () => 'filtered')).toEqual([1, 2]);
    expect(sweep.isDone).toBe(true);
    expect(sweep.reading().counts).toMatchObject({ open: 1, filtered: 2 });
  });

  it('lists the first 1,024 open ports of a sweep and says how many there are', () => {
    const sweep = task({ ports: 'all', priority: 'sweep' });
    round(sweep, () => 'open');
    const reading = sweep.reading();
    expect([...reading.ports.keys()]).toEqual(Array.from({ length: 1_024 }, (_, i) => i + 1));
    expect(reading.note).toBe('1024 of 65535 open ports are listed');
    expect(reading.complete).toBe(true);
  });

  it('takes a port again that could not be tried', () => {
    const check = task({ ports: [80] });
    const next = check.take();
    check.putBack(next?.position ?? -1, 'EMFILE', 0);
    expect(check.isDone).toBe(false);
    expect(round(check, () => 'refused')).toEqual([80]);
    expect(check.reading()).toMatchObject({ complete: true, counts: { refused: 1, error: 0 } });
  });

  it('gives up after 5 s without a connection, and calls what it could not try an error', () => {
    const check = task({ ports: [80, 81, 82] });
    const first = check.take()?.position ?? -1;
    check.settle(first, 'open', 'connected');
    for (let now = 0; !check.isDone; now += 1_000)
      check.putBack(check.take()?.position ?? -1, 'EMFILE', now);
    expect(check.reading()).toMatchObject({
      complete: false,
      counts: { open: 1, error: 2 },
      note: expect.stringMatching(/gave up after 5 s .*\(EMFILE\); 2 ports were not tried/),
    });
  });

  it('says why ports ended in an error', () => {
    const check = task({});
    round(check, () => 'error');
    expect(check.reading()).toMatchObject({ complete: true, note: '2 ports ended in EPERM' });
  });
});
