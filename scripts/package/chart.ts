import { stringify } from 'yaml';
import { chartTemplates } from './chart-templates.ts';
import { CHART_TEST } from './chart-test.ts';
import { chartSchema, chartValues } from './chart-values.ts';
import type { Manifest } from './installation.ts';

/** The package's name, what it is and its version. */
export interface Package {
  readonly name: string;
  readonly description: string;
  readonly version: string;
}

const NOTES = `portlock runs in {{ .Release.Namespace }}. Its pods suit the restricted profile; to demand it there:

  kubectl label namespace {{ .Release.Namespace }} pod-security.kubernetes.io/enforce=restricted
{{- if lt (int .Values.replicas) 2 }}

With one replica there is no peer to prove enforcement with: ENFORCED stays Unknown.
{{- end }}
{{- if and .Values.watchNamespaces .Values.metrics.secure }}

With rights in some namespaces alone it cannot ask who may read metrics, and refuses them to everybody. An administrator grants
config/rbac/metrics-auth-role.yaml and its binding, or metrics.secure=false serves them to everybody.
{{- end }}

Whether this network enforces policies at all:

  helm test {{ .Release.Name }} --namespace {{ .Release.Namespace }}

Opt a workload in, and see what is found:

  kubectl label deployment NAME portlock.dev/mode=audit
  kubectl get portexposurereports
`;

/** The files of the Helm chart, by their path in it. */
export function chart(
  manifests: readonly Manifest[],
  optional: readonly Manifest[],
  { name, description, version }: Package,
): Record<string, string> {
  return {
    'Chart.yaml': stringify({
      apiVersion: 'v2',
      name,
      description,
      type: 'application',
      version,
      appVersion: `v${version}`,
      kubeVersion: '>=1.29.0-0',
    }),
    'values.yaml': chartValues(manifests),
    'values.schema.json': chartSchema(),
    'templates/NOTES.txt': NOTES,
    'templates/tests/check.yaml': CHART_TEST,
    ...chartTemplates([...manifests, ...optional]),
  };
}
