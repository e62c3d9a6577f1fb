import { describe, expect, it } from 'vitest';
import { seeded } from '../testing/seeded.ts';
import { Loss } from './loss.ts';
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
