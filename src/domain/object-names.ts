import { createHash } from 'node:crypto';

/** Objects have names of at most this many characters (RFC 1123 subdomain). */
const MAXIMUM_NAME_LENGTH = 253;

/** What an object of ours is named after. */
interface Named {
  kind: string;
  name: string;
}

/**
 * The name of a workload's report: that of a Deployment itself; `<name>-statefulset`, `<name>-daemonset`
 * for the other kinds, since workloads of different kinds may share a name.
 */
export function reportName({ kind, name }: Named): string {
  return kind === 'Deployment' ? name : withSuffix(name, `-${kind.toLowerCase()}`);
}

/** The name of a workload's policy: that of its report, and `-portlock`. */
export function policyName({ kind, name }: Named): string {
  const ending = kind === 'Deployment' ? '' : `-${kind.toLowerCase()}`;
  return withSuffix(name, `${ending}-portlock`);
}

/** Cut and hashed where it would be too long. */
function withSuffix(name: string, suffix: string): string {
  if (name.length + suffix.length <= MAXIMUM_NAME_LENGTH) return name + suffix;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 10);
  const ending = `-${hash}${suffix}`;
  // A cut name must not end in a dot or dash before the suffix.
  return name.slice(0, MAXIMUM_NAME_LENGTH - ending.length).replace(/[-.]+$/, '') + ending;
}

/** The workloads whose policy has that name, if they are there; names that were hashed tell of none. */
export function ownersByPolicyName<Kind extends string>(
  name: string,
  kinds: readonly Kind[],
): { kind: Kind; name: string }[] {
  return kinds
    .map((kind) => ({
      kind,
      name: name.slice(0, name.length - policyName({ kind, name: '' }).length),
    }))
    .filter((owner) => owner.name !== '' && policyName(owner) === name);
}
