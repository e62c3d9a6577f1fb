import { describe, expect, it } from 'vitest';
import { Witnesses } from './witnesses.ts';

/** Which witness each of so many connections without an answer is followed by. */
function asked(witnesses: Witnesses, connections: number): number[] {
  const ports: number[] = [];
  for (let i = 0; i < connections; i++) {
    const witness = witnesses.take();
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

  it('asks eight in a later, small round, one of them first', () => {
    const witnesses = new Witnesses();
    witnesses.add(80, 'open');
    witnesses.nextRound(96);
    expect(asked(witnesses, 96)).toHaveLength(8);
    witnesses.nextRound(1);
    expect(asked(witnesses, 1)).toEqual([80]);
  });

  it('has none to ask before one has answered', () => {
    expect(asked(new Witnesses(), 1_000)).toEqual([]);
  });
});
