import type { AuditedWorkload, AuditFinding, AuditResult } from '../api/audit-result.ts';

export function auditResult(fields: Partial<AuditResult> = {}): AuditResult {
  return {
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'AuditResult',
    verdict: 'Findings',
    problems: [],
    workloads: [auditedWorkload()],
    ...fields,
  };
}

/** One that declares 8080, and of which nothing was found. */
export function auditedWorkload(fields: Partial<AuditedWorkload> = {}): AuditedWorkload {
  return {
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
    file: 'deploy/web.yaml',
    line: 3,
    mode: null,
    declared: [{ port: 8080, protocol: 'TCP', containers: ['app'] }],
    declaredRanges: [],
    allowed: { verdict: 'All', ports: null },
    reachable: null,
    listening: null,
    connected: null,
    cuts: [],
    policies: [],
    enforce: { applies: true, reason: null, message: null, policy: null },
    findings: [],
    ...fields,
  };
}

export function auditFinding(fields: Partial<AuditFinding> = {}): AuditFinding {
  return {
    id: 'PL001',
    name: 'NoPolicy',
    severity: 'medium',
    file: 'deploy/web.yaml',
    line: 3,
    message: 'No policy isolates the pods',
    fix: 'Label the workload',
    patch: 'metadata:\n  labels:\n    portlock.dev/mode: enforce\n',
    ...fields,
  };
}

/** An audit with a text of the caller's wherever others write one. */
export function auditWithTexts(text: (what: string) => string): AuditResult {
  return auditResult({
    problems: [{ file: text('file'), line: 2, column: 4, message: text('problem') }],
    workloads: [
      auditedWorkload({
        kind: text('kind'),
        namespace: text('namespace'),
        name: text('name'),
        file: text('manifest'),
        mode: text('mode'),
        declared: [{ port: 8080, protocol: 'TCP', containers: [text('container')] }],
        listening: [
          {
            port: 9090,
            protocol: 'TCP',
            container: text('listener'),
            process: text('process'),
            image: text('image'),
          },
        ],
        connected: [{ port: 9090, protocol: 'TCP', peers: [text('peer')] }],
        cuts: [{ port: text('port'), protocol: 'TCP', users: [text('user')], holds: true }],
        policies: [{ group: '', kind: text('kind'), name: text('policy'), effect: 'Widens' }],
        enforce: { applies: false, reason: text('reason'), message: text('why'), policy: null },
        findings: [
          auditFinding({ file: text('at'), message: text('message'), patch: text('patch') }),
          auditFinding({ id: text('id'), name: text('check'), fix: text('fix') }),
        ],
      }),
    ],
  });
}
