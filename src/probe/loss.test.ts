import { describe, expect, it } from 'vitest';
import { seeded } from '../testing/seeded.ts';
import { type Hearing, Loss } from './loss.ts';
import { silenceAfter } from './retry.ts';

describe('Loss', () => {
  it('expects nothing to be missed where nothing was lost', () => {
    const loss = new Loss();
    for (let i = 0; i < 300; i++) loss.witness('heard');
    expect(loss.expectedMissed).toBeLessThan(0.001);
    expect(loss.shareNow).toBe(0);
  });

  it('expects a port in five to be missed after one round, and one in 25 after two', () => {
    const loss = new Loss();
    const round = () => {
      for (let i = 0; i < 1_000; i++) loss.witness(i % 5 === 0 ? 'silent' : 'heard');
    };
    round();
    expect(loss.shareNow).toBeCloseTo(0.2);
    expect(loss.expectedMissed).toBeCloseTo(0.2, 1);
    loss.nextRound();
    round();
    expect(loss.expectedMissed).toBeCloseTo(0.04, 2);
  });

  it('counts a port that answers late as lost in the rounds before', () => {
    const loss = new Loss();
    for (let i = 0; i < 750; i++) loss.answered('heard');
    // That they were heard says nothing of those that were not.
    expect(loss.expectedMissed).toBeGreaterThan(1);
    loss.nextRound();
    for (let i = 0; i < 200; i++) loss.answered('heard');
    // A quarter was lost in the first round, and of the second nothing is known to be.
    expect(loss.expectedMissed).toBeGreaterThan(0.05);
    expect(loss.answeredNow).toBe(200);
  });

  it('has seen loss where a witness was silent, or a port answered late', () => {
    const loss = new Loss();
    loss.answered('heard');
    loss.witness('heard');
    expect([loss.isSeen, loss.isSeenNow]).toEqual([false, false]);
    loss.nextRound();
    loss.answered('heard');
    expect([loss.isSeen, loss.isSeenNow]).toEqual([true, true]);
    loss.nextRound();
    expect([loss.isSeen, loss.isSeenNow]).toEqual([true, false]);
    loss.witness('silent');
    expect(loss.isSeenNow).toBe(true);
  });

  it('knows of what answered late in a later round only', () => {
    const loss = new Loss();
    loss.answered('heard');
    loss.nextRound();
    expect([loss.isSeen, loss.isSeenNow]).toEqual([false, false]);
    loss.answered('late');
    loss.nextRound();
    expect([loss.isSeen, loss.isSeenNow, loss.answeredNow]).toEqual([true, false, 0]);
    loss.witness('late');
    expect([loss.isSeenNow, loss.shareNow]).toEqual([true, 0]);
  });

  it.each<Hearing>(['late', 'silent'])('has seen a loss by one witness that was %s', (hearing) => {
    const loss = new Loss();
    loss.witness(hearing);
    expect([loss.isSeen, loss.isSeenNow]).toEqual([true, true]);
  });

  it('takes the silent witnesses for a smaller share, as if two more had answered', () => {
    const loss = new Loss();
    for (let i = 0; i < 8; i++) loss.witness(i < 4 ? 'silent' : 'late');
    expect(loss.shareNow).toBe(0.4);
    loss.nextRound();
    expect(loss.shareNow).toBe(0);
  });

  // By hand: 8 SYNs and a tenth lost, and what is known of each round; the larger of the two chances.
  it.each<[string, Played[], number]>([
    ['nothing at all', [{}], 0.1 / 8],
    ['eight witnesses heard', [{ heard: 8 }], 0.1 / 16],
    ['two of eight silent', [{ answered: 1, heard: 6, silent: 2 }], (2 + 1.05) / 16],
    ['of more ports', [{ answered: 5, heard: 5, silent: 2, late: 1 }], 1.311_418_7],
    ['one silent and one late', [{ answered: 1 }, { heard: 6, silent: 1, late: 1 }], 0.010_994_7],
    ['what the second round heard', [{ answered: 10 }, { answered: 4, heard: 8 }], 0.060_003_8],
    [
      'what the third round heard',
      [{ answered: 10 }, { answered: 4, heard: 8 }, { answered: 1, heard: 7, late: 1 }],
      0.006_664_9,
    ],
    ['a target that went away', [{ answered: 3, heard: 8 }, { silent: 8 }], 0.394_130_3],
    ['answers that all came late', [{ answered: 4 }, { answered: 2, late: 8 }], 0.419_184_1],
    ['a round of silence', [{ answered: 4, heard: 200 }, {}, { silent: 4 }], 0.000_009_837],
  ])('expects so much to be missed after %s', (_, rounds, expected) => {
    expect(lossOf(rounds).expectedMissed / expected).toBeCloseTo(1, 4);
  });

  /**
   * A network that loses `share` of all round trips, played 400 times: how often a task ends with a
   * port that answers called silent. Seeded, so that it is the same each time.
   */
  it.each([0.001, 0.01, 0.05, 0.2, 0.36])(
    'hears an open port of a locked target through %d loss',
    (share) => {
      const random = seeded(share);
      let missed = 0;
      for (let play = 0; play < 400; play++) if (!isHeard(share, random)) missed++;
      expect(missed).toBeLessThanOrEqual(4);
    },
  );
});

/** What became of the connections of one round: ports that answered, and witnesses. */
interface Played {
  answered?: number;
  heard?: number;
  late?: number;
  silent?: number;
}

function lossOf(rounds: readonly Played[]): Loss {
  const loss = new Loss();
  for (const [index, round] of rounds.entries()) {
    if (index > 0) loss.nextRound();
    for (let i = 0; i < (round.answered ?? 0); i++) loss.answered('heard');
    for (const hearing of ['heard', 'late', 'silent'] as const)
      for (let i = 0; i < (round[hearing] ?? 0); i++) loss.witness(hearing);
  }
  return loss;
}

/** Whether a sweep of a target with one known port, and one to be found, finds it. */
function isHeard(share: number, random: () => number): boolean {
  const loss = new Loss();
  loss.answered('heard');
  for (let number = 1; ; number++) {
    for (let i = 0; i < 256; i++) loss.witness(random() < share ? 'silent' : 'heard');
    if (random() >= share) return true;
    const round = { number, priority: 'sweep', silent: 65_534, isReachable: true } as const;
    if (silenceAfter(round, loss) !== 'try-again') return false;
    loss.nextRound();
  }
}
