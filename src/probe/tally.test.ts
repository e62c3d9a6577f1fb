import { describe, expect, it } from 'vitest';
import { readingOf, type Tally } from './tally.ts';

const none = { open: 0, refused: 0, filtered: 0, unreachable: 0, error: 0 };
const tally: Tally = {
  ip: '10.0.0.1',
  isSweep: true,
  startedAt: 1_000,
  endedAt: 2_000,
  ports: new Map([[80, 'open']]),
  counts: { ...none, open: 1, refused: 9 },
  reasons: new Map(),
  doubtful: 0,
};

describe('readingOf', () => {
  it('adds up the parts of a job', () => {
    const other: Tally = {
      ...tally,
      startedAt: 1_100,
      endedAt: 2_500,
      ports: new Map([[21, 'open']]),
      counts: { ...none, open: 1, filtered: 5 },
    };
    expect(readingOf([tally, other])).toEqual({
      ip: '10.0.0.1',
      startedAt: 1_000,
      endedAt: 2_500,
      complete: true,
      ports: new Map([
        [21, 'open'],
        [80, 'open'],
      ]),
      counts: { ...none, open: 2, refused: 9, filtered: 5 },
    });
  });

  it('lists the lowest 1,024 open ports of all parts, and says how many there are', () => {
    const part = (first: number): Tally => {
      const ports = Array.from({ length: 1_024 }, (_, i) => first + 2 * i);
      const open = new Map(ports.map((port) => [port, 'open' as const]));
      return { ...tally, ports: open, counts: { ...none, open: 2_000 } };
    };
    const reading = readingOf([part(1), part(2)]);
    expect([...reading.ports.keys()]).toEqual(Array.from({ length: 1_024 }, (_, i) => i + 1));
    expect(reading.note).toBe('1024 of 4000 open ports are listed');
  });

  it('lists every port of a list, and says nothing where nothing is left out', () => {
    const list = Array.from({ length: 1_100 }, (_, i) => i + 1);
    const open = new Map(list.map((port) => [port, 'open' as const]));
    const counts = { ...none, open: 1_100 };
    const reading = readingOf([{ ...tally, isSweep: false, ports: open, counts }]);
    expect([...reading.ports.keys()]).toEqual(list);
    expect(reading).not.toHaveProperty('note');
    expect(readingOf([{ ...tally, counts: { ...none, open: 1_024 } }])).not.toHaveProperty('note');
  });

  it.each<[string, Partial<Tally>]>([
    ['were not tried', { untried: { reason: 'EMFILE', ports: 3 } }],
    ['are in doubt', { doubtful: 1 }],
  ])('is not complete where ports of one part %s', (_, part) => {
    expect(readingOf([tally, { ...tally, ...part }]).complete).toBe(false);
  });

  it('says what is missing, in doubt or wrong', () => {
    const reasons = new Map([['EPERM', 2]]);
    const reading = readingOf([
      { ...tally, untried: { reason: 'EMFILE', ports: 3 }, reasons },
      { ...tally, doubtful: 4, reasons },
    ]);
    expect(reading.complete).toBe(false);
    expect(reading.note).toMatch(
      /^gave up after 5 s .*\(EMFILE\); 3 ports were not tried; 4 ports were silent, but so were .*; 4 ports ended in EPERM$/,
    );
  });
});
