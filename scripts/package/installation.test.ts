import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { chartTemplates } from './chart-templates.ts';
import { installYaml } from './install-yaml.ts';
import { installation, optionalPart } from './installation.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'portlock-package-'));
  write(
    'config/default/kustomization.yaml',
    `resources: [../manager]
labels:
  - includeTemplates: true
    pairs: { team: net }
`,
  );
  write('config/manager/kustomization.yaml', 'resources: [web.yaml, place.yaml]\n');
  write('config/manager/place.yaml', 'kind: Namespace\nmetadata: { name: place }\n');
  write(
    'config/manager/web.yaml',
    `kind: Deployment
metadata: { name: web, namespace: place } # kept
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ image: a:b, args: [] }] } }
`,
  );
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

// biome-ignore lint/suspicious/noExplicitAny: manifests of several kinds
const parsed = (text: string) => parseAllDocuments(text).map((document): any => document.toJS());

describe('the installation in one file', () => {
  it('has namespaces first, and keeps comments', () => {
    const text = installYaml(installation(root));
    expect(parsed(text).map(({ kind }) => kind)).toEqual(['Namespace', 'Deployment']);
    expect(text).toContain('# kept');
  });

  it('has the common labels on objects and pods, and never in selectors', () => {
    const [, { metadata, spec }] = parsed(installYaml(installation(root)));
    expect(metadata.labels).toEqual({ team: 'net' });
    expect(spec.template.metadata.labels).toEqual({ app: 'web', team: 'net' });
    expect(spec.selector.matchLabels).toEqual({ app: 'web' });
  });

  it('is not made where a kustomization says what is not understood', () => {
    write('config/manager/kustomization.yaml', 'resources: [web.yaml]\nnamePrefix: x-\n');
    expect(() => installation(root)).toThrow('config/manager: namePrefix is not understood');
  });

  it('is not made with a kind that has no place in it', () => {
    write('config/manager/place.yaml', 'kind: Secret\nmetadata: { name: s }\n');
    expect(() => installYaml(installation(root))).toThrow('say when a Secret is to be installed');
  });
});

describe('an optional part', () => {
  const add = (folder: string, file: string, text: string) => {
    write(`config/${folder}/kustomization.yaml`, `resources: [${file}]\n`);
    write(`config/${folder}/${file}`, text);
  };

  it('has the labels of the whole', () => {
    add('more', 'more.yaml', 'kind: Service\nmetadata: { name: more }\n');
    const [manifest] = optionalPart(root, 'config/more');
    expect(manifest?.document.toJS().metadata.labels).toEqual({ team: 'net' });
  });

  it('is there where a value says so', () => {
    add('metrics', 'metrics-service.yaml', 'kind: Service\nmetadata: { name: more }\n');
    const text = chartTemplates(optionalPart(root, 'config/metrics'))[
      'templates/metrics-service.yaml'
    ];
    expect(text).toMatch(
      /^{{- if or .Values.metrics.service.enabled .Values.metrics.serviceMonitor.enabled }}\n[\s\S]*\n{{- end }}\n$/,
    );
  });

  it('leaves the templates of Prometheus as they are', () => {
    add(
      'metrics',
      'prometheus-rule.yaml',
      'kind: PrometheusRule\nmetadata: { name: more, labels: {} }\nspec: { summary: "{{ $value }}" }\n',
    );
    const { 'templates/prometheus-rule.yaml': text = '' } = chartTemplates(
      optionalPart(root, 'config/metrics'),
    );
    expect(text).toContain('{{ "{{" }} $value }}');
    expect(text).toContain('{{- with .Values.metrics.prometheusRule.labels }}');
  });

  it('scrapes with a token on https alone', () => {
    const endpoint = '{ port: metrics, scheme: https, bearerTokenFile: /token }';
    add(
      'metrics',
      'service-monitor.yaml',
      `kind: ServiceMonitor\nmetadata: { name: more }\nspec: { endpoints: [${endpoint}] }\n`,
    );
    const { 'templates/service-monitor.yaml': text = '' } = chartTemplates(
      optionalPart(root, 'config/metrics'),
    );
    const [, secure] = /{{- if .Values.metrics.secure }}\n([\s\S]*?){{- end }}/.exec(text) ?? [];
    expect(secure?.trim().split(/\n\s*/)).toEqual(['scheme: https', 'bearerTokenFile: /token']);
    expect(text.match(/https|Token/g)).toHaveLength(2);
  });

  it('is there in each namespace that is watched, and in the own one', () => {
    add(
      'rbac-namespaced',
      'operator-role.yaml',
      'kind: Role\nmetadata:\n  name: more\n  labels: { app.kubernetes.io/instance: x }\n',
    );
    const text = chartTemplates(optionalPart(root, 'config/rbac-namespaced'))[
      'templates/namespaced-operator-role.yaml'
    ];
    expect(text).toContain('uniq (append .Values.watchNamespaces .Release.Namespace)');
    expect(text).toContain('  name: more\n  namespace: {{ $namespace | quote }}\n');
    expect(text).toContain('instance: {{ $.Release.Name | quote }}');
  });
});

describe('the templates of the chart', () => {
  it('leave the namespace to Helm', () => {
    expect(Object.keys(chartTemplates(installation(root)))).toEqual(['templates/web.yaml']);
  });

  it('leave no hole open', () => {
    const text = chartTemplates(installation(root))['templates/web.yaml'];
    expect(text).not.toContain('HOLE');
    expect(text).toContain('replicas: {{ .Values.replicas }}\n');
    expect(text).toContain('namespace: {{ .Release.Namespace | quote }}');
  });

  it('are not made of what Helm would take for a template', () => {
    write('config/manager/place.yaml', 'kind: Role\nmetadata: { name: "{{ x }}" }\n');
    expect(() => chartTemplates(installation(root))).toThrow('place.yaml has braces of its own');
  });
});
