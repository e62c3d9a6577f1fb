import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../domain/probing/reading.ts';
import type { AskedAddress, PeerRound } from '../peer/round.ts';
import {
  ALLOWED_PORT,
  type CheckVerdict,
  DENIED_PORT,
  isOpen,
  NOTHING_SEEN,
  withRound,
} from './path-progress.ts';

const SETTLE = 1_000;

function at(allowed: Outcome, denied: Outcome, address = '10.0.0.1'): AskedAddress {
  const outcomes = new Map([
    [ALLOWED_PORT, allowed],
    [DENIED_PORT, denied],
  ]);
  return { address, outcomes, complete: true, doubt: '', note: '' };
}

function round(...addresses: AskedAddress[]): PeerRound {
  return { milliseconds: 10, addresses };
}

/** Rounds that begin at these times. */
function progressAfter(...rounds: [startedAt: number, round: PeerRound][]) {
  return rounds.reduce(
    (before, [startedAt, each]) => withRound(before, each, startedAt, SETTLE),
    NOTHING_SEEN,
  );
}

describe('before there is a policy', () => {
  it.each([
    [true, round(at('open', 'open'))],
    [false, round(at('open', 'filtered'))],
    [false, round(at('refused', 'open'))],
    [false, round(at('open', 'open'), at('open', 'refused', 'fd00::1'))],
    [false, round()],
  ])('both ports must answer on all addresses: %s', (expected, given) => {
    expect(isOpen(given)).toBe(expected);
  });
});

describe('with the policy', () => {
  it.each<[string, AskedAddress[], CheckVerdict]>([
    ['silence', [at('open', 'filtered')], 'Dropped'],
    ['a refusal', [at('open', 'refused')], 'Rejected'],
    ['an ICMP message', [at('open', 'unreachable')], 'Rejected'],
    ['a connection', [at('open', 'open')], 'NotEnforced'],
    ['a connection over one family', [at('open', 'filtered'), at('open', 'open')], 'NotEnforced'],
    ['a refusal over one family', [at('open', 'filtered'), at('open', 'refused')], 'Rejected'],
    ['silence on both ports', [at('filtered', 'filtered')], 'Inconclusive'],
    ['a peer that could not try', [at('open', 'error')], 'Inconclusive'],
  ])('%s', (_, addresses, latest) => {
    expect(withRound(NOTHING_SEEN, round(...addresses), 0, SETTLE)).toMatchObject({ latest });
  });

  it('takes three rounds in a row, of which the first tells how soon', () => {
    const closed = round(at('open', 'filtered'));
    const lost = round(at('open', 'open'));
    expect(progressAfter([10, closed], [20, closed]).isConclusive).toBe(false);
    expect(progressAfter([10, closed], [20, closed], [30, lost], [40, closed]).isConclusive).toBe(
      false,
    );
    expect(progressAfter([10, lost], [20, closed], [30, closed], [40, closed])).toMatchObject({
      isConclusive: true,
      since: 20,
    });
  });

  it('gives a network its time before it counts as not enforcing', () => {
    const open = round(at('open', 'open'));
    expect(progressAfter([10, open], [20, open], [SETTLE - 1, open]).isConclusive).toBe(false);
    expect(progressAfter([10, open], [20, open], [SETTLE, open])).toMatchObject({
      isConclusive: true,
      latest: 'NotEnforced',
    });
  });
});
