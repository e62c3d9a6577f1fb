import path from 'node:path';
import { type Document, type Scalar, stringify, type YAMLMap } from 'yaml';
import { conditional } from './chart-conditions.ts';
import type { Manifest } from './installation.ts';
import { printed } from './printed.ts';

type Path = readonly (string | number)[];

const CONTAINER = ['spec', 'template', 'spec', 'containers', 0];
const POD = ['spec', 'template', 'spec'];

/** Values that a release decides; where the object lacks the place, nothing is put there. */
const SCALARS: readonly [place: Path, template: string][] = [
  [['metadata', 'namespace'], '{{ .Release.Namespace | quote }}'],
  [['subjects', 0, 'namespace'], '{{ .Release.Namespace | quote }}'],
  ...[['metadata'], ['spec', 'template', 'metadata']].flatMap((at): [Path, string][] => [
    [[...at, 'labels', 'app.kubernetes.io/instance'], '{{ .Release.Name | quote }}'],
    [[...at, 'labels', 'app.kubernetes.io/managed-by'], '{{ .Release.Service }}'],
    [[...at, 'labels', 'app.kubernetes.io/version'], '{{ .Chart.AppVersion }}'],
  ]),
  [['spec', 'replicas'], '{{ .Values.replicas }}'],
  [[...POD, 'topologySpreadConstraints', 0, 'whenUnsatisfiable'], '{{ .Values.topologySpread }}'],
  [
    [...CONTAINER, 'image'],
    '"{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"',
  ],
];

/** Whole blocks, left out where the value is empty; in a Deployment alone. */
const BLOCKS: readonly [parent: Path, key: string, value: string][] = [
  [POD, 'securityContext', 'podSecurityContext'],
  [POD, 'nodeSelector', 'nodeSelector'],
  [POD, 'tolerations', 'tolerations'],
  [POD, 'affinity', 'affinity'],
  [POD, 'priorityClassName', 'priorityClassName'],
  [POD, 'imagePullSecrets', 'imagePullSecrets'],
  [CONTAINER, 'imagePullPolicy', 'image.pullPolicy'],
  [CONTAINER, 'resources', 'resources'],
];

/** As admission policies name the operator. */
const ACCOUNT = 'system:serviceaccount:portlock-system:';

const FLAGS = `{{- if not .Values.metrics.secure }}
- --metrics-secure=false
{{- end }}
{{- with .Values.watchNamespaces }}
- --watch-namespaces={{ join "," . }}
{{- end }}
{{- range $flag, $value := .Values.flags }}
- {{ printf "--%s=%v" $flag (kindIs "string" $value | ternary $value (int64 $value)) | quote }}
{{- end }}`;

/** The value with labels by which Prometheus chooses what is of these kinds: whoever installed it knows them. */
const CHOSEN_BY_LABELS: Readonly<Record<string, string>> = {
  ServiceMonitor: 'metrics.serviceMonitor.labels',
  PrometheusRule: 'metrics.prometheusRule.labels',
};
/** Prometheus has templates of its own, in annotations of alerts, which Helm must leave as they are. */
const HAS_TEMPLATES = 'PrometheusRule';

/** What of a scrape goes with https. */
const SECURE_SCRAPE = ['scheme', 'bearerTokenFile', 'tlsConfig'];

/** The files of the chart's templates folder, by name. The namespace is Helm's: it has to be there before a release. */
export function chartTemplates(manifests: readonly Manifest[]): Record<string, string> {
  const wanted = manifests.filter(({ document }) => document.get('kind') !== 'Namespace');
  return Object.fromEntries(
    wanted.map(({ file, document }) => {
      if (document.get('kind') !== HAS_TEMPLATES && printed(document).includes('{{'))
        throw new Error(`${file} has braces of its own`);
      return [`templates/${templateName(file)}`, conditional(file, template(document.clone()))];
    }),
  );
}

const PREFIXES = [
  ['config/rbac-namespaced/', 'namespaced-'],
  ['config/admission/', 'admission-'],
] as const;

/** Files of one name are in several folders. */
function templateName(file: string): string {
  const [, prefix = ''] = PREFIXES.find(([folder]) => file.startsWith(folder)) ?? [];
  return prefix + path.basename(file);
}

function template(document: Document): string {
  const holes: string[] = [];
  const hole = (text: string) => `HOLE_${holes.push(text) - 1}_`;
  for (const [place, text] of SCALARS) {
    if (document.hasIn(place)) document.setIn(place, hole(text));
  }
  if (document.get('kind') === 'Deployment') {
    for (const [parent, key, value] of BLOCKS) {
      document.deleteIn([...parent, key]);
      document.setIn([...parent, hole(block(key, value))], null);
    }
    document.addIn([...CONTAINER, 'args'], hole(FLAGS));
    // What it says of overlays is not true of values.
    const container = document.getIn(CONTAINER) as YAMLMap<Scalar, unknown>;
    const image = container.items.find(({ key }) => key.value === 'image');
    if (image) image.key.commentBefore = null;
  }
  const kind = String(document.get('kind'));
  if (kind in CHOSEN_BY_LABELS) {
    const value = CHOSEN_BY_LABELS[kind];
    const labels = `{{- with .Values.${value} }}\n{{- toYaml . | nindent SAME }}\n{{- end }}`;
    document.setIn(['metadata', 'labels', hole(labels)], null);
  }
  if (kind === 'ServiceMonitor') {
    const endpoint = document.getIn(['spec', 'endpoints', 0]) as YAMLMap;
    const secure = Object.entries(endpoint.toJS(document)).filter(([key]) =>
      SECURE_SCRAPE.includes(key),
    );
    for (const [key] of secure) endpoint.delete(key);
    const lines = stringify(Object.fromEntries(secure)).trimEnd();
    document.setIn(
      ['spec', 'endpoints', 0, hole(`{{- if .Values.metrics.secure }}\n${lines}\n{{- end }}`)],
      null,
    );
  }
  if (document.get('kind') === 'CustomResourceDefinition') {
    // Without it an uninstall would take every report of the cluster with it.
    document.setIn(['metadata', 'annotations', 'helm.sh/resource-policy'], 'keep');
  }
  return printed(document)
    .replaceAll('{{', '{{ "{{" }}')
    .replace(/^( *)(?:- )?HOLE_(\d+)_(?:: null|:)?$/gm, (_line, indent: string, index: string) =>
      indented(holes[Number(index)] ?? '', indent),
    )
    .replace(/HOLE_(\d+)_/g, (_hole, index) => holes[Number(index)] ?? '')
    .replaceAll(ACCOUNT, ACCOUNT.replace('portlock-system', '{{ .Release.Namespace }}'));
}

function block(key: string, value: string): string {
  const isScalar = key === 'priorityClassName' || key === 'imagePullPolicy';
  const inner = isScalar
    ? `${key}: {{ . | quote }}`
    : `${key}:\n  {{- toYaml . | nindent INDENT }}`;
  return `{{- with .Values.${value} }}\n${inner}\n{{- end }}`;
}

function indented(text: string, indent: string): string {
  return text
    .split('\n')
    .map(
      (line) =>
        indent +
        line.replace('INDENT', String(indent.length + 2)).replace('SAME', String(indent.length)),
    )
    .join('\n');
}
