import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { AuditedWorkload, AuditResult } from '../../../api/audit-result.ts';
import { auditedWorkload, auditFinding, auditResult } from '../../../testing/audit-results.ts';
import { CHECKS } from '../../audit/checks.ts';
import { htmlReport } from './html-report.ts';

const pageOf = (...workloads: AuditedWorkload[]) => htmlReport(auditResult({ workloads }));
const within = (page: string, tag: string) =>
  new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(page)?.[1] ?? '';
const severe = (severity: 'high' | 'medium' | 'low' | 'note', namespace = 'shop') =>
  auditedWorkload({ namespace, findings: [auditFinding({ severity })] });

describe('the page', () => {
  test('runs and looks as what it has itself, and asks nobody for anything', () => {
    const page = pageOf(auditedWorkload());
    const hash = (tag: string) =>
      `sha256-${createHash('sha256').update(within(page, tag)).digest('base64')}`;
    expect(page).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${hash('style')}'; script-src '${hash('script')}'">`,
    );
    expect(page).not.toMatch(/(?:src|href|action)="?(?:https?:|\/\/)/);
    expect(page).toMatch(/^<!doctype html>\n<html lang="en"><head><meta charset="utf-8">/);
  });

  test('has a search, which shows where scripts run, and says what the marks mean', () => {
    const page = pageOf(auditedWorkload());
    expect(page).toMatch(
      /<form hidden role="search">.*<input id="search" name="search".*<\/form>/s,
    );
    expect(page).toContain('Red is open though it is not declared');
    for (const value of ['high', 'medium', 'low', 'note'])
      expect(page).toContain(`<option value="${value}">`);
  });

  test.each<[AuditResult['verdict'], string]>([
    ['Clean', 'Nothing but notes was found.'],
    ['Findings', 'Something was found that a person should look at.'],
    ['Unknown', 'Not all of the input could be read.'],
  ])('of %s says: %s', (verdict, sentence) => {
    expect(htmlReport(auditResult({ verdict }))).toContain(`</h1><p>${sentence}</p>`);
  });

  test('counts workloads and findings', () => {
    const numbers = within(
      pageOf(severe('high'), severe('high'), severe('medium'), severe('low'), severe('note')),
      'dl',
    );
    expect(
      [...numbers.matchAll(/<dt>(\w+)<\/dt><dd>(\d+)/g)].map(([, name, n]) => [name, n]),
    ).toEqual([
      ['workloads', '5'],
      ['high', '2'],
      ['medium', '1'],
      ['low', '1'],
      ['notes', '1'],
    ]);
  });

  test.each([
    [200, '<body>'],
    [201, '<body class="large">'],
  ])('of %d workloads is laid out: %s', (count, body) => {
    expect(pageOf(...Array.from({ length: count }, () => auditedWorkload()))).toContain(body);
  });
});

describe('what could not be read', () => {
  test('is a list, each with its place where there is one', () => {
    const problem = { file: 'a&b.yaml', line: 2, column: 7, message: 'is <broken>' };
    const problems = [problem, { ...problem, file: '', line: null, column: null }];
    expect(htmlReport(auditResult({ problems }))).toContain(
      '<h2>Not read</h2><ul><li><code>a&amp;b.yaml:2:7</code>: is &lt;broken&gt;</li><li>is &lt;broken&gt;</li></ul>',
    );
  });

  test('has no place where all was read', () => {
    expect(pageOf()).not.toContain('Not read');
  });
});

