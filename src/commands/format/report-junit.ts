import type { AuditedWorkload, AuditFinding, AuditResult } from '../../api/audit-result.ts';
import { messageAndFix, titleOf } from './finding-reasons.ts';
import { placeText } from './place.ts';
import { escaped } from './xml.ts';

/** An audit as JUnit XML: a suite for each namespace, a case for each workload, which fails where anything but notes was found. */
export function junitReport({ workloads, problems }: AuditResult): string {
  const namespaces = Map.groupBy(workloads, ({ namespace }) => namespace);
  const suites = [...namespaces].sort(([a], [b]) => (a < b ? -1 : 1)).map(suite);
  if (problems.length > 0) {
    const cases = problems.map(({ file, line, message }) => {
      const name = escaped(placeText({ file, line }) || 'input');
      return `    <testcase classname="input" name="${name}">\n      <error message="${escaped(message)}"/>\n    </testcase>\n`;
    });
    suites.push(
      `  <testsuite name="input" tests="${cases.length}" failures="0" errors="${cases.length}">\n${cases.join('')}  </testsuite>\n`,
    );
  }
  const tests = workloads.length + problems.length;
  const failures = workloads.filter((each) => failing(each).length > 0).length;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="portlock" tests="${tests}" failures="${failures}" errors="${problems.length}">
${suites.join('')}</testsuites>
`;
}

function suite([namespace, workloads]: [string, readonly AuditedWorkload[]]): string {
  const failures = workloads.filter((each) => failing(each).length > 0).length;
  return `  <testsuite name="${escaped(namespace)}" tests="${workloads.length}" failures="${failures}" errors="0">
${workloads.map(testCase).join('')}  </testsuite>
`;
}

function testCase(workload: AuditedWorkload): string {
  const { kind, namespace, name, file, line, findings } = workload;
  const at =
    file === null ? '' : ` file="${escaped(file)}"${line === null ? '' : ` line="${line}"`}`;
  const head = `    <testcase classname="${escaped(namespace)}" name="${escaped(`${kind}/${name}`)}"${at}`;
  const [worst] = failing(workload);
  const notes = findings.filter(({ severity }) => severity === 'note');
  const parts = [
    worst &&
      `      <failure type="${escaped(worst.id)}" message="${escaped(worst.message)}">${failing(workload).map(text).join('\n')}</failure>\n`,
    notes.length > 0 && `      <system-out>${notes.map(text).join('\n')}</system-out>\n`,
  ].filter((part) => part);
  return parts.length === 0 ? `${head}/>\n` : `${head}>\n${parts.join('')}    </testcase>\n`;
}

function failing({ findings }: AuditedWorkload): AuditFinding[] {
  return findings.filter(({ severity }) => severity !== 'note');
}

function text(finding: AuditFinding): string {
  const place = placeText(finding);
  const at = place === '' ? '' : `${place}: `;
  return escaped(`${at}${titleOf(finding)}: ${messageAndFix(finding)}`);
}
