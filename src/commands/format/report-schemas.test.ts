import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import {
  auditedWorkload,
  auditFinding,
  auditResult,
  auditWithTexts,
} from '../../testing/audit-results.ts';
import { checkerOf } from '../../testing/json-schema.ts';
import { junitReport } from './report-junit.ts';
import { openReports } from './report-openreports.ts';

const SEVERITIES = ['high', 'medium', 'low', 'note'] as const;

const AUDITS = {
  'nothing was found': auditResult({ verdict: 'Clean' }),
  'there is no workload': auditResult({ verdict: 'Clean', workloads: [] }),
  'something could not be read': auditResult({
    verdict: 'Unknown',
    problems: [
      { file: 'a.yaml', line: null, column: null, message: 'is broken' },
      { file: 'b.yaml', line: 2, column: 3, message: 'is a template' },
    ],
  }),
  'there are findings of every severity, in several namespaces': auditResult({
    workloads: ['shop', 'bank'].flatMap((namespace) =>
      ['Deployment', 'Job', 'Rollout'].map((kind) =>
        auditedWorkload({
          kind,
          namespace,
          findings: SEVERITIES.map((severity) => auditFinding({ severity })),
        }),
      ),
    ),
  }),
  'nothing has a file': auditResult({
    workloads: [
      auditedWorkload({
        file: null,
        line: null,
        findings: [auditFinding({ file: null, line: null, patch: null })],
      }),
    ],
  }),
  'others wrote the texts': auditWithTexts((what) => `<${what} a="b">&'\u0000\ud800\n`),
};

describe.each(Object.entries(AUDITS))('where %s', (_, audit) => {
  test('Reports are as the definition of OpenReports has them', () => {
    const problemsOf = checkerOf('src/testing/schemas/openreports-report-v1alpha1.json');
    const reports = parseAllDocuments(openReports(audit)).map((each) => each.toJS());
    const namespaces = new Set(audit.workloads.map(({ namespace }) => namespace));
    const ofCluster = audit.problems.length > 0 ? ['ClusterReport'] : [];
    expect(reports.map(({ kind }) => kind)).toEqual([
      ...Array.from(namespaces, () => 'Report'),
      ...ofCluster,
    ]);
    // Both kinds have the same fields.
    for (const each of reports) {
      expect(problemsOf({ ...each, metadata: {} })).toEqual([]);
      expect(each.apiVersion).toBe('openreports.io/v1alpha1');
    }
  });

  test('JUnit has the elements and attributes that its readers know, and counts what it has', () => {
    const { elements, rest } = elementsOf(junitReport(audit));
    expect(rest).toBe('');
    for (const { name, parent, attributes } of elements) {
      const known = JUNIT[name];
      expect(known?.parents, `${name} in ${parent}`).toContain(parent);
      expect(Object.keys(attributes)).toEqual(expect.arrayContaining(known?.required ?? []));
      expect([...(known?.required ?? []), ...(known?.optional ?? [])]).toEqual(
        expect.arrayContaining(Object.keys(attributes)),
      );
    }
    const [all, ...others] = elements;
    const of = (name: string) => others.filter((each) => each.name === name);
    expect(all?.attributes).toMatchObject({
      tests: `${of('testcase').length}`,
      failures: `${of('failure').length}`,
      errors: `${of('error').length}`,
    });
    for (const count of ['tests', 'failures', 'errors']) {
      const sum = of('testsuite').reduce(
        (total, each) => total + Number(each.attributes[count]),
        0,
      );
      expect(`${sum}`, count).toBe(all?.attributes[count]);
    }
  });
});

test('a Report that the definition refuses is noticed', () => {
  const problemsOf = checkerOf('src/testing/schemas/openreports-report-v1alpha1.json');
  const results = [{ policy: 'NoPolicy', result: 'note', about: 'web' }];
  expect(problemsOf({ metadata: {}, results })).toHaveLength(2);
});

/**
 * What of JUnit's XML Jenkins and others read: the elements that occur here, as the "junit-10.xsd" of Jenkins' xUnit plugin has them,
 * and `file` and `line` of a case, which GitLab, pytest and others read and write.
 */
const JUNIT: Readonly<
  Record<string, { parents: string[]; required?: string[]; optional?: string[] }>
> = {
  testsuites: { parents: [''], optional: ['name', 'time', 'tests', 'failures', 'errors'] },
  testsuite: {
    parents: ['testsuites'],
    required: ['name', 'tests', 'failures', 'errors'],
    optional: ['time', 'timestamp', 'skipped'],
  },
  testcase: {
    parents: ['testsuite'],
    required: ['name', 'classname'],
    optional: ['time', 'file', 'line'],
  },
  failure: { parents: ['testcase'], optional: ['type', 'message'] },
  error: { parents: ['testcase'], optional: ['type', 'message'] },
  'system-out': { parents: ['testcase', 'testsuite'] },
};

interface Element {
  name: string;
  /** The name of the element around it. */
  parent: string;
  attributes: Record<string, string>;
}

/** The elements of an XML text, and what of it is none. */
function elementsOf(xml: string): { elements: Element[]; rest: string } {
  const elements: Element[] = [];
  const open: string[] = [];
  const TAG =
    /<(\/?)([a-z-]+)((?: [a-z]+="[^"<&]*(?:&(?:[a-z]+|#\d+);[^"<&]*)*")*)(\/?)>|[^<>&]+|&(?:amp|lt|gt|quot|#39);/g;
  const rest = xml
    .replace(/^<\?xml[^>]*\?>/, '')
    .replace(TAG, (_, end, name, attributes, empty) => {
      if (name === undefined) return '';
      if (end !== '') return open.pop() === name ? '' : `</${name}>`;
      const pairs = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)];
      elements.push({
        name,
        parent: open.at(-1) ?? '',
        attributes: Object.fromEntries(pairs.map(([, key, value]) => [key, value])),
      });
      if (empty === '') open.push(name);
      return '';
    });
  return { elements, rest: rest + open.join() };
}
