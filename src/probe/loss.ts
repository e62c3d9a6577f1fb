/** What one round over the ports of a task showed. */
interface Round {
  /** Ports that answered in it. */
  answered: number;
  /** Connections to witnesses in it, and how many of them had no answer. */
  witnessed: number;
  lost: number;
}

/**
 * Networks that lose nothing are common, so that the first doubt is small: as if of eight answers a
 * tenth of one had been lost.
 */
const DOUBT = { lost: 0.1, tries: 8 };

/**
 * How much of what should have been heard was not. A port that answers in a later round was not heard
 * in the ones before; a witness, which is a port that has answered already, ought to answer in each.
 */
export class Loss {
  readonly #rounds: Round[] = [{ answered: 0, witnessed: 0, lost: 0 }];

  /** Begins the next round over what was silent in all before. */
  nextRound(): void {
    this.#rounds.push({ answered: 0, witnessed: 0, lost: 0 });
  }

  answered(): void {
    this.#current.answered++;
  }

  witness(isHeard: boolean): void {
    this.#current.witnessed++;
    if (!isHeard) this.#current.lost++;
  }

  /** The round of now. */
  get #current(): Round {
    return this.#rounds.at(-1) as Round;
  }

  /** Ports that answered in the round of now. */
  get answeredNow(): number {
    return this.#current.answered;
  }

  /** Of the witnesses asked in the round of now, the share without an answer; 0 where it asked too few. */
  get shareNow(): number {
    const { witnessed, lost } = this.#current;
    return witnessed < DOUBT.tries / 2 ? 0 : lost / witnessed;
  }

  /**
   * How many ports that do answer have been silent in all rounds, as far as can be expected: as many
   * as are known to answer, times the chance that one is lost in every round.
   */
  get expectedMissed(): number {
    let later = 0;
    let chance = 1;
    for (const { answered, witnessed, lost } of this.#rounds.toReversed()) {
      const missed = later + lost;
      const tries = later + answered + witnessed;
      chance *= (missed + DOUBT.lost) / (tries + DOUBT.tries);
      later += answered;
    }
    return Math.max(1, later) * chance;
  }
}