describe('the namespaces', () => {
  const rowsOf = (page: string) => {
    const rows = within(page, 'tbody').split('\n');
    return rows.map((row) => ({
      cells: [...row.matchAll(/<td>([^<]*|<a [^>]*>[^<]*<\/a>)<\/td>/g)].map(([, cell]) => cell),
      bars: [...row.matchAll(/<rect class="(\w+)" x="([\d.]+)" width="([\d.]+)"/g)].map((each) =>
        each.slice(1),
      ),
    }));
  };

  test('stand in the order of their names, with how many workloads are how bad', () => {
    const page = pageOf(
      severe('high'),
      severe('note'),
      auditedWorkload(),
      auditedWorkload(),
      severe('low', 'bank'),
    );
    expect(rowsOf(page).map(({ cells }) => cells)).toEqual([
      ['<a href="#ns-bank">bank</a>', '1', '0', '0', '1', '0'],
      ['<a href="#ns-shop">shop</a>', '4', '1', '0', '0', '1'],
    ]);
    expect(
      [...page.matchAll(/<section class="namespace" id="([^"]*)">/g)].map(([, id]) => id),
    ).toEqual(['ns-bank', 'ns-shop']);
  });

  test('have bars as long as the one with the most has workloads', () => {
    const page = pageOf(
      severe('high'),
      severe('medium'),
      auditedWorkload(),
      auditedWorkload({ namespace: 'bank' }),
    );
    expect(rowsOf(page).map(({ bars }) => bars)).toEqual([
      [['ok', '0', '33.3']],
      [
        ['high', '0', '33.3'],
        ['medium', '33.3', '33.3'],
        ['ok', '66.6', '33.3'],
      ],
    ]);
  });

  test('are none where there is no workload', () => {
    const page = pageOf();
    expect(page).toContain('<p>There is no workload in it.</p>');
    expect(page).not.toMatch(/<h2>(?:Namespaces|What was looked for)/);
  });

  test('have no tag of whoever named them', () => {
    const page = pageOf(auditedWorkload({ namespace: '"><b>' }));
    expect(page).toContain('<a href="#ns-%22%3E%3Cb%3E">&quot;&gt;&lt;b&gt;</a>');
    expect(page).toContain('id="ns-%22%3E%3Cb%3E"><h2>&quot;&gt;&lt;b&gt;</h2>');
  });
});

describe('the checks', () => {
  const checksOf = (page: string) => page.slice(page.indexOf('<h2>What was looked for'));

  test('that found something are told once, in the order of their ids', () => {
    const findings = ['PL003', 'PL001', 'PL003'].map((id) =>
      auditFinding({ id, name: CHECKS[id as 'PL001'].name }),
    );
    const text = checksOf(pageOf(auditedWorkload({ findings })));
    expect([...text.matchAll(/<h3 id="(\w+)">([^<]*)/g)].map(([, id, name]) => [id, name])).toEqual(
      [
        ['PL001', 'PL001 NoPolicy '],
        ['PL003', 'PL003 UndeclaredInUse '],
      ],
    );
    expect(text).toContain(`<p>${CHECKS.PL001.why}</p>`);
    expect(text).toContain('Label the workload <code>portlock.dev/mode: enforce</code>');
  });

  test('what is none has its own words', () => {
    const finding = auditFinding({ id: 'Drift', name: 'Drift', message: 'Why <b>', fix: 'How' });
    expect(checksOf(pageOf(auditedWorkload({ findings: [finding] })))).toContain(
      '<h3 id="Drift">Drift <small>medium</small></h3><p>Why &lt;b&gt;</p><p>How</p></section>',
    );
  });

  describe('where very many findings are mended by the same lines', () => {
    const many = (count: number, patchOf: (index: number) => string | null) =>
      pageOf(
        auditedWorkload({
          findings: Array.from({ length: count }, (_, index) =>
            auditFinding({ patch: patchOf(index) }),
          ),
        }),
      );
    const fixes = (page: string) => page.match(/<summary>Fix<\/summary>/g)?.length ?? 0;

    test('these stand there once', () => {
      const page = many(201, () => 'a: <b>\n');
      expect(fixes(page)).toBe(1);
      expect(checksOf(page)).toContain('<pre>a: &lt;b&gt;</pre></details>');
    });

    test.each<
      [what: string, count: number, patchOf: (index: number) => string | null, fixes: number]
    >([
      ['of fewer each has its own', 200, () => 'a: b', 200],
      ['of which each differs, too', 201, String, 201],
      ['there may be none at all', 201, () => null, 0],
    ])('%s', (_what, count, patchOf, shown) => {
      const page = many(count, patchOf);
      expect(fixes(page)).toBe(shown);
      expect(fixes(checksOf(page))).toBe(0);
    });
  });
});
