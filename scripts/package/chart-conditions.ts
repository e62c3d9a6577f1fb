/** What stands around a template that not every release has. */
interface Condition {
  readonly before: string;
  readonly after: string;
}

const WIDE = condition('if not .Values.watchNamespaces');
/** One document for each namespace that is watched, the operator's own too. */
const EACH_NAMESPACE: Condition = {
  before: `{{- if .Values.watchNamespaces }}
{{- range $namespace := uniq (append .Values.watchNamespaces .Release.Namespace) }}
---
`,
  after: '{{- end }}\n{{- end }}\n',
};

const ADMISSION = condition('if .Values.admissionPolicies.enabled');

/** By the file in config/ or crds/, the value that decides whether an object is there. */
const CONDITIONS: Readonly<Record<string, Condition>> = {
  'crds/portlock.dev_portexposurereports.yaml': condition('if .Values.crds.enabled'),
  'config/rbac/operator-role.yaml': WIDE,
  'config/rbac/operator-role-binding.yaml': WIDE,
  // Asked in the whole cluster: with rights in some namespaces alone, and for metrics that all may read, it is not granted.
  'config/rbac/metrics-auth-role.yaml': condition(
    'if and (not .Values.watchNamespaces) .Values.metrics.secure',
  ),
  'config/rbac/metrics-auth-role-binding.yaml': condition(
    'if and (not .Values.watchNamespaces) .Values.metrics.secure',
  ),
  'config/rbac-namespaced/operator-role.yaml': EACH_NAMESPACE,
  'config/rbac-namespaced/operator-role-binding.yaml': EACH_NAMESPACE,
  'config/metrics/metrics-service.yaml': condition(
    // A monitor finds the pods by it.
    'if or .Values.metrics.service.enabled .Values.metrics.serviceMonitor.enabled',
  ),
  'config/metrics/service-monitor.yaml': condition('if .Values.metrics.serviceMonitor.enabled'),
  'config/metrics/prometheus-rule.yaml': condition('if .Values.metrics.prometheusRule.enabled'),
};

/** The template as the values want it; what each release has stays as it is. */
export function conditional(file: string, template: string): string {
  const isAdmission = file.startsWith('config/admission/');
  const found = isAdmission ? ADMISSION : CONDITIONS[file];
  if (found === undefined) return template;
  const { before, after } = found;
  return `${before}${found === EACH_NAMESPACE ? inEachNamespace(template) : template}${after}`;
}

/** In a range the dot is the namespace, and the dollar what the dot was. */
function inEachNamespace(template: string): string {
  return template
    .replaceAll('{{ .', '{{ $.')
    .replace(/^( {2}name: .*\n)/m, '$1  namespace: {{ $namespace | quote }}\n');
}

function condition(words: string): Condition {
  return { before: `{{- ${words} }}\n`, after: '{{- end }}\n' };
}
