import type { NetworkPolicyPeer } from '../../api/kubernetes.ts';
import { LAST_PORT } from '../../domain/evaluate/port-classes.ts';
import type { Reach, ReachChange } from '../../domain/evaluate/reach.ts';
import { canonicalJson } from '../../domain/text/canonical.ts';
import { visible } from '../../domain/text/visible-text.ts';
import { portKey } from '../../domain/workload/declared-ports.ts';
import { policyName } from '../../domain/workload/object-names.ts';
import type { Difference } from '../diff/differences.ts';

/** Longer lists of sources are cut, in characters. */
const LONGEST_SOURCES = 400;

/** Differences for people: what becomes of the policy, and under it who may connect then and could not, or the other way. */
export function diffText(differences: readonly Difference[]): string {
  return differences
    .flatMap(differenceLines)
    .map((line) => `${visible(line)}\n`)
    .join('');
}

function differenceLines({ found, policy, changes }: Difference): string[] {
  const { value, manifest } = found;
  const what = {
    new: 'would be new',
    changed: 'would change',
    removed: 'would go',
    same: 'would stay as it is',
  };
  const head = `${value.kind} ${value.namespace}/${value.name} (${manifest.file}:${manifest.line}): ${policyName(value)} ${what[policy]}`;
  if (changes === undefined)
    return [head, '  ? who may connect then cannot be told: policies of other kinds have a say'];
  if (changes.length === 0) return [head, '  = the same may connect as before'];
  return [head, ...changes.flatMap(changeLines)];
}

/** Ports of which the reach changes, in a line each for those who come and those who go. */
export function changeLines({ protocol, first, last, before, after }: ReachChange): string[] {
  const isAll = first === 1 && last === LAST_PORT;
  const port = portKey(isAll ? 'all' : first === last ? first : `${first}-${last}`, protocol);
  if (before === 'everybody')
    return [
      `  - ${port}: closed to ${after.length === 0 ? 'everybody' : `all but ${sources(after)}`}`,
    ];
  if (after === 'everybody')
    return [
      `  + ${port}: open to everybody${before.length === 0 ? '' : `, not only to ${sources(before)}`}`,
    ];
  const [gone, come] = [without(before, after), without(after, before)];
  return [
    ...(come.length > 0 ? [`  + ${port}: open to ${sources(come)}`] : []),
    ...(gone.length > 0 ? [`  - ${port}: closed to ${sources(gone)}`] : []),
  ];
}

function without(
  some: readonly NetworkPolicyPeer[],
  others: readonly NetworkPolicyPeer[],
): NetworkPolicyPeer[] {
  const known = new Set(others.map(canonicalJson));
  return some.filter((each) => !known.has(canonicalJson(each)));
}

function sources(reach: Reach): string {
  if (reach === 'everybody') return reach;
  if (reach.length === 0) return 'nobody';
  const text = reach.map((each) => JSON.stringify(each)).join(', ');
  return text.length > LONGEST_SOURCES ? `${text.slice(0, LONGEST_SOURCES)}…` : text;
}
