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
 * tenth of one had been lost. It weighs in again on each round, then with what all rounds have shown.
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

  /**
   * Of the witnesses asked in the round of now, the share without an answer: as if two more had
   * answered, since one alone is no proof.
   */
  get shareNow(): number {
    const { witnessed, lost } = this.#current;
    return lost / (witnessed + 2);
  }

  /** Whether anything was lost in the round of now, or is known by now to have been in one before. */
  get isSeenNow(): boolean {
    return this.#current.lost > 0 || (this.#rounds.length > 1 && this.#current.answered > 0);
  }

  /** Whether anything was ever lost. */
  get isSeen(): boolean {
    const [, ...later] = this.#rounds;
    return this.#rounds.some(({ lost }) => lost > 0) || later.some(({ answered }) => answered > 0);
  }

  /**
   * How many ports that do answer have been silent in all rounds, as far as can be expected: as many
   * as are known to answer, times the chance that one is lost in every round. Of the last round the
   * witnesses alone can tell: what was lost in it has not been heard of yet.
   */
  get expectedMissed(): number {
    const rounds: { missed: number; tries: number }[] = [];
    let later = 0;
    for (const { answered, witnessed, lost } of this.#rounds.toReversed()) {
      const heard = rounds.length === 0 ? 0 : answered;
      rounds.push({ missed: later + lost, tries: later + heard + witnessed });
      later += answered;
    }
    const missed = rounds.reduce((sum, round) => sum + round.missed, DOUBT.lost);
    const tries = rounds.reduce((sum, round) => sum + round.tries, DOUBT.tries);
    const doubt = (DOUBT.tries * missed) / tries;
    const chances = rounds.map((round) => (round.missed + doubt) / (round.tries + DOUBT.tries));
    return chances.reduce((product, chance) => product * chance, Math.max(1, later));
  }
}
