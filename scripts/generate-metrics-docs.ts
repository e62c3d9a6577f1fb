/**
 * Generates docs/metrics.md from the registry of the operator and the alerts of config/metrics. `--check` writes nothing and
 * exits 1 when the committed file is stale.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { createMetrics } from '../src/telemetry/metrics.ts';

/** As prom-client keeps a metric. */
interface Registered {
  name: string;
  help: string;
  type: string | number;
  labelNames: readonly string[];
}

const page = new URL('../docs/metrics.md', import.meta.url);
const { registry } = createMetrics();
const all = registry
  .getMetricsAsArray()
  .map((metric) => metric as unknown as Registered)
  .sort((a, b) => (a.name < b.name ? -1 : 1));
const isOfProcess = ({ name }: Registered) => /^(process|nodejs)_/.test(name);
const isOurs = ({ name }: Registered) => name.startsWith('portlock_');

/** As the resource of the Prometheus operator has it. */
interface Alert {
  alert: string;
  expr: string;
  for?: string;
  labels: { severity: string };
}

const resource = new URL('../config/metrics/prometheus-rule.yaml', import.meta.url);
const alerts: Alert[] = parse(await readFile(resource, 'utf8')).spec.groups.flatMap(
  ({ rules }: { rules: Alert[] }) => rules,
);

function table(metrics: readonly Registered[]): string {
  const rows = metrics.map(({ name, type, labelNames, help }) => {
    // A histogram's buckets have a label of their own.
    const labels = labelNames.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${labels} | ${help} |`;
  });
  return ['| metric | type | labels | what it says |', '|---|---|---|---|', ...rows].join('\n');
}

const text = `# Metrics

Generated from the operator's registry by \`npm run generate\`; do not edit. Each replica has its own: the leader tells of policies, and
each of the workloads that it probes, so that a sum over all replicas is right.

\`/metrics\` is on https at port 8443 (\`--metrics-bind-address\`), for those whose bearer token may get that path: the operator asks
by TokenReview and SubjectAccessReview. The ClusterRole \`portlock-metrics-reader\` grants it:

\`\`\`sh
kubectl create clusterrolebinding portlock-metrics-reader --clusterrole=portlock-metrics-reader --serviceaccount=monitoring:prometheus-k8s
\`\`\`

Each replica makes a certificate for itself, which nobody can verify. One of yours is taken from \`--metrics-cert-path\`, a folder
with \`tls.crt\` and \`tls.key\`. \`--metrics-secure=false\` serves on http to everybody.

| answer | why |
|---|---|
| 401 | no bearer token, or one that the cluster does not know |
| 403 | the account may not get \`/metrics\` |
| 500 | the operator cannot ask; its log says why, as with rights in some namespaces alone |
| 503 | too many tokens that it has not seen yet at once |

## Alerts and a dashboard

\`config/metrics/prometheus-rule.yaml\` has alerts for the Prometheus operator; plain Prometheus takes what is under \`groups\`.

| alert | severity | when |
|---|---|---|
${alerts
  .map(({ alert, labels, expr, for: time }) => {
    const lasting = time ? `, for ${time}` : '';
    return `| [${alert}](runbooks/${alert}.md) | ${labels.severity} | \`${expr}\`${lasting} |`;
  })
  .join('\n')}

\`config/metrics/dashboard.json\` is for Grafana: import it, and choose the data source. The namespace of a series is that of the workload, so a
scrape must keep the labels that the operator gives (\`honorLabels\` of a ServiceMonitor, \`honor_labels\` of a scrape).

## Of portlock

No label is a pod or a port. Of workloads in drift the 500 worst have series of their own; all are counted in
\`portlock_drifting_workloads\`.

${table(all.filter(isOurs))}

## Of the loop

As controller-runtime and client-go name them, for dashboards that know these.

${table(all.filter((each) => !isOurs(each) && !isOfProcess(each)))}

## Of the process

As prom-client names them: ${all
  .filter(isOfProcess)
  .map(({ name }) => `\`${name}\``)
  .join(', ')}.
`;

const current = await readFile(page, 'utf8').catch(() => '');
if (process.argv.includes('--check')) {
  if (current !== text) {
    console.error('docs/metrics.md is stale: run `npm run generate` and commit it.');
    process.exit(1);
  }
} else if (current !== text) {
  await writeFile(page, text);
  console.log('Wrote docs/metrics.md');
}
