import type { Priority } from './job.ts';

/** What one round over the ports of a job brought; round 1 tries them all. */
export interface Round {
  number: number;
  priority: Priority;
  /** Ports of the whole job. */
  asked: number;
  /** Ports without an answer in this and all former rounds. */
  filtered: number;
  /** Ports of this round that answered in any way. */
  answered: number;
}

/** A network that loses one packet in five, both ways, leaves 1 port in 3,500 after eight rounds. */
const LAST_ROUND = 8;

/**
 * Linux repeats an unanswered SYN after 1 s (RFC 6298), and only then sees the ICMP errors of a
 * firewall on its own machine (see outcome.ts); a check's second attempt waits for that.
 */
const SECOND_SYN_SEEN_MILLISECONDS = 1_500;

/**
 * Whether the filtered ports are tried again. A check's always are, once: one lost SYN must not read
 * as a closed port. A sweep's are where most ports answered, since silence of the few may be loss;
 * a target that is mostly silent is a locked one, and trying all again would only double the time.
 * Either goes on while the last round still brought answers, which proves loss, at most 8 rounds.
 */
export function triesAgain(round: Round): boolean {
  if (round.filtered === 0 || round.number >= LAST_ROUND) return false;
  if (round.number > 1) return round.answered > 0;
  return round.priority === 'check' || round.filtered * 2 <= round.asked;
}

/** How long an attempt of this round may take, in ms; a check's later rounds at least twice the first. */
export function timeoutOf(round: number, priority: Priority, firstTimeout: number): number {
  if (round === 1 || priority === 'sweep') return firstTimeout;
  return Math.max(2 * firstTimeout, SECOND_SYN_SEEN_MILLISECONDS);
}
