import { EQUAL_READINGS } from '../../domain/probing/evidence.ts';
import type { AskedAddress, PeerRound } from '../peer/round.ts';

/** What becomes of a connection that no policy allows. */
export type CheckVerdict = 'Dropped' | 'Rejected' | 'NotEnforced' | 'Inconclusive';

/** The ports on which peers listen: the policy allows the first alone. */
export const ALLOWED_PORT = 8080;
export const DENIED_PORT = 9447;

/** What rounds of one peer come to, the policy being there. */
export interface PathProgress {
  latest: CheckVerdict;
  /** How many rounds in a row have shown it. */
  streak: number;
  /** When the first of them began, in ms since the policy was made. */
  since: number;
  /** Why it is not known, in a sentence without a full stop; empty where it is. */
  why: string;
  isConclusive: boolean;
}

/** Nothing was seen since the policy is there. */
export const NOTHING_SEEN: PathProgress = {
  latest: 'Inconclusive',
  streak: 0,
  since: 0,
  why: 'nothing was seen after the policy was made',
  isConclusive: false,
};

/** Whether both ports answer on all addresses, so that a silence later has one cause. */
export function isOpen({ addresses }: PeerRound): boolean {
  return (
    addresses.length > 0 &&
    addresses.every(
      ({ outcomes }) =>
        outcomes.get(ALLOWED_PORT) === 'open' && outcomes.get(DENIED_PORT) === 'open',
    )
  );
}

/**
 * Adds a round. What speaks for the network counts once three rounds in a row say it; what speaks against it, after the
 * time that a network may take, too.
 *
 * @param startedAt when the round began, in ms since the policy was made
 * @param settle how long a network may take, in ms
 */
export function withRound(
  before: PathProgress,
  { addresses }: PeerRound,
  startedAt: number,
  settle: number,
): PathProgress {
  const { verdict: latest, why } = worstOf(addresses);
  const isSame = before.streak > 0 && before.latest === latest;
  const streak = isSame ? before.streak + 1 : 1;
  const isGood = latest === 'Dropped' || latest === 'Rejected';
  return {
    latest,
    streak,
    since: isSame ? before.since : startedAt,
    why,
    isConclusive: streak >= EQUAL_READINGS && (isGood || startedAt >= settle),
  };
}

/** From the one that allows the least to be claimed. */
export const BY_CAUTION: readonly CheckVerdict[] = [
  'NotEnforced',
  'Inconclusive',
  'Rejected',
  'Dropped',
];

type Seen = Pick<PathProgress, 'why'> & { verdict: CheckVerdict };

/** A policy must hold over each IP family, so one address that is open is enough. */
function worstOf(addresses: readonly AskedAddress[]): Seen {
  const seen = addresses.map(seenAt);
  const worst = BY_CAUTION.flatMap(
    (verdict) => seen.find((each) => each.verdict === verdict) ?? [],
  );
  return worst[0] ?? { verdict: 'Inconclusive', why: 'no address was asked' };
}

function seenAt({ address, outcomes, note }: AskedAddress): Seen {
  const allowed = outcomes.get(ALLOWED_PORT) ?? 'error';
  const denied = outcomes.get(DENIED_PORT) ?? 'error';
  if (denied === 'open' && allowed === 'open') return { verdict: 'NotEnforced', why: '' };
  if (allowed !== 'open') {
    const why = `the port that the policy allows is ${allowed} at ${address}, so the other one proves nothing`;
    return { verdict: 'Inconclusive', why: note ? `${why} (${note})` : why };
  }
  if (denied === 'filtered') return { verdict: 'Dropped', why: '' };
  // Some networks reject by ICMP "administratively prohibited".
  if (denied === 'refused' || denied === 'unreachable') return { verdict: 'Rejected', why: '' };
  return { verdict: 'Inconclusive', why: `the peer could not connect to ${address}: ${note}` };
}
