import type { Protocol } from '../../api/kubernetes.ts';
import { allOf, anyOf } from '../match/match.ts';
import type { Target } from './network-policy.ts';
import { once } from './once.ts';
import type { Outcome, ReadPolicy, ReadRule } from './read-tiered-policy.ts';
import { podMatch, portsMatch, type SourceMatch } from './tier-match.ts';

/** A pod on the pod network. "Note that host-networked pods are not included in subject selection." */
export interface TieredTarget extends Target {
  namespaceLabels: Readonly<Record<string, string>>;
}

/** One way in which the evaluation of a tier may end. */
export interface Ending {
  outcome: Outcome;
  /** The policy that leads there, as `Kind/name`; none where none speaks of the connection. */
  by: readonly string[];
  /** The rule of that policy. */
  rule?: ReadRule;
  /** Why it may also end in another way. */
  doubt?: string | undefined;
}

/** What one policy leads to. Where it is certain to apply, nothing after it does. */
interface PolicyEndings {
  name: string;
  endings: readonly Ending[];
  certain: boolean;
}

type EndingsOf = (port: number, protocol: Protocol) => readonly Ending[];

/**
 * All ways in which the policies of one tier may end, at least one, for a connection to a port. There
 * is more than one where the API leaves the result open, or where a policy says what is not understood here.
 */
export function tierEndings(
  policies: readonly ReadPolicy[],
  target: TieredTarget,
  source: SourceMatch,
): EndingsOf {
  const groups = byPriority(policies).map((group) =>
    group.map((policy) => policyEndings(policy, target, source)),
  );
  return (port, protocol) => {
    const endings: Ending[] = [];
    for (const group of groups) {
      const all = group.map((endingsOf) => endingsOf(port, protocol));
      endings.push(...groupEndings(all.filter((each) => each.endings.length > 0)));
      if (all.some(({ certain }) => certain)) return endings;
    }
    return [...endings, { outcome: 'Next', by: [] }];
  };
}

/** All ways in which policies may end of which it is not known when they are asked, none where none may match. */
export function unplacedEndings(
  policies: readonly ReadPolicy[],
  target: TieredTarget,
  source: SourceMatch,
): EndingsOf {
  const all = policies.map((policy) => policyEndings(policy, target, source));
  return (port, protocol) =>
    all
      .map((endingsOf) => endingsOf(port, protocol))
      .filter(({ endings }) => endings.length > 0)
      .flatMap(({ name }) => {
        const doubt = notUnderstood(name);
        return [
          { outcome: 'Allowed' as const, by: [name], doubt },
          { outcome: 'Denied' as const, by: [name], doubt },
        ];
      });
}

/** "Policies with lower priority values … are checked before policies with higher priority values." */
function byPriority(policies: readonly ReadPolicy[]): ReadPolicy[][] {
  const groups = Map.groupBy(policies, ({ priority }) => priority);
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}

/**
 * "If two (or more) policies with the same priority could both match a connection, then the
 * implementation can apply any of the matching policies to the connection, and there is no way for
 * the user to reliably determine which one it will choose."
 */
function groupEndings(applying: readonly PolicyEndings[]): Ending[] {
  const names = applying.map(({ name }) => name).sort();
  const tie = names.length > 1 ? `${names.join(' and ')} have the same priority` : undefined;
  return applying.flatMap(({ endings }) =>
    endings.map((ending) => ({ ...ending, doubt: ending.doubt ?? tie })),
  );
}

function policyEndings(
  { name, subject, rules }: ReadPolicy,
  target: TieredTarget,
  source: SourceMatch,
): (port: number, protocol: Protocol) => PolicyEndings {
  const selected = podMatch(subject, target);
  const asked = (selected === 'No' ? [] : rules).map((rule) => ({
    rule,
    // "If any element matches the source of incoming traffic then the specified action is applied."
    match: once(() => allOf([selected, anyOf(rule.from.map(source))])),
  }));
  // "… the relative precedence … will be determined by the order in which the rule is written."
  return (port, protocol) => {
    const endings: Ending[] = [];
    for (const { rule, match } of asked) {
      const isAbout = portsMatch(rule.ports, target, port, protocol);
      if (isAbout === 'No') continue;
      const applies = allOf([match(), isAbout]);
      if (applies === 'No') continue;
      const certain = applies === 'Yes' && rule.outcomes.length === 1;
      const doubt = certain ? undefined : notUnderstood(name);
      endings.push(...rule.outcomes.map((outcome) => ({ outcome, by: [name], rule, doubt })));
      if (certain) return { name, endings, certain };
    }
    return { name, endings, certain: false };
  };
}

function notUnderstood(name: string): string {
  return `${name} says what is not understood here`;
}
