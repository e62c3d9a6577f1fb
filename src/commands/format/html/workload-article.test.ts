import { describe, expect, test } from 'vitest';
import type { AuditedWorkload } from '../../../api/audit-result.ts';
import { auditedWorkload, auditFinding } from '../../../testing/audit-results.ts';
import { Pictures } from './pictures.ts';
import { SharedFixes } from './shared-fixes.ts';
import { classOf, workloadArticle } from './workload-article.ts';

const NONE_SHARED = new SharedFixes([]);
const article = (fields: Partial<AuditedWorkload>, shared = NONE_SHARED) =>
  workloadArticle(auditedWorkload(fields), shared, new Pictures([], { isLarge: false }));

describe('the head of a workload', () => {
  const about = (fields: Partial<AuditedWorkload>) =>
    /<small>([^<]*)<\/small>/.exec(article(fields))?.[1];

  test.each<[Partial<AuditedWorkload>, string]>([
    [{}, 'deploy/web.yaml:3 · enforce: Apply'],
    [{ file: null, line: null }, 'enforce: Apply'],
    [{ line: null }, 'deploy/web.yaml · enforce: Apply'],
    [{ mode: 'audit', file: null }, 'mode audit · enforce: Apply'],
    [
      { enforce: { applies: false, reason: 'WouldWiden', message: null, policy: null } },
      'deploy/web.yaml:3 · enforce: WouldWiden',
    ],
    [
      { enforce: { applies: null, reason: null, message: null, policy: null } },
      'deploy/web.yaml:3 · enforce: Unknown',
    ],
  ])('of %j says "%s"', (fields, text) => {
    expect(about(fields)).toBe(text);
  });

  test('has its kind and name, and the picture at the end', () => {
    expect(article({})).toMatch(
      /^<article class="ok"><div><h3>Deployment web<\/h3>.*<\/div><svg .*<\/svg><\/article>\n$/,
    );
  });
});

test.each(['high', 'medium', 'low', 'note'] as const)('the worst finding marks it: %s', (worst) => {
  const findings = [auditFinding({ severity: worst }), auditFinding({ severity: 'note' })];
  expect(classOf(auditedWorkload({ findings }))).toBe(worst);
  expect(article({ findings })).toContain(`<article class="${worst}">`);
});

test('where nothing was found, that is said', () => {
  expect(article({})).toContain('<p>Nothing found.</p></div>');
  expect(article({ findings: [auditFinding()] })).not.toContain('Nothing found');
});

describe('who uses a port', () => {
  test('would be cut off', () => {
    const cut = { protocol: 'TCP', users: ['Service a', 'Ingress <b>'], holds: true };
    const cuts = [
      { ...cut, port: '9090' },
      { ...cut, port: 'x"y', users: ['c'] },
    ] as AuditedWorkload['cuts'];
    expect(article({ cuts })).toContain(
      '<p>Would be cut: <code>9090/TCP</code> of Service a, Ingress &lt;b&gt;; <code>x&quot;y/TCP</code> of c</p>',
    );
  });

  test('is connected now', () => {
    const connected: AuditedWorkload['connected'] = [
      { port: 80, protocol: 'TCP', peers: ['shop/a', '<i>'] },
      { port: 81, protocol: 'TCP', peers: ['shop/b'] },
    ];
    expect(article({ connected })).toContain(
      '<p>Connected now: <code>80/TCP</code> by shop/a, &lt;i&gt;; <code>81/TCP</code> by shop/b</p>',
    );
  });

  test.each<Partial<AuditedWorkload>>([{}, { connected: [] }])('is nobody: %j', (fields) => {
    expect(article(fields)).not.toMatch(/Would be cut|Connected now/);
  });
});

describe('a finding', () => {
  const item = (fields: Parameters<typeof auditFinding>[0], shared = NONE_SHARED) =>
    /<ul>(.*)<\/ul>/s.exec(article({ findings: [auditFinding(fields)] }, shared))?.[1];

  test('refers to what the page says of its check, and has the lines that mend it', () => {
    expect(item({})).toBe(
      '<li><b class="medium"><a href="#PL001">PL001</a> NoPolicy</b> No policy isolates the pods' +
        '<details><summary>Fix</summary><pre>metadata:\n  labels:\n    portlock.dev/mode: enforce</pre></details></li>',
    );
  });

  test('without lines has nothing to unfold', () => {
    expect(item({ patch: null })).toBe(
      '<li><b class="medium"><a href="#PL001">PL001</a> NoPolicy</b> No policy isolates the pods</li>',
    );
  });

  test('whose lines stand elsewhere has them there alone, and the sentence that says the same', () => {
    const { patch } = auditFinding({});
    const others = ['PL003', 'PL001'].flatMap((id) =>
      Array.from({ length: 101 }, (_, index) => ({ id, patch: index < 50 ? 'a: b' : patch })),
    );
    const shared = new SharedFixes(others);
    const mended = { message: 'It is used: do this', fix: 'do this' };
    expect(item({ ...mended, patch: 'a: b' }, shared)).toMatch(/<\/b> It is used<\/li>$/);
    expect(item(mended, shared)).toMatch(/<\/b> It is used <a href="#PL001-1">Fix<\/a><\/li>$/);
    expect(item({ ...mended, message: 'It is used' }, shared)).toContain('It is used <a');
    expect(item({ ...mended, patch: 'c: d' }, shared)).toContain('It is used: do this<details>');
  });

  test.each<[what: string, fields: Parameters<typeof auditFinding>[0], sentence: string]>([
    ['of no check says how to mend it', { fix: 'Set `a`' }, '<p>Set <code>a</code></p>'],
    ['that says so itself does not repeat it', { fix: 'b', message: 'a. b' }, ''],
  ])('%s', (_what, fields, sentence) => {
    const own = item({ id: 'Drift', name: 'Drift', ...fields });
    expect(own).toContain(`<a href="#Drift">Drift</a></b>`);
    expect(own).toContain(`<summary>Fix</summary>${sentence}<pre>`);
  });

  test('of others has no tag of theirs', () => {
    expect(item({ id: '"><b>', name: '<i>', message: '<s>', patch: 'a: <u>\nb: "c"\n' })).toBe(
      '<li><b class="medium"><a href="#%22%3E%3Cb%3E">&quot;&gt;&lt;b&gt;</a> &lt;i&gt;</b> &lt;s&gt;' +
        '<details><summary>Fix</summary><pre>a: &lt;u&gt;\nb: &quot;c&quot;</pre></details></li>',
    );
  });
});
