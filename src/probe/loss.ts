/**
 * What became of a connection to a port that answers: it was heard; heard `late`, that is, the first SYN
 * or its answer was lost, but not the second (see retry.ts); or silent.
 */
export type Hearing = 'heard' | 'late' | 'silent';

/** What one round over the ports of a task showed. */
interface Round {
  /** Ports that answered in it. */
  answered: number;
  /** Connections to witnesses in it, and how many of them had no answer. */
  witnessed: number;
  silent: number;
  /** How many of both were heard late. */
  late: number;
}

/** SYNs of which it is known what became of them. */
interface Syns {
  sent: number;
  lost: number;
}

/**
 * Networks that lose nothing are common, so that the first doubt is small: as if of eight SYNs a tenth of
 * one had been lost.
 */
const DOUBT: Syns = { sent: 8, lost: 0.1 };

/**
 * How much of what should have been heard was not. A port that answers in a later round was not heard
 * in the ones before; a witness, which is a port that has answered already, ought to answer in each.
 */
export class Loss {
  readonly #rounds: Round[] = [emptyRound()];

  /** Begins the next round over what was silent in all before. */
  nextRound(): void {
    this.#rounds.push(emptyRound());
  }

  answered(hearing: 'heard' | 'late'): void {
    this.#current.answered++;
    if (hearing === 'late') this.#current.late++;
  }

  witness(hearing: Hearing): void {
    this.#current.witnessed++;
    if (hearing !== 'heard') this.#current[hearing]++;
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
    const { witnessed, silent } = this.#current;
    return silent / (witnessed + 2);
  }

  /** Whether anything was lost in the round of now, or is known by now to have been in one before. */
  get isSeenNow(): boolean {
    const { silent, late, answered } = this.#current;
    return silent + late > 0 || (this.#rounds.length > 1 && answered > 0);
  }

  /** Whether anything was ever lost. */
  get isSeen(): boolean {
    return this.#rounds.some(
      ({ silent, late, answered }, index) => silent + late > 0 || (index > 0 && answered > 0),
    );
  }

  /**
   * How many ports that do answer have been silent in all rounds, as far as can be expected: as many
   * as are known to answer, times the chance that all SYNs to one were lost. That chance is the larger of
   * two: as if all rounds lost the same share, and as if each had a share of its own, such as where a
   * target went away after the first.
   *
   * Of the last round the witnesses alone can tell: what was lost in it has not been heard of yet.
   */
  get expectedMissed(): number {
    const rounds = this.#known();
    const all = {
      sent: rounds.reduce((sum, { syns }) => sum + syns.sent, DOUBT.sent),
      lost: rounds.reduce((sum, { syns }) => sum + syns.lost, DOUBT.lost),
    };
    const doubt = { sent: DOUBT.sent, lost: (DOUBT.sent * all.lost) / all.sent };
    const perPort = rounds.reduce((sum, { synsPerPort }) => sum + synsPerPort, 0);
    const together = chanceThatAllAreLost(perPort, all);
    const apart = rounds.map((round) => chanceInRound(round, doubt)).reduce((a, b) => a * b);
    const answering = this.#rounds.reduce((sum, { answered }) => sum + answered, 0);
    return Math.max(1, answering) * Math.max(together, apart);
  }

  /** What is known by now of each round. */
  #known(): Known[] {
    const rounds: Known[] = [];
    let later = 0;
    for (const [index, { answered, witnessed, silent, late }] of [
      ...this.#rounds.entries(),
    ].toReversed()) {
      const heard = rounds.length === 0 ? 0 : answered;
      const tries = later + heard + witnessed;
      const missed = later + silent;
      // All but the first round wait for the kernel's second SYN.
      const synsPerPort = index === 0 ? 1 : 2;
      // Of those that were missed all SYNs were lost, of those that were late the first.
      const lost = synsPerPort * missed + late;
      rounds.unshift({ synsPerPort, tries, missed, syns: { sent: tries - missed + lost, lost } });
      later += answered;
    }
    return rounds;
  }
}

/** What is known of the ports of one round that do answer. */
interface Known {
  /** SYNs that a silent one is sent. */
  synsPerPort: number;
  /** Connections, and how many of them were silent. */
  tries: number;
  missed: number;
  syns: Syns;
}

/** That a port which answers is silent in a round; the larger chance where its SYNs are lost together. */
function chanceInRound({ synsPerPort, tries, missed, syns }: Known, doubt: Syns): number {
  const apart = chanceThatAllAreLost(synsPerPort, {
    sent: syns.sent + doubt.sent,
    lost: syns.lost + doubt.lost,
  });
  const doubtful = doubt.sent * (doubt.lost / doubt.sent) ** synsPerPort;
  return Math.max(apart, (missed + doubtful) / (tries + doubt.sent));
}

/**
 * That `syns` more are lost, where of so many so many were: the mean of `share ** syns` over all shares that
 * there may be. It is more than the most likely share to that power: with few SYNs known, the share may
 * well be a larger one.
 *
 * (The moment of a beta distribution, with `lost` and `sent - lost` as its two parameters.)
 */
function chanceThatAllAreLost(syns: number, { sent, lost }: Syns): number {
  let chance = 1;
  for (let i = 0; i < syns; i++) chance *= (lost + i) / (sent + i);
  return chance;
}

function emptyRound(): Round {
  return { answered: 0, witnessed: 0, silent: 0, late: 0 };
}
