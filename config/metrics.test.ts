import { globSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../src/telemetry/metrics.ts';
import { dashboardQueries, type NamedQuery, ruleQueries, usedMetrics } from './metrics-queries.ts';

const folder = import.meta.dirname;
const rules = parse(readFileSync(path.join(folder, 'metrics/prometheus-rule.yaml'), 'utf8'));
const dashboard = JSON.parse(readFileSync(path.join(folder, 'metrics/dashboard.json'), 'utf8'));
const root = path.join(folder, '..');
const text = (file: string) => readFileSync(path.join(root, file), 'utf8');
const pages = readdirSync(path.join(folder, '../docs/runbooks')).sort();
const alerts = rules.spec.groups.flatMap(({ rules }: { rules: Alert[] }) => rules) as Alert[];

interface Alert {
  alert: string;
  labels: { severity: string };
  annotations: { summary: string; runbook_url: string };
}

/** As prom-client keeps a metric. */
interface Registered {
  name: string;
  labelNames: readonly string[];
  type: unknown;
}

/** What a query may name: metrics of the operator, with the labels that they have. */
const known = new Map<string, readonly string[]>();
for (const metric of createMetrics().registry.getMetricsAsArray()) {
  const { name, labelNames, type } = metric as unknown as Registered;
  known.set(name, labelNames);
  if (String(type) === 'histogram') known.set(`${name}_bucket`, ['le', ...labelNames]);
}
/** What Prometheus adds to each series. */
const OF_TARGETS = ['instance', 'job'];

describe.each<[string, NamedQuery[]]>([
  ['alerts', ruleQueries(rules)],
  ['the dashboard', dashboardQueries(dashboard)],
])('the queries of %s', (_what, queries) => {
  test.each(queries)('$name: $expr', ({ expr }) => {
    const used = usedMetrics(expr);
    expect(used.length).toBeGreaterThan(0);
    for (const { metric, labels } of used) {
      expect([...known.keys()], 'a metric of the operator').toContain(metric);
      const there = [...(known.get(metric) ?? []), ...OF_TARGETS];
      expect(there, `labels of ${metric}`).toEqual(expect.arrayContaining(labels));
    }
  });
});

describe('alerts', () => {
  test('have a page each that says what to do, and there is no other page', () => {
    expect(alerts.map(({ alert }) => `${alert}.md`).sort()).toEqual(pages);
    for (const { alert, annotations } of alerts) {
      expect(annotations.runbook_url).toMatch(new RegExp(`/docs/runbooks/${alert}\\.md$`));
      const page = readFileSync(path.join(folder, `../docs/runbooks/${alert}.md`), 'utf8');
      const parts = [
        `# ${alert}`,
        '**What it means.**',
        '**How to see it.**',
        '**How to mend it.**',
      ];
      for (const part of parts) expect(page).toContain(part);
    }
  });

  test('of what is held have a page with a line for each reason that a decision gives', () => {
    const decided = globSync('src/domain/testdata/decide/*/expected.yaml', { cwd: root });
    const reasons = decided.flatMap((file) => {
      const [, reason] = /PolicyInSync: "?False (\w+)/.exec(text(file)) ?? [];
      return reason ?? [];
    });
    const page = text('docs/runbooks/PortlockHeldForADay.md');
    const lines = page.split('\n').filter((line) => line.startsWith('| `'));
    const named = lines.flatMap((line) => (line.split('|')[1] ?? '').match(/\w+(?=`)/g) ?? []);
    expect(new Set(reasons).size).toBeGreaterThan(10);
    expect(named).toEqual(expect.arrayContaining(reasons));
  });

  test('say how bad it is, in a sentence', () => {
    for (const { labels, annotations } of alerts) {
      expect(['info', 'warning', 'critical']).toContain(labels.severity);
      expect(annotations.summary).not.toBe('');
    }
  });
});

test('every metric of the operator is in a panel or an alert, those aside that only dashboards for controllers show', () => {
  const queries = [...ruleQueries(rules), ...dashboardQueries(dashboard)];
  const used = new Set(
    queries.flatMap(({ expr }) => usedMetrics(expr)).map(({ metric }) => metric),
  );
  const ours = [...known.keys()].filter((name) => name.startsWith('portlock_'));
  const unused = ours.filter((name) => !used.has(name) && !used.has(`${name}_bucket`));
  expect(unused).toEqual([]);
});
