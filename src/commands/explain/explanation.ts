import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { type ExplainedPolicy, explainPolicy } from '../../domain/evaluate/explain-policy.ts';
import { pluginPolicyName } from '../../domain/evaluate/plugin-policies.ts';
import { tieredPolicyName } from '../../domain/evaluate/read-tiered-policy.ts';
import {
  type AllPolicies,
  policiesSelecting,
  policyTargets,
} from '../../domain/evaluate/targets.ts';
import { tieredDecisions } from '../../domain/evaluate/tiers.ts';
import { anyOf } from '../../domain/match/match.ts';
import { declaredPorts } from '../../domain/workload/declared-ports.ts';
import { isInRange } from '../../domain/workload/port-range.ts';
import { readSettings, type Settings } from '../../domain/workload/settings.ts';
import type { Workload } from '../../domain/workload/workload.ts';
import type { Found, Gap } from '../manifests/cluster.ts';
import type { Place } from '../manifests/manifest.ts';
import type { Snapshots } from '../manifests/snapshots.ts';
import type { Source } from './source.ts';
import type { AskedPort } from './subject.ts';

/** Whether a connection gets in; `OpenToSome` only where nobody in particular connects. */
export type ExplainedVerdict = 'Open' | 'OpenToSome' | 'Closed' | 'Unknown';

/** Why a port is open or closed. */
export interface Explanation extends AskedPort {
  found: Found<Workload>;
  source: Source;
  isDeclared: boolean;
  /** Whether the owner closes it, although it is declared. */
  isClosed: boolean;
  verdict: ExplainedVerdict;
  /** In a sentence without a full stop. */
  why: string;
  /** Those of the namespace that select the pods, by name; none where none applies. */
  policies: readonly (ExplainedPolicy & { place: Place | undefined })[];
  /** Policies of other kinds that may have a say, as `Kind/name`. */
  others: readonly string[];
}

/** Explains one port by the policies among the manifests. */
export function explain(
  found: Found<Workload>,
  asked: AskedPort,
  source: Source,
  snapshots: Snapshots,
): Explanation {
  const { value } = found;
  const snapshot = snapshots.snapshotOf(value);
  const { namespace, tieredPolicies, pluginPolicies } = snapshot;
  const networkPolicies = snapshots.policiesInForce(snapshot, value);
  const all = { networkPolicies, tieredPolicies, pluginPolicies };
  const [target] = policyTargets(value, namespace, [], all);
  if (!target) throw new RangeError('a template makes at least one pod');
  const selecting = policiesSelecting(all, [target]);
  const from = source.kind === 'peer' ? source.peer : undefined;
  // What no policy applies to, none explains.
  const isBeyond = value.template.hostNetwork || source.kind === 'node';
  const policies = (isBeyond ? [] : selecting.networkPolicies).map((policy) => ({
    ...explainPolicy(policy, target, { ...asked, from }),
    place: placeOf(policy, snapshots),
  }));
  const others = isBeyond
    ? []
    : [
        ...selecting.tieredPolicies.map(tieredPolicyName),
        ...selecting.pluginPolicies.map(pluginPolicyName),
      ];
  const meant = meantOf(value, readSettings(value, namespace), asked);
  const { gaps } = snapshots;
  const decided = verdictOf({
    ...asked,
    source,
    policies,
    selecting,
    target,
    workload: value,
    gaps,
  });
  return { ...asked, found, source, ...meant, ...decided, policies, others };
}

/** Whether a container declares the port or the owner opens it by an annotation, and whether another one closes it. */
function meantOf(
  workload: Workload,
  { extraPorts, extraRanges, closedPorts }: Settings,
  asked: AskedPort,
): Pick<Explanation, 'isDeclared' | 'isClosed'> {
  const isAsked = ({ port, protocol }: AskedPort) =>
    port === asked.port && protocol === asked.protocol;
  const isListed =
    declaredPorts(workload, [], extraPorts, () => false).some(isAsked) ||
    extraRanges.some((range) => isInRange(range, asked));
  const isClosed = isListed && closedPorts.some(isAsked);
  return { isDeclared: isListed && !isClosed, isClosed };
}

function placeOf({ metadata }: NetworkPolicy, snapshots: Snapshots): Place | undefined {
  const manifest = snapshots.policy(metadata.namespace ?? '', metadata.name)?.manifest;
  return manifest?.file ? manifest : undefined;
}

interface Deciding extends AskedPort {
  source: Source;
  policies: readonly ExplainedPolicy[];
  selecting: AllPolicies;
  target: ReturnType<typeof policyTargets>[number];
  workload: Workload;
  gaps: readonly Gap[];
}

type Decided = Pick<Explanation, 'verdict' | 'why'>;

/** What gets in is decided by the evaluator; the rules are only shown. */
function verdictOf({ source, workload, selecting, target, ...rest }: Deciding): Decided {
  if (workload.template.hostNetwork)
    return open('the pods use the network of their node, to which no NetworkPolicy applies');
  if (source.kind === 'node')
    return open('no NetworkPolicy keeps a node from the pods that run on it');
  const gap = rest.gaps.find(({ concern }) => concern === 'policies');
  if (gap) return unknown(`you may not list ${gap.resource}`);
  const [plugin] = selecting.pluginPolicies;
  if (plugin) return unknown(`portlock does not work out what ${pluginPolicyName(plugin)} does`);
  if (source.kind === 'peer') {
    const decisions = tieredDecisions(selecting, source.peer)(target);
    const { verdict, by, why = 'it hangs on them' } = decisions(rest.port, rest.protocol);
    const names = by.join(', ');
    const isAboutAddress = rest.policies.some(({ rules }) =>
      rules.some(({ letsIn }) => letsIn === 'Unknown'),
    );
    if (verdict === 'Unknown') return unknown(`${names}: ${isAboutAddress ? NO_ADDRESS : why}`);
    const isByTier = selecting.tieredPolicies.some((each) => by.includes(tieredPolicyName(each)));
    const closing = isByTier ? `${names} denies it` : `no rule of ${names} lets it in`;
    if (verdict === 'Denied') return { verdict: 'Closed', why: closing };
    return open(names ? `${names} lets it in` : NOTHING_ISOLATES);
  }
  if (selecting.tieredPolicies.length > 0)
    return unknown('policies of other tiers have a say, by who connects: name a source by --from');
  return forAnybody(rest.policies);
}

const NO_ADDRESS = 'an ipBlock decides, and the address of the source is not known';
const NOTHING_ISOLATES = 'no policy isolates the pods';

function forAnybody(policies: readonly ExplainedPolicy[]): Decided {
  const isolating = policies.filter(({ isolates }) => isolates.match === 'Yes');
  if (isolating.length === 0) return open(NOTHING_ISOLATES);
  const letsIn = (each: ExplainedPolicy) => anyOf(each.rules.map((rule) => rule.letsIn));
  const namesOf = (match: 'Yes' | 'Unknown') =>
    isolating.filter((each) => letsIn(each) === match).map(({ name }) => name);
  const [everybody, some] = [namesOf('Yes'), namesOf('Unknown')];
  if (everybody.length > 0) return open(`${everybody.join(', ')} lets everybody in`);
  if (some.length > 0) return { verdict: 'OpenToSome', why: `${some.join(', ')} lets some in` };
  const names = isolating.map(({ name }) => name).join(', ');
  return { verdict: 'Closed', why: `no rule of ${names} is about the port` };
}

function open(why: string): Decided {
  return { verdict: 'Open', why };
}

function unknown(why: string): Decided {
  return { verdict: 'Unknown', why };
}
