import { describe, expect, it } from 'vitest';
import { Witnesses } from './witnesses.ts';

/** Which witnesses so many connections without an answer are accompanied by, one a millisecond. */
function asked(witnesses: Witnesses, connections: number): number[] {
  const ports: number[] = [];
  for (let now = 0; now < connections; now++) {
    const witness = witnesses.take(now);
    if (witness !== undefined) ports.push(witness);
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
    for (let now = 0; now < 10_000; now++) {
      expect(witnesses.take(now)).toBeUndefined();
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

  it.each([1, 96, 2_000])('asks eight in a later round of %i ports, 180 ms apart', (ports) => {
    const witnesses = new Witnesses();
    witnesses.add(80, 'open');
    witnesses.nextRound(ports);
    const times: number[] = [];
    for (let now = 0; now < 1_500; now++) if (witnesses.take(now) !== undefined) times.push(now);
    expect(times).toEqual([0, 180, 360, 540, 720, 900, 1_080, 1_260]);
    expect(witnesses.areOwed).toBe(false);
  });

  it('asks as often as in the first in a later round of many ports, once at its beginning', () => {
    const witnesses = new Witnesses();
    witnesses.add(80, 'open');
    witnesses.nextRound(65_000);
    expect(witnesses.areOwed).toBe(false);
    expect(asked(witnesses, 513)).toEqual([80, 80, 80]);
  });

  it('owes nothing while none has answered', () => {
    const witnesses = new Witnesses();
    witnesses.nextRound(10);
    expect(witnesses.areOwed).toBe(false);
    expect(asked(witnesses, 1_000)).toEqual([]);
    witnesses.add(80, 'open');
    expect(witnesses.areOwed).toBe(true);
  });
});
