import { describe, expect, it } from 'vitest';
import { Loss } from './loss.ts';
import { laterTimeout, silenceAfter } from './retry.ts';

interface Round {
  answered?: number;
  heard?: number;
  lost?: number;
}

function lossIn(...rounds: Round[]): Loss {
  const loss = new Loss();
  for (const [index, { answered = 0, heard = 0, lost = 0 }] of rounds.entries()) {
    if (index > 0) loss.nextRound();
    for (let i = 0; i < answered; i++) loss.answered('heard');
    for (let i = 0; i < heard + lost; i++) loss.witness(i < lost ? 'silent' : 'heard');
  }
  return loss;
}

describe('silenceAfter', () => {
  it.each<[string, 'check' | 'sweep', number, Round[], string]>([
    ['no silence', 'check', 0, [{ answered: 100 }], 'is-an-answer'],
    ['a check’s first round, whatever answered', 'check', 1, [{ answered: 99 }], 'try-again'],
    [
      'a sweep whose witnesses all answered',
      'sweep',
      65_534,
      [{ answered: 1, heard: 250 }],
      'is-an-answer',
    ],
    [
      'a sweep with one witness silent',
      'sweep',
      65_534,
      [{ answered: 1, heard: 250, lost: 1 }],
      'try-again',
    ],
    ['a sweep that nothing answered', 'sweep', 65_535, [{}], 'try-again'],
    ['... twice', 'sweep', 65_535, [{}, {}], 'is-an-answer'],
    [
      'a sweep that one port answered, too seldom to prove anything',
      'sweep',
      65_534,
      [{ answered: 1 }],
      'try-again',
    ],
    ['a sweep that all but three ports answered', 'sweep', 3, [{ answered: 65_532 }], 'try-again'],
    [
      '... and those are silent again',
      'sweep',
      3,
      [{ answered: 65_532 }, { heard: 16 }],
      'is-an-answer',
    ],
    [
      'a check’s second round without news',
      'check',
      94,
      [{ answered: 1 }, { heard: 16 }],
      'try-again',
    ],
    ['... and third', 'check', 94, [{ answered: 1 }, { heard: 16 }, { heard: 16 }], 'is-an-answer'],
    [
      'a check’s second round with news',
      'check',
      3,
      [{ answered: 60 }, { answered: 37, heard: 8 }],
      'try-again',
    ],
    [
      'a check’s third, without, after so much loss',
      'check',
      3,
      [{ answered: 60 }, { answered: 37, heard: 8 }, { heard: 3 }],
      'try-again',
    ],
    ['witnesses that went silent', 'check', 90, [{ answered: 10 }, { lost: 8 }], 'cannot-be-told'],
    ['a few witnesses lost', 'check', 90, [{ answered: 10 }, { heard: 6, lost: 2 }], 'try-again'],
  ])('after %s', (_, priority, silent, rounds, silence) => {
    expect(
      silenceAfter(
        { number: rounds.length, priority, silent, isReachable: true },
        lossIn(...rounds),
      ),
    ).toBe(silence);
  });

  it('asks a sweep’s many silent ports again on a looser proof than few ones', () => {
    const loss = lossIn({ answered: 1, heard: 100 });
    const round = { number: 1, priority: 'sweep', isReachable: true } as const;
    expect(silenceAfter({ ...round, silent: 1_001 }, loss)).toBe('is-an-answer');
    expect(silenceAfter({ ...round, silent: 1_000 }, loss)).toBe('try-again');
  });

  it('asks a check’s first silence again, and of a sweep what proves the same', () => {
    const loss = lossIn({ heard: 2_000_000 });
    const round = { number: 1, silent: 5, isReachable: true } as const;
    expect(silenceAfter({ ...round, priority: 'check' }, loss)).toBe('try-again');
    expect(silenceAfter({ ...round, priority: 'sweep' }, loss)).toBe('is-an-answer');
  });

  it.each<[string, number, Round[], string]>([
    ['three quarters of the witnesses', 160, [{ answered: 9 }, { lost: 6 }], 'try-again'],
    ['more than that', 160, [{ answered: 9 }, { lost: 7 }], 'cannot-be-told'],
    ['more, but a sixteenth answers', 160, [{}, { answered: 10, lost: 7 }], 'try-again'],
    ['more, and hardly any answers', 160, [{}, { answered: 9, lost: 7 }], 'cannot-be-told'],
    ['all that were asked in the first round', 160, [{ lost: 7 }], 'try-again'],
  ])('after a round that lost %s', (_, silent, rounds, silence) => {
    const round = { number: rounds.length, priority: 'sweep', silent, isReachable: true } as const;
    expect(silenceAfter(round, lossIn(...rounds))).toBe(silence);
  });

  it.each([
    [1, 95, 'try-again'],
    [2, 95, 'try-again'],
    [3, 95, 'try-again'],
    [4, 95, 'is-an-answer'],
    [2, 65_535, 'is-an-answer'],
  ])('after round %i of %i ports of which none answered: %s', (number, silent, silence) => {
    const round = { number, silent, priority: 'sweep', isReachable: false } as const;
    expect(silenceAfter(round, lossIn(...new Array<Round>(number).fill({})))).toBe(silence);
  });

  it('ends in doubt after 24 rounds', () => {
    const rounds = new Array<Round>(24).fill({ answered: 9, heard: 2, lost: 6 });
    const round = { number: 24, priority: 'sweep', silent: 9, isReachable: true } as const;
    expect(silenceAfter(round, lossIn(...rounds))).toBe('cannot-be-told');
  });
});

describe('laterTimeout', () => {
  it('is twice the first, and leaves time for the kernel’s second SYN', () => {
    expect(laterTimeout(500)).toBe(1_500);
    expect(laterTimeout(1_000)).toBe(2_000);
  });
});
