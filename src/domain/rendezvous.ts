import { createHash } from 'node:crypto';

/** A replica that lives, and its node; an empty one where that is not known. */
export interface Member {
  name: string;
  node: string;
}

/**
 * Members in the order in which a key falls to them, by rendezvous hashing: by the hash of their name and
 * the key, highest first. Everybody comes to the same order, and when a member comes or goes that of the
 * others stays.
 */
export function ranked(key: string, members: readonly string[]): string[] {
  return members
    .map((member) => ({ member, weight: weightOf(member, key) }))
    .sort((a, b) =>
      a.weight === b.weight ? (a.member > b.member ? -1 : 1) : a.weight > b.weight ? -1 : 1,
    )
    .map(({ member }) => member);
}

function weightOf(member: string, key: string): bigint {
  return createHash('sha256').update(`${member}\0${key}`).digest().readBigUInt64BE();
}

/**
 * From where a key is looked at: `first`, whose turn it is, and `second`, the next in that order that is on
 * another node; undefined where there is none.
 */
export function vantages(
  key: string,
  members: readonly Member[],
): { first: string | undefined; second: string | undefined } {
  const nodes = new Map(members.map(({ name, node }) => [name, node]));
  const nodeOf = (name: string | undefined) => (name && nodes.get(name)) || undefined;
  const [first, ...others] = ranked(key, [...nodes.keys()]);
  const home = nodeOf(first);
  const isElsewhere = (other: string) => (nodeOf(other) ?? home) !== home;
  return { first, second: home === undefined ? undefined : others.find(isElsewhere) };
}
