import { createHash } from 'node:crypto';

/** Objects have names of at most this many characters (RFC 1123 subdomain). */
const MAXIMUM_NAME_LENGTH = 253;

/**
 * Kinds whose names have, or will have, the kind behind them. A Deployment that is called so is hashed; a kind
 * that is added here later renames the reports of Deployments called after it.
 */
const SUFFIXED_KINDS = ['statefulset', 'daemonset', 'replicaset', 'job', 'cronjob', 'rollout'];
const ENDS_IN_KIND = new RegExp(`-(${SUFFIXED_KINDS.join('|')})$`);

/** In hexadecimal digits: no digest that people put into names has as many, and 144 bits do not meet by trying. */
const HASH_LENGTH = 36;
const ENDS_IN_HASH = new RegExp(`-[0-9a-f]{${HASH_LENGTH}}$`);

/** What an object of ours is named after. */
interface Named {
  kind: string;
  name: string;
}

/**
 * The name of a workload's report: that of a Deployment itself; `<name>-statefulset`, `<name>-daemonset`
 * for the other kinds, since workloads of different kinds may share a name. Depends on the workload alone,
 * and no two workloads have one name: see `unique`.
 */
export function reportName(workload: Named): string {
  return unique(workload, kindSuffix(workload));
}

/** The name of a workload's policy: that of its report, and `-portlock`. No two workloads have one name either. */
export function policyName(workload: Named): string {
  return unique(workload, `${kindSuffix(workload)}-portlock`);
}

function kindSuffix({ kind }: Named): string {
  return kind === 'Deployment' ? '' : `-${kind.toLowerCase()}`;
}

/**
 * The name and the suffix, with a hash between them where that would be too long, or where another workload could
 * come to the same. Such are a Deployment that ends in a kind to a workload of that kind, and what ends in a hash to what
 * is hashed. So what is hashed meets only its like, and of that the hashes differ.
 */
function unique({ kind, name }: Named, suffix: string): string {
  const isPlain =
    name.length + suffix.length <= MAXIMUM_NAME_LENGTH &&
    !ENDS_IN_HASH.test(name) &&
    !(kind === 'Deployment' && ENDS_IN_KIND.test(name));
  if (isPlain) return name + suffix;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_LENGTH);
  const ending = `-${hash}${suffix}`;
  // A cut name must not end in a dot or dash before the hash.
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
