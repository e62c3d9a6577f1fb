import { renderedPolicy } from '../../domain/policy/policy.ts';
import type { Audited } from '../audit/audited.ts';
import { CHECKS } from '../audit/checks.ts';
import type { Problem } from '../manifests/manifest.ts';

/**
 * An audit as plain data, for JSON and YAML: every field is always there, `null` where nothing is known. Fields may be
 * added; none changes its meaning or goes within `v1alpha1`.
 */
export function auditDocument(
  audited: readonly Audited[],
  problems: readonly Problem[],
  verdict: 'Clean' | 'Findings' | 'Unknown',
): object {
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

function workloadDocument({
  found,
  mode,
  judged,
  isUnknown,
  exposure,
  evidence,
  findings,
}: Audited): object {
  const { value, manifest } = found;
  const { intent, asked } = judged;
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
      containers,
    })),
    ranges: asked.ranges.map(({ first, last, protocol }) => ({ first, last, protocol })),
    allowed:
      typeof exposure.allowed === 'string'
        ? { verdict: exposure.allowed === 'all' ? 'All' : 'Unknown', ports: null }
        : {
            verdict: 'Some',
            ports: exposure.allowed.map(({ first, last, protocol, to }) => ({
              first,
              last,
              protocol,
              to: to === 'everybody' ? 'Everybody' : 'Some',
            })),
          },
    policies: exposure.policies,
    enforce: {
      applies: isUnknown ? null : intent.kind === 'apply',
      reason: isUnknown ? 'Unknown' : intent.kind === 'apply' ? null : intent.reason,
      message: intent.kind === 'apply' ? null : intent.message,
      policy: intent.kind === 'apply' ? renderedPolicy(intent.policy) : null,
    },
    reachable: evidence.reachable ?? null,
    listening:
      evidence.listening?.map(({ container, image, process, ...each }) => ({
        ...each,
        container: container || null,
        image: image || null,
        process: process || null,
      })) ?? null,
    connected: evidence.connected ?? null,
    findings: findings.map(({ id, file, line, message }) => ({
      id,
      name: CHECKS[id].name,
      severity: CHECKS[id].severity,
      file: file || null,
      line: line || null,
      message,
    })),
  };
}
