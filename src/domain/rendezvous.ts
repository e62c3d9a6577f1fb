import { createHash } from 'node:crypto';

/**
 * Whose turn a key is among members, by rendezvous hashing: the one with the highest hash of its name
 * and the key. Everybody comes to the same answer, and when a member comes or goes only its own keys
 * move. Undefined where there are no members.
 */
export function rendezvous(key: string, members: readonly string[]): string | undefined {
  let chosen: { member: string; weight: bigint } | undefined;
  for (const member of members) {
    const weight = createHash('sha256').update(`${member}\0${key}`).digest().readBigUInt64BE();
    const isHigher =
      chosen === undefined ||
      weight > chosen.weight ||
      (weight === chosen.weight && member > chosen.member);
    if (isHigher) chosen = { member, weight };
  }
  return chosen?.member;
}
