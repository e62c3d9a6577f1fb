import type { AuditFinding } from '../../api/audit-result.ts';
import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { NOTHING_CUT } from '../../domain/report/conditions.ts';
import { portKey } from '../../domain/workload/declared-ports.ts';
import { CHECKS, type CheckId, SEVERITIES } from '../audit/checks.ts';
import { annotating } from '../audit/patch.ts';
import { runsToCompletion, SERVES_NOBODY } from '../audit/serves-nobody.ts';
import { manifestYaml } from '../format/manifest-yaml.ts';

type Status = NonNullable<PortExposureReport['status']>;
type PortFinding = NonNullable<NonNullable<Status['ports']>[number]['finding']>;

/** What a report says of a port, as audit would rank it. */
const OF_PORTS: Readonly<Record<PortFinding, Pick<AuditFinding, 'severity' | 'fix'>>> = {
  UndeclaredReachable: {
    severity: 'high',
    fix: 'Declare the port where it is meant to be reached; else label the workload portlock.dev/mode: enforce, and narrow the policies that allow it.',
  },
  DeclaredUnreachable: {
    severity: 'medium',
    fix: 'Look which policy or tier closes the port, and allow it there, or take the declaration away.',
  },
  DeclaredNotListening: {
    severity: 'note',
    fix: 'Take the declaration away where nothing listens.',
  },
  DeclaredUnused: { severity: 'note', fix: 'Take the declaration away where nobody connects.' },
  Unverifiable: { severity: 'note', fix: 'Look by hand: a probe cannot tell.' },
};

/** By the reason of a condition that is not as it should be: which check of an audit says the same. */
const OF_CONDITIONS: Readonly<Record<string, CheckId>> = {
  InvalidMode: 'PL008',
  InvalidAnnotation: 'PL008',
  TooManyPorts: 'PL012',
  HostNetwork: 'PL007',
  NoDeclaredPorts: 'PL005',
  NoPodLabels: 'PL018',
  PodLabelsShared: 'PL018',
  TemplateNotFound: 'PL018',
  UsersNotLetIn: 'PL014',
  WouldWiden: 'PL009',
};

/** What probing found of ports. */
export function portFindings({ ports = [] }: Status): AuditFinding[] {
  return ports.flatMap(({ port, protocol, finding, message }) =>
    finding === undefined
      ? []
      : [
          named(finding, {
            ...OF_PORTS[finding],
            message: `${portKey(port, protocol)}: ${message ?? finding}`,
            patch: null,
          }),
        ],
  );
}

/** The policies of others that open more than is declared. */
export function policyFindings({ policies = [] }: Status): AuditFinding[] {
  return policies
    .filter(({ effect }) => effect === 'Widens')
    .map(({ kind, name, message }) => checked('PL002', `${kind} ${name}: ${message ?? ''}`));
}

/** What the conditions of a workload's report say that a person has to see to. */
export function conditionFindings(kind: string, { conditions = [] }: Status): AuditFinding[] {
  const preflight = conditions.find(({ type }) => type === 'PreflightPassed');
  const inSync = conditions.find(({ type }) => type === 'PolicyInSync');
  const isSilent = runsToCompletion(kind) && preflight?.message.startsWith(NOTHING_CUT) === true;
  const findings = conditions.flatMap(({ type, status, reason, message }): AuditFinding[] => {
    const isBad = type === 'Stalled' || type === 'Reconciling' ? 'True' : 'False';
    if (status !== isBad) return [];
    // Where no policy is in force, none is enforced: that is said once.
    if (type === 'EnforcementVerified' && reason === inSync?.reason) return [];
    if (reason === 'NoDeclaredPorts' && isSilent) return [checked('PL023', SERVES_NOBODY)];
    const id = OF_CONDITIONS[reason];
    if (id !== undefined) return [checked(id, message)];
    if (type === 'PreflightPassed') return [checked('PL003', message)];
    if (type !== 'Stalled' && type !== 'EnforcementVerified') return [];
    const fix = 'See what the message says; the report has the rest.';
    return [named(reason, { severity: 'high', message, fix, patch: null })];
  });
  // Several conditions may have the same reason.
  return [...new Map(findings.map((each) => [`${each.id} ${each.message}`, each])).values()];
}

/** From 0, the worst. */
export function rankOfSeverity({ severity }: Pick<AuditFinding, 'severity'>): number {
  return SEVERITIES.indexOf(severity);
}

function checked(id: CheckId, message: string): AuditFinding {
  const { name, severity, fix } = CHECKS[id];
  const patch = annotating(message);
  return {
    id,
    name,
    severity,
    file: null,
    line: null,
    message,
    fix,
    patch: patch === undefined ? null : manifestYaml(patch),
  };
}

/** By the id of the check of that name; by the name itself where audit has none. */
function named(
  name: string,
  about: Pick<AuditFinding, 'severity' | 'message' | 'fix' | 'patch'>,
): AuditFinding {
  const [id = name] = Object.entries(CHECKS).find(([, check]) => check.name === name) ?? [];
  return { id, name, file: null, line: null, ...about };
}
