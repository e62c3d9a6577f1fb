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

  it('takes turns among eight at most, each once', () => {
    const witnesses = new Witnesses();
    for (const port of [1, 2, 3, 3, 4, 5, 6, 7, 8, 9]) witnesses.add(port, 'open');
    expect(asked(witnesses, 256 * 10 + 1)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 1, 2]);
    expect([8, 9].filter((port) => witnesses.has(port))).toEqual([8]);
  });

  it('knows one that refuses as well as an open one', () => {
    const witnesses = new Witnesses();
    expect(witnesses.areKnown).toBe(false);
    expect(witnesses.take(1_000)).toBeUndefined();
    witnesses.add(81, 'refused');
    expect(witnesses.areKnown).toBe(true);
    expect(asked(witnesses, 257)).toEqual([81]);
  });

  it('has no answers in store: silence after many of them counts from its beginning', () => {
    const witnesses = new Witnesses();
    witnesses.add(80, 'open');
    for (let i = 0; i < 1_000; i++) witnesses.answered();
    expect(asked(witnesses, 257)).toEqual([80]);
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
    witnesses.nextRound(2_048);
    expect(witnesses.areOwed).toBe(false);
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
