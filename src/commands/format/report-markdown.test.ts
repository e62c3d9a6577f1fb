import { describe, expect, test } from 'vitest';
import type { AuditFinding, AuditResult } from '../../api/audit-result.ts';
import { auditedWorkload, auditFinding, auditResult } from '../../testing/audit-results.ts';
import { markdownReport } from './report-markdown.ts';

/** What a comment of GitHub takes. */
const LONGEST = 65_536;

const found = (...findings: AuditFinding[]) =>
  auditResult({ workloads: [auditedWorkload({ findings })] });
const lines = (audit: AuditResult) => markdownReport(audit).split('\n');
/** The first line of the table, of a finding that says this. */
const row = (fields: Partial<AuditFinding>) => lines(found(auditFinding(fields)))[6];

describe('the head', () => {
  test.each<[AuditResult['verdict'], string]>([
    ['Clean', '## portlock: clean'],
    ['Findings', '## portlock: findings'],
    ['Unknown', '## portlock: not all of it could be read'],
  ])('of %s is "%s"', (verdict, head) => {
    expect(lines(auditResult({ verdict }))[0]).toBe(head);
  });

  test('is all of it where nothing was found', () => {
    expect(markdownReport(auditResult({ verdict: 'Clean' }))).toBe(
      '## portlock: clean\n\n1 workload, 0 findings, 0 notes.\n',
    );
  });

  test('counts notes, of which nothing else is said', () => {
    const text = markdownReport(found(auditFinding({ severity: 'note' })));
    expect(text).toBe('## portlock: findings\n\n1 workload, 0 findings, 1 note.\n');
  });
});

describe('a finding', () => {
  test('is a line of the table, and below it what mends it', () => {
    expect(markdownReport(found(auditFinding()))).toBe(
      [
        '## portlock: findings',
        '',
        '1 workload, 1 finding, 0 notes.',
        '',
        '| severity | check | workload | what was found |',
        '|---|---|---|---|',
        '| medium | PL001 NoPolicy | Deployment shop/web deploy/web.yaml\\:3 | No policy isolates the pods |',
        '',
        '<details>',
        '<summary>What mends them</summary>',
        '',
        'PL001 Deployment shop/web\\: Label the workload',
        '',
        '```yaml',
        'metadata:',
        '  labels:',
        '    portlock.dev/mode: enforce',
        '```',
        '',
        '</details>',
        '',
      ].join('\n'),
    );
  });

  test('follows the one before', () => {
    const text = markdownReport(
      found(auditFinding({ patch: 'a: b' }), auditFinding({ patch: 'c: d' })),
    );
    expect(text).toContain('a: b\n```\n\nPL001');
    expect(text.match(/^\| medium/gm)).toHaveLength(2);
  });

  test('without lines to copy has none folded below', () => {
    expect(markdownReport(found(auditFinding({ patch: null })))).not.toContain('<details>');
  });

  test.each<[Partial<AuditFinding>, string]>([
    [{ file: null, line: null }, '| Deployment shop/web |'],
    [{ line: null }, '| Deployment shop/web deploy/web.yaml |'],
    [{ id: 'Drift', name: 'Drift' }, '| medium | Drift | Deployment'],
  ])('of %j is told with what is known', (fields, text) => {
    expect(row(fields)).toContain(text);
  });
});

