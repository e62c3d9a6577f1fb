import type { Priority } from './job.ts';
import type { Loss } from './loss.ts';

/** What is to become of the ports that have been silent so far. */
export type Silence = 'try-again' | 'is-an-answer' | 'cannot-be-told';

/** Silent ports are called filtered where fewer than this many are expected to be called so wrongly. */
const ACCEPTED_MISSED = 1 / 1_000_000;
/** ... of more ports than this, which take as long again, on a network that has lost nothing so far. */
const FEW = 1_000;
const ACCEPTED_MISSED_OF_MANY = 1 / 500;
/** With one packet in five lost both ways, nothing of 65,535 ports is left after 16. */
const LAST_ROUND = 24;
/** Whether a host that nothing but errors come from is silent or unreachable is not worth more. */
const LAST_ROUND_UNREACHABLE = 4;
/** A target that answers less than a quarter of what it should, and but few of the ports, ... */
const HOPELESS_SHARE = 3 / 4;
/** ... would take more rounds than there are. */
const HOPELESS_ANSWERS = 1 / 16;

/**
 * Linux repeats an unanswered SYN after 1 s (RFC 6298), and only then sees the ICMP errors of a
 * firewall on its own machine (see outcome.ts); every attempt but the first waits for that.
 */
const SECOND_SYN_SEEN_MILLISECONDS = 1_500;

/**
 * Whether silence is an answer after this round. It is where the ports that do answer prove that
 * nothing is lost on the way: of a sweep of all ports after one round, of few ports after three. Where none
 * answers, it is after two to four. Each lost answer asks for more rounds. A target that hardly answers any more (it limits how often,
 * or was closed meanwhile) leaves it open.
 * @param round its silent ports have not answered in any round; isReachable: one was open or refused
 */
export function silenceAfter(
  round: { number: number; priority: Priority; silent: number; isReachable: boolean },
  loss: Loss,
): Silence {
  const { number, priority, silent, isReachable } = round;
  if (silent === 0) return 'is-an-answer';
  if (number === 1 && priority === 'check') return 'try-again';
  const accepted = silent <= FEW || loss.isSeen ? ACCEPTED_MISSED : ACCEPTED_MISSED_OF_MANY;
  if (loss.expectedMissed < accepted) return 'is-an-answer';
  if (number >= LAST_ROUND_UNREACHABLE && !isReachable) return 'is-an-answer';
  if (number >= LAST_ROUND) return 'cannot-be-told';
  const isHopeless = loss.shareNow > HOPELESS_SHARE && loss.answeredNow < silent * HOPELESS_ANSWERS;
  return number > 1 && isHopeless ? 'cannot-be-told' : 'try-again';
}

/** How long an attempt of the second round and later ones may take, in ms: at least twice the first. */
export function laterTimeout(firstTimeout: number): number {
  return Math.max(2 * firstTimeout, SECOND_SYN_SEEN_MILLISECONDS);
}
