import { describe, expect, it } from 'vitest';
import type { Priority } from './job.ts';
import { NodeRates } from './node-rates.ts';
import { Schedule } from './schedule.ts';
import { Task } from './task.ts';

const ports = Array.from({ length: 1_000 }, (_, index) => index + 1);
const task = (ip: string, priority: Priority) => new Task({ ip, ports, priority }, 500, 1_000);

/** Starts connections until none may be, and says to which IPs, in order. */
function fill(schedule: Schedule, limit: number, inFlight = 0): string[] {
  const ips = [];
  for (;;) {
    const next = schedule.next(inFlight + ips.length, limit, 0);
    if (next?.take(0) === undefined) return ips;
    ips.push(next.ip);
  }
}

describe('Schedule', () => {
  it('takes turns among tasks of one priority', () => {
    const schedule = new Schedule(new NodeRates(0));
    for (const ip of ['a', 'b', 'c']) schedule.offer(task(ip, 'sweep'));
    expect(fill(schedule, 6).join('')).toBe('abcabc');
  });

  it('lets checks go before sweeps that came earlier', () => {
    const schedule = new Schedule(new NodeRates(0));
    schedule.offer(task('sweep', 'sweep'));
    schedule.offer(task('check', 'check'));
    expect(new Set(fill(schedule, 100))).toEqual(new Set(['check']));
  });

  it('keeps a sixteenth free of sweeps', () => {
    const schedule = new Schedule(new NodeRates(0));
    schedule.offer(task('sweep', 'sweep'));
    expect(fill(schedule, 160)).toHaveLength(150);
    schedule.offer(task('check', 'check'));
    expect(fill(schedule, 160, 150)).toEqual(new Array(10).fill('check'));
  });

  it('gives a newcomer its share as soon as connections end', () => {
    const schedule = new Schedule(new NodeRates(0));
    const silent = task('silent', 'check');
    schedule.offer(silent);
    fill(schedule, 100);
    expect(silent.inFlight).toBe(100);
    schedule.offer(task('new', 'check'));
    silent.inFlight -= 10;
    expect(fill(schedule, 100, 90)).toEqual(new Array(10).fill('new'));
  });

  it('passes over a task whose own limit is reached', () => {
    const schedule = new Schedule(new NodeRates(0));
    const short = task('short', 'check');
    short.limit.shortage(2, 0);
    schedule.offer(short);
    schedule.offer(task('other', 'check'));
    expect(fill(schedule, 8)).toEqual(new Array(4).fill('other'));
  });

  it('keeps no more than 256 free of sweeps', () => {
    const schedule = new Schedule(new NodeRates(0));
    const many = Array.from({ length: 10_000 }, (_, index) => index + 1);
    schedule.offer(new Task({ ip: 'a', ports: many, priority: 'sweep' }, 500, 10_000));
    expect(fill(schedule, 8_192)).toHaveLength(8_192 - 256);
  });

  it('has nobody in line who has nothing to take, so that the others have it all', () => {
    const schedule = new Schedule(new NodeRates(0));
    const done = new Task({ ip: 'done', ports: [1], priority: 'check' }, 500, 10);
    const late = new Task({ ip: 'late', ports: [1], priority: 'check' }, 500, 10);
    schedule.offer(late);
    for (const task of [done, late]) task.take(0);
    schedule.offer(done);
    schedule.offer(task('busy', 'check'));
    // The first call still counts the one that had its port taken while it was in line.
    expect(schedule.next(0, 10, 0)?.ip).toBe('busy');
    expect(fill(schedule, 10)).toEqual(new Array(10).fill('busy'));
  });

  it('case 48: starts nothing while as many are under way as may be', () => {
    const schedule = new Schedule(new NodeRates(0));
    schedule.offer(task('check', 'check'));
    expect(schedule.next(10, 10, 0)).toBeUndefined();
    expect(schedule.next(9, 10, 0)?.ip).toBe('check');
  });

  it('forgets a task that is removed or has no ports left', () => {
    const schedule = new Schedule(new NodeRates(0));
    const removed = task('removed', 'check');
    schedule.offer(removed);
    schedule.remove(removed);
    schedule.offer(new Task({ ip: 'small', ports: [1], priority: 'check' }, 500, 10));
    expect(fill(schedule, 10)).toEqual(['small']);
  });
});
