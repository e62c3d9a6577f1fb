/** A query of an alert or a panel. */
export interface NamedQuery {
  name: string;
  expr: string;
}

interface Rules {
  spec: { groups: { rules: { alert: string; expr: string }[] }[] };
}

interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[];
}

/** The queries of a PrometheusRule. */
export function ruleQueries({ spec }: Rules): NamedQuery[] {
  return spec.groups.flatMap(({ rules }) =>
    rules.map(({ alert, expr }) => ({ name: alert, expr })),
  );
}

/** The queries of a Grafana dashboard, with the interval that Grafana puts in. */
export function dashboardQueries({ panels }: Dashboard): NamedQuery[] {
  return panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({ name: title, expr: expr.replaceAll('$__rate_interval', '5m') })),
  );
}

/** A name that is followed by a parenthesis is a function. */
const FUNCTION = /\b[a-z_]+\s*\(/g;
const GROUPING = /\b(?:by|without)\s*\(([^)]*)\)/g;
const SELECTOR = /([a-z_:][a-z0-9_:]*)(?:\{([^}]*)\})?/g;

/** The metrics that a query reads, and the labels by which it selects or groups; enough of PromQL for ours. */
export function usedMetrics(expr: string): { metric: string; labels: string[] }[] {
  const grouped = [...expr.matchAll(GROUPING)].flatMap(([, names = '']) => names.split(/\s*,\s*/));
  const rest = expr
    .replace(GROUPING, ' ')
    .replace(FUNCTION, '(')
    .replace(/\[[^\]]*\]/g, ' ');
  return [...rest.matchAll(SELECTOR)].map(([, metric = '', matchers = '']) => ({
    metric,
    labels: [
      ...[...matchers.matchAll(/(\w+)\s*[=!]~?"?/g)].map(([, label = '']) => label),
      ...grouped,
    ],
  }));
}
