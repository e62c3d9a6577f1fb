import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visible } from '../../domain/text/visible-text.ts';
import { auditWithTexts } from '../../testing/audit-results.ts';
import { checkerOf } from '../../testing/json-schema.ts';
import { runs } from '../../testing/property-runs.ts';
import { auditTable } from './audit-table.ts';
import { htmlReport } from './html/html-report.ts';
import { junitReport } from './report-junit.ts';
import { markdownReport } from './report-markdown.ts';
import { openReports } from './report-openreports.ts';
import { sarifReport } from './report-sarif.ts';

const wrongInSarif = checkerOf('src/testing/schemas/sarif-2.1.0.json');

/** What means something to one of the formats, or to a terminal. */
const PARTS = [
  '<script>alert(1)</script>',
  '</pre>',
  '-->',
  ']]>',
  '"',
  "'",
  '&lt;',
  '`',
  '```\n',
  '|',
  '\\',
  '](https://example.com)',
  '![a](b)',
  '@someone',
  '#1',
  'www.example.com',
  '*b*',
  '\n\n# a\n',
  '\r',
  '\u001b[2J',
  '\u009b',
  '\u202e',
  '\ufffe',
  '\ud800',
  '{0}',
  'é',
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...PARTS), fc.string({ unit: 'binary' })), { maxLength: 6 })
  .map((parts) => parts.join(''));

/** The same text in all places, told apart by the name of the place; and an audit as short with harmless ones. */
const audits = hostile.map((text) => ({
  text,
  harmful: auditWithTexts((what) => text + what),
  harmless: auditWithTexts((what) => `a${what}`),
}));

const tags = (text: string) => text.match(/</g)?.length ?? 0;

describe('texts that others wrote', () => {
  test('make no tag in HTML, and end none', () => {
    holds(({ harmful, harmless }) => {
      // Between backticks is code, whoever writes them.
      const [html = '', plain = ''] = [htmlReport(harmful), htmlReport(harmless)].map((page) =>
        page.replaceAll(/<\/?code>/g, ''),
      );
      expect(tags(html)).toBe(tags(plain));
      expect(html.match(/>/g)?.length).toBe(plain.match(/>/g)?.length);
      expect(html.match(/"/g)?.length).toBe(plain.match(/"/g)?.length);
    });
  });

  test('make no element in JUnit, and no character that XML does not have', () => {
    holds(({ harmful, harmless }) => {
      const xml = junitReport(harmful);
      expect(tags(xml)).toBe(tags(junitReport(harmless)));
      expect(xml.match(/"/g)?.length).toBe(junitReport(harmless).match(/"/g)?.length);
      for (const line of xml.split('\n')) expect(visible(line)).toBe(line);
      expect(xml).not.toMatch(/[\ufffe\uffff]/);
    });
  });

  test('make nothing in Markdown: no line, cell, tag, link, mention or fence', () => {
    holds(({ text, harmful, harmless }) => {
      // YAML stands in a fence, and is as long as it is.
      fc.pre(!text.includes('\n'));
      const [markdown, plain] = [markdownReport(harmful), markdownReport(harmless)];
      const [lines, plainLines] = [markdown.split('\n'), plain.split('\n')];
      expect(lines.length).toBe(plainLines.length);
      for (const [index, line] of lines.entries()) {
        const fenced = lines.slice(0, index).filter((each) => /^`{3,}(?:yaml)?$/.test(each)).length;
        if (fenced % 2 === 1) continue;
        const live = line.replace(/\\[^a-z0-9]/gi, '');
        const plainLive = (plainLines[index] ?? '').replace(/\\[^a-z0-9]/gi, '');
        for (const sign of ['<', '|', '[', '*', '#', '!'])
          expect(live.split(sign).length).toBe(plainLive.split(sign).length);
        expect(live).not.toMatch(/www\.|\]\(|:\/\//i);
        expect(line).not.toMatch(/[@#]\w/);
      }
    });
  });

  test('leave SARIF as its schema has it, without a tag for whoever shows it', () => {
    holds(({ harmful }) => {
      const sarif = sarifReport(harmful);
      expect(sarif).not.toContain('<');
      expect(wrongInSarif(JSON.parse(sarif))).toEqual([]);
    });
  });

  test('do nothing to a terminal', () => {
    holds(({ harmful }) => {
      const table = auditTable(harmful.workloads, { wide: true, color: false });
      for (const text of [table, openReports(harmful), sarifReport(harmful)])
        for (const line of text.split('\n')) expect(visible(line)).toBe(line);
    });
  });
});

function holds(
  check: (
    audit: { text: string } & Record<'harmful' | 'harmless', ReturnType<typeof auditWithTexts>>,
  ) => void,
): void {
  fc.assert(fc.property(audits, check), runs(20));
}
