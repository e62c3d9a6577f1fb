import { describe, expect, it } from 'vitest';
import { Witnesses } from './witnesses.ts';

/** Which witnesses so many connections without an answer are accompanied by. */
function asked(witnesses: Witnesses, connections: number): number[] {
  const ports: number[] = [];
  for (let i = 0; i < connections; i++) {
    for (let port = witnesses.take(); port !== undefined; port = witnesses.take()) ports.push(port);
    witnesses.started();
  }
  return ports;
}

describe('Witnesses', () => {
  it('asks one after every 256 connections without an answer, in turn', () => {
    const witnesses = new Witnesses();
    witnesses.add(80, 'open');
    witnesses.add(443, 'open');
    expect(asked(witnesses, 1_025)).toEqual([80, 443, 80, 443]);
  });

  it('asks none while most connections are answered', () => {
    const witnesses = new Witnesses();
    witnesses.add(80, 'open');
    for (let i = 0; i < 10_000; i++) {
      expect(witnesses.take()).toBeUndefined();
      witnesses.started();
      witnesses.answered();
    }
  });

  it('leaves open ports in peace where one refuses', () => {
    const witnesses = new Witnesses();
    witnesses.add(80, 'open');
    witnesses.add(81, 'refused');
    expect(asked(witnesses, 513)).toEqual([81, 81]);
    expect([80, 81, 82].filter((port) => witnesses.has(port))).toEqual([80, 81]);
  });

  it.each([1, 9, 96, 4_096])(
    'asks some 16 in a later round of %i ports, the first of them first',
    (ports) => {
      const witnesses = new Witnesses();
      witnesses.add(80, 'open');
      witnesses.nextRound(ports);
      expect(witnesses.take()).toBe(80);
      const others = asked(witnesses, ports).length;
      expect([14, 15]).toContain(others);
    },
  );

  it('does not make up for those that it could not ask', () => {
    const witnesses = new Witnesses();
    asked(witnesses, 60_000);
    witnesses.add(80, 'open');
    expect(asked(witnesses, 100)).toHaveLength(16);
  });

  it('has none to ask before one has answered', () => {
    expect(asked(new Witnesses(), 1_000)).toEqual([]);
  });
});
