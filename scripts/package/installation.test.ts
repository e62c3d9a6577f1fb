import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { chartTemplates } from './chart-templates.ts';
import { installYaml } from './install-yaml.ts';
import { installation } from './installation.ts';

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
