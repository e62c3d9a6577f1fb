import type { Port } from './port-classes.ts';
import type { Outcome, ReadPolicy } from './read-tiered-policy.ts';
import { sourcesOfRules } from './rule-sources.ts';
import { type TieredTarget, tierEndings } from './tier-endings.ts';
import type { SourceMatch } from './tier-match.ts';
import type { Tiers } from './tiers.ts';

/**
 * The first of the ports on which a policy decides about somebody's connection in this way, or may. A rule does not
 * where one before it, of the same policy or another, certainly takes all whom it is about.
 */
export function decidedPort(
  policy: ReadPolicy,
  outcome: Outcome,
  tiers: Tiers,
  target: TieredTarget,
  ports: readonly Port[],
): Port | undefined {
  const isBaseline = policy.tier === 'Baseline';
  const leading = policy.rules.filter(({ outcomes }) => outcomes.includes(outcome));
  const ways = sourcesOfRules(leading).map(({ source, rules }) => ({
    rules,
    endings: tierEndings(isBaseline ? tiers.baseline : tiers.admin, target, source),
    isAsked: isBaseline ? adminMayPass(tiers, target, source) : () => true,
  }));
  return ports.find(({ port, protocol }) =>
    ways.some(
      ({ rules, endings, isAsked }) =>
        endings(port, protocol).some(
          (each) => each.outcome === outcome && each.rule !== undefined && rules.has(each.rule),
        ) && isAsked({ port, protocol }),
    ),
  );
}

/** Whether the admin tier may leave the decision about a source to what comes after it. */
export function adminMayPass(
  { admin }: Tiers,
  target: TieredTarget,
  source: SourceMatch,
): (port: Port) => boolean {
  const endings = tierEndings(admin, target, source);
  return ({ port, protocol }) => endings(port, protocol).some(({ outcome }) => outcome === 'Next');
}
