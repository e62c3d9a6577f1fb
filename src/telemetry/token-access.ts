import { createHash } from 'node:crypto';

/** What the owner of a token may do: read what it asks for, not that, or nothing since nobody knows the token. */
export type Access = 'allowed' | 'forbidden' | 'unauthenticated';

/** Asks who has the token and whether they may; throws where that could not be found out. */
export type ReviewToken = (token: string) => Promise<Access>;

/** So many tokens are asked for at a time that no cache knows: whoever makes tokens up must not load the API server. */
export class TooManyReviews extends Error {
  override name = 'TooManyReviews';
}

/** Milliseconds for which an answer counts. What was refused may be granted, and is soon asked for again. */
const LIFETIME: Readonly<Record<Access, number>> = {
  allowed: 60_000,
  forbidden: 10_000,
  unauthenticated: 10_000,
};
/** Answers that are kept, of those that allow and of those that do not: the latter never drive out the former. */
const KEPT = 128;
const REVIEWS_AT_A_TIME = 4;

interface Known {
  access: Access;
  /** In milliseconds of the clock. */
  until: number;
}

/**
 * Answers from what was reviewed a short time ago, by a hash of the token; else by a review, which those who ask for the
 * same token share.
 *
 * @param now milliseconds of a clock that only goes on
 */
export class TokenAccess {
  readonly #review: ReviewToken;
  readonly #now: () => number;
  readonly #allowed = new Map<string, Known>();
  readonly #refused = new Map<string, Known>();
  readonly #underWay = new Map<string, Promise<Access>>();

  constructor(review: ReviewToken, now: () => number) {
    this.#review = review;
    this.#now = now;
  }

  /** @throws TooManyReviews, and what the review throws; that is not kept */
  async of(token: string): Promise<Access> {
    const hash = createHash('sha256').update(token).digest('base64');
    for (const kept of [this.#allowed, this.#refused]) {
      const known = kept.get(hash);
      if (known && this.#now() < known.until) return known.access;
      kept.delete(hash);
    }
    const shared = this.#underWay.get(hash);
    if (shared) return await shared;
    if (this.#underWay.size >= REVIEWS_AT_A_TIME)
      throw new TooManyReviews('too many tokens are being reviewed');
    const review = this.#ask(hash, token).finally(() => this.#underWay.delete(hash));
    this.#underWay.set(hash, review);
    return await review;
  }

  async #ask(hash: string, token: string): Promise<Access> {
    const access = await this.#review(token);
    const kept = access === 'allowed' ? this.#allowed : this.#refused;
    const [oldest] = kept.keys();
    if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest);
    kept.set(hash, { access, until: this.#now() + LIFETIME[access] });
    return access;
  }
}
