import type { AuditedWorkload, AuditFinding, AuditResult } from '../../api/audit-result.ts';
import { PROTOCOLS } from '../../domain/evaluate/port-classes.ts';
import { renderedPolicy } from '../../domain/policy/policy.ts';
import type { Audited } from '../audit/audited.ts';
import { CHECKS } from '../audit/checks.ts';
import type { Evidence } from '../audit/evidence.ts';
import type { Finding } from '../audit/finding.ts';
import type { Problem } from '../manifests/manifest.ts';
import { manifestYaml } from './manifest-yaml.ts';

/** An audit as plain data, as schemas/audit-result.v1alpha1.json has it. */
export function auditDocument(
  audited: readonly Audited[],
  problems: readonly Problem[],
  verdict: AuditResult['verdict'],
): AuditResult {
  return {
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'AuditResult',
    verdict,
    problems: problems.map(({ file, line, column, message }) => ({
      file,
      line: line ?? null,
      column: column ?? null,
      message,
    })),
    workloads: audited.map(workloadDocument),
  };
}

function workloadDocument(audited: Audited): AuditedWorkload {
  const { found, mode, judged, exposure, evidence, findings } = audited;
  const { value, manifest } = found;
  const { asked } = judged;
  return {
    kind: value.kind,
    namespace: value.namespace,
    name: value.name,
    file: manifest.file || null,
    line: manifest.line || null,
    mode: mode ?? null,
    declared: asked.declared.map(({ port, protocol, containers }) => ({
      port,
      protocol,
      containers: [...containers],
    })),
    declaredRanges: asked.ranges.map(({ first, last, protocol }) => ({ first, last, protocol })),
    allowed: allowedDocument(exposure),
    ...evidenceDocument(evidence),
    cuts: asked.found.findings
      .filter(({ accepted }) => !accepted)
      .map(({ port, protocol, users, holds }) => ({
        port: `${port}`,
        protocol,
        users: [...users],
        holds,
      })),
    policies: exposure.policies.map((each) => ({ ...each })),
    enforce: enforceDocument(audited),
    findings: findings.map(findingDocument),
  };
}

function allowedDocument({ allowed }: Audited['exposure']): AuditedWorkload['allowed'] {
  if (typeof allowed === 'string')
    return { verdict: allowed === 'all' ? 'All' : 'Unknown', ports: null };
  return {
    verdict: 'Some',
    ports: allowed.flatMap(({ first, last, to, ...range }) =>
      PROTOCOLS.filter((protocol) => protocol === range.protocol).map((protocol) => ({
        first,
        last,
        protocol,
        to: to === 'everybody' ? ('Everybody' as const) : ('Some' as const),
      })),
    ),
  };
}

/** All of it is about TCP. */
function evidenceDocument({
  reachable,
  listening,
  connected,
}: Evidence): Pick<AuditedWorkload, 'reachable' | 'listening' | 'connected'> {
  return {
    reachable: reachable?.map(({ port }) => ({ port, protocol: 'TCP' as const })) ?? null,
    listening:
      listening?.map(({ port, container, process, image }) => ({
        port,
        protocol: 'TCP' as const,
        container: container || null,
        process: process || null,
        image: image || null,
      })) ?? null,
    connected: connected === undefined ? null : peersByPort(connected),
  };
}

function peersByPort(
  connected: NonNullable<Evidence['connected']>,
): NonNullable<AuditedWorkload['connected']> {
  const undeclared = connected.filter(({ declared }) => !declared);
  return [...Map.groupBy(undeclared, ({ port }) => port)]
    .sort(([a], [b]) => a - b)
    .map(([port, peers]) => ({ port, protocol: 'TCP', peers: peers.map(({ peer }) => peer) }));
}

function enforceDocument({
  judged: { intent },
  isUnknown,
}: Pick<Audited, 'judged' | 'isUnknown'>): AuditedWorkload['enforce'] {
  const what =
    intent.kind === 'apply'
      ? { applies: true, reason: null, message: null, policy: renderedPolicy(intent.policy) }
      : { applies: false, reason: intent.reason, message: intent.message, policy: null };
  return isUnknown ? { ...what, applies: null, reason: 'Unknown' } : what;
}

function findingDocument({ id, file, line, message, fix, patch }: Finding): AuditFinding {
  const { name, severity } = CHECKS[id];
  const yaml = patch === undefined ? null : manifestYaml(patch);
  const place = { file: file || null, line: line || null };
  return { id, name, severity, ...place, message, fix, patch: yaml };
}
