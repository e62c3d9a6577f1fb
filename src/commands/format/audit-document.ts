import type { AuditedWorkload, AuditFinding, AuditResult } from '../../api/audit-result.ts';
import { PROTOCOLS } from '../../domain/evaluate/port-classes.ts';
import { renderedPolicy } from '../../domain/policy/policy.ts';
import type { Audited } from '../audit/audited.ts';
import { CHECKS } from '../audit/checks.ts';
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

function workloadDocument({ found, mode, judged, exposure, findings }: Audited): AuditedWorkload {
  const { value, manifest } = found;
  const { asked } = judged;
  return {
    kind: value.kind,
    namespace: value.namespace,
    name: value.name,
    file: manifest.file,
    line: manifest.line,
    mode: mode ?? null,
    declared: asked.declared.map(({ port, protocol, containers }) => ({
      port,
      protocol,
      containers: [...containers],
    })),
    declaredRanges: asked.ranges.map(({ first, last, protocol }) => ({ first, last, protocol })),
    allowed: allowedDocument(exposure),
    reachable: null,
    listening: null,
    connected: null,
    cuts: asked.found.findings
      .filter(({ accepted }) => !accepted)
      .map(({ port, protocol, users, holds }) => ({
        port: `${port}`,
        protocol,
        users: [...users],
        holds,
      })),
    policies: exposure.policies.map((each) => ({ ...each })),
    enforce: enforceDocument(judged),
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

function enforceDocument({ intent }: Audited['judged']): AuditedWorkload['enforce'] {
  if (intent.kind === 'apply')
    return { applies: true, reason: null, message: null, policy: renderedPolicy(intent.policy) };
  return { applies: false, reason: intent.reason, message: intent.message, policy: null };
}

function findingDocument({ id, file, line, message, fix, patch }: Finding): AuditFinding {
  const { name, severity } = CHECKS[id];
  const yaml = patch === undefined ? null : manifestYaml(patch);
  return { id, name, severity, file, line, message, fix, patch: yaml };
}