describe('of a text that others wrote Markdown makes nothing:', () => {
  test.each<[what: string, message: string, written: string]>([
    ['a cell', 'a|b', 'a\\|b'],
    ['a line', 'a\nb', 'a\\\\nb'],
    ['a tag', '<b>', '&lt;b&gt;'],
    ['an entity', '&lt;', '&amp;lt;'],
    ['several of a kind', '&&<<>>||', '&amp;&amp;&lt;&lt;&gt;&gt;\\|\\|'],
    ['several sites', 'www.a www.b', 'www\u200b.a www\u200b.b'],
    ['several people', '@a #b', '\\@\u200ba \\#\u200bb'],
    ['a link', '[a](b)', '\\[a\\]\\(b\\)'],
    ['a picture', '![a]', '\\!\\[a\\]'],
    ['stress', '*a* _b_ ~c~', '\\*a\\* \\_b\\_ \\~c\\~'],
    ['code', '`a`', '\\`a\\`'],
    ['an escape', '\\|', '\\\\\\|'],
    ['mathematics', '$a^2$', '\\$a\\^2\\$'],
    ['an address of the web', 'https://a.example', 'https\\://a.example'],
    ['the same without a scheme', 'WWW.a.example', 'WWW\u200b.a.example'],
    ['somebody who is told', '@a', '\\@\u200ba'],
    ['an issue', 'see #1', 'see \\#\u200b1'],
    ['a list', '- a', '-\u200b a'],
    ['a numbered one', '12. a', '12\u200b. a'],
    ['a number alone', '12 a', '12 a'],
    ['a word in parts', 'a-b', 'a-b'],
    ['what a terminal acts on', '\u001b[2J', '\\\\x1b\\[2J'],
  ])('%s', (_what, message, written) => {
    expect(row({ message })?.split(' | ').slice(3).join(' | ')).toBe(`${written} |`);
  });

  test('be it the name of a check, a workload or a file', () => {
    const finding = auditFinding({ name: '<i>', file: 'a|b', fix: '*c*' });
    const workload = auditedWorkload({ kind: '<b>', name: '@d', findings: [finding] });
    const text = markdownReport(auditResult({ workloads: [workload] }));
    expect(text).toContain('| PL001 &lt;i&gt; | &lt;b&gt; shop/\\@\u200bd a\\|b\\:3 |');
    expect(text).toContain('\nPL001 &lt;b&gt; shop/\\@\u200bd\\: \\*c\\*\n');
  });

  test.each<[patch: string, fence: string]>([
    ['a: b', '```'],
    ['a: "``"', '```'],
    ['a: "```"', '````'],
    ['a: "`````"\nb: "```"', '``````'],
  ])('the fence of %j is longer than what is in it', (patch, fence) => {
    const all = lines(found(auditFinding({ patch })));
    expect(all.filter((line) => /^`+(?:yaml)?$/.test(line))).toEqual([`${fence}yaml`, fence]);
  });

  test('YAML does nothing to a terminal', () => {
    expect(markdownReport(found(auditFinding({ patch: 'a: \u009b2J\nb: c\n\n' })))).toContain(
      '```yaml\na: \\x9b2J\nb: c\n```\n',
    );
  });
});

describe('what could not be read', () => {
  const problem = { file: 'a|b.yaml', line: null, column: null, message: 'is broken' };

  test('is a list under the counts, with its place where there is one', () => {
    const problems = [
      problem,
      { ...problem, line: 2, column: 9 },
      { ...problem, file: '', message: 'items[0] has no status yet' },
    ];
    expect(lines(auditResult({ problems })).slice(3)).toEqual([
      '',
      'Not read:',
      '',
      '- a\\|b.yaml\\: is broken',
      '- a\\|b.yaml\\:2\\: is broken',
      '- items\\[0\\] has no status yet',
      '',
    ]);
  });

  test('leaves room for what was found, and says how much of it is left out', () => {
    const problems = Array.from({ length: 3_000 }, () => ({ ...problem, line: 7 }));
    const findings = [auditFinding()];
    const text = markdownReport(
      auditResult({ problems, workloads: [auditedWorkload({ findings })] }),
    );
    expect(text.length).toBeLessThan(LONGEST);
    const [, left = ''] = /and ([\d,]+) problems more/.exec(text) ?? [];
    const shown = text.match(/^- a/gm)?.length ?? 0;
    expect(Number(left.replace(',', '')) + shown).toBe(3_000);
    expect(text).toContain('| medium | PL001');
  });
});

describe('a comment that would be too long', () => {
  const audit = (count: number, patch: string | null) =>
    found(...Array.from({ length: count }, () => auditFinding({ patch })));

  test.each<[what: string, patch: string | null]>([
    ['lines', null],
    ['fixes', 'a: b\n'.repeat(100)],
  ])('of %s shows the first, and counts the rest', (_what, patch) => {
    const text = markdownReport(audit(1_000, patch));
    expect(text.length).toBeLessThan(LONGEST);
    const shown = text.match(/^\| medium/gm)?.length ?? 0;
    expect(shown).toBeGreaterThan(50);
    expect(text).toContain(`\nand ${1_000 - shown} findings more.\n`);
    expect(text.match(/^```yaml$/gm)?.length ?? 0).toBe(patch === null ? 0 : shown);
  });

  test('is none where all fits', () => {
    expect(markdownReport(audit(20, null))).not.toContain('more.');
  });
});
