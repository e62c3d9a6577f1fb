import { createHash } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import packageJson from '../../../package.json' with { type: 'json' };
import type {
  AuditedWorkload,
  AuditFinding,
  AuditProblem,
  AuditResult,
} from '../../api/audit-result.ts';
import { visible } from '../../domain/text/visible-text.ts';
import { compareText } from '../compare-text.ts';
import { STDIN } from '../manifests/read-input.ts';
import { generalFixOf, messageAndFix, whyOf } from './finding-reasons.ts';
import { jsonText } from './structured.ts';

const LEVELS = { high: 'error', medium: 'warning', low: 'warning', note: 'note' } as const;
/** As code scanning ranks what is about security: 7.0 and more is high, 4.0 and more medium. */
const SCORES = { high: '7.5', medium: '5.5', low: '3.0', note: '0.0' } as const;

/** An audit in SARIF 2.1.0, one result for each finding, at its file and line where these are known. */
export function sarifReport({ workloads, problems }: AuditResult): string {
  const findings = workloads.flatMap((workload) => workload.findings);
  const rules = [...new Map(findings.map((each) => [each.id, each])).values()].sort((a, b) =>
    compareText(a.id, b.id),
  );
  const indices = new Map(rules.map(({ id }, index) => [id, index]));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'portlock', version: packageJson.version, rules: rules.map(ruleOf) },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: problems.length === 0,
            toolExecutionNotifications: problems.map(notificationOf),
          },
        ],
        results: workloads.flatMap((workload) =>
          workload.findings.map((finding) => ({
            ...resultOf(workload, finding),
            ruleIndex: indices.get(finding.id),
          })),
        ),
      },
    ],
  };
  // What shows it may be a web page.
  return jsonText(log).replaceAll('<', '\\u003c');
}

function ruleOf(finding: AuditFinding): object {
  const { id, name, severity } = finding;
  return {
    id,
    name: visible(name),
    shortDescription: { text: plain(name) },
    fullDescription: { text: plain(whyOf(finding)) },
    help: { text: plain(generalFixOf(finding)) },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['security', 'kubernetes'], 'security-severity': SCORES[severity] },
  };
}

function resultOf({ kind, namespace, name }: AuditedWorkload, finding: AuditFinding): object {
  const { id, severity, file, line, message } = finding;
  const about = `${kind} ${namespace}/${name}`;
  return {
    ruleId: id,
    level: LEVELS[severity],
    message: { text: plain(`${about}: ${messageAndFix(finding)}`) },
    locations: [
      {
        ...physicalLocation(file, line),
        logicalLocations: [
          { name: visible(name), fullyQualifiedName: visible(`${namespace}/${kind}/${name}`) },
        ],
      },
    ],
    // So that a finding is the same one after lines were added above it.
    partialFingerprints: { 'finding/v1': hash([id, about, message]) },
  };
}

function notificationOf({ file, line, column, message }: AuditProblem): object {
  const location = physicalLocation(file, line, column);
  return {
    level: 'error',
    message: { text: plain(message) },
    ...(location && { locations: [location] }),
  };
}

function physicalLocation(
  file: string | null,
  startLine: number | null,
  startColumn: number | null = null,
): object | undefined {
  if (file === null || file === STDIN || file === '') return undefined;
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file) },
      ...(startLine !== null && {
        region: { startLine, ...(startColumn !== null && { startColumn }) },
      }),
    },
  };
}

/** A relative reference for a relative path, as code scanning wants it. */
function uriOf(file: string): string {
  if (path.isAbsolute(file)) return pathToFileURL(file).href;
  return path
    .normalize(file)
    .split(path.sep)
    .map((part) => encodeURIComponent(part.toWellFormed()))
    .join('/');
}

/** "A plain text message ... may contain placeholders ... and embedded links" (SARIF 2.1.0, 3.11): ours has none. */
function plain(text: string): string {
  return visible(text)
    .replaceAll(/[\\[\]]/g, '\\$&')
    .replaceAll(/[{}]/g, '$&$&');
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
