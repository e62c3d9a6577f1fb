import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { repository } from '../harness/environment.ts';
import type { WireObject } from '../harness/kubectl.ts';
import { CHART, helm } from './helm.ts';

const RELEASE = ['portlock', CHART, '--namespace', 'portlock-system'];

/** The objects of a stream, by kind and name, as the release and kubectl both install them. */
function objects(text: string): Record<string, WireObject> {
  const all = parseAllDocuments(text).map((document): WireObject => document.toJS());
  return Object.fromEntries(
    all.map((object) => [`${object.kind}/${object.metadata.name}`, object]),
  );
}

async function rendered(...values: string[]): Promise<Record<string, WireObject>> {
  return objects(await helm(['template', ...RELEASE, ...values]));
}

/** The chart without a cluster. */
describe('the chart', () => {
  test('has nothing that Helm finds wrong', async () => {
    expect(await helm(['lint', '--strict', CHART])).toContain('0 chart(s) failed');
  });

  test('gives the objects of dist/install.yaml, but for what is the manager of a release', async () => {
    const text = await readFile(path.join(repository, 'dist/install.yaml'), 'utf8');
    const wanted = objects(text.replaceAll('managed-by: kustomize', 'managed-by: Helm'));
    delete wanted['Namespace/portlock-system'];
    const definition = wanted['CustomResourceDefinition/portexposurereports.portlock.dev'];
    Object.assign(definition?.metadata ?? {}, {
      annotations: { 'helm.sh/resource-policy': 'keep' },
    });
    expect(await rendered()).toEqual(wanted);
  });

  test('takes flags, an image and a place', async () => {
    const { 'Deployment/portlock-controller-manager': deployment } = await rendered(
      '--set=flags.probe-rate=1000000,flags.settle=5s,flags.qps=0',
      '--set=image.repository=registry.example/portlock,image.tag=v9,image.pullPolicy=Never',
      '--set-json=tolerations=[{"operator":"Exists"}]',
      '--set=priorityClassName=system-cluster-critical,replicas=3',
    );
    const { replicas, template } = deployment?.spec ?? {};
    const [container] = template.spec.containers;
    expect(container.args.slice(4)).toEqual(['--probe-rate=1000000', '--qps=0', '--settle=5s']);
    expect(container).toMatchObject({
      image: 'registry.example/portlock:v9',
      imagePullPolicy: 'Never',
    });
    expect(template.spec).toMatchObject({
      tolerations: [{ operator: 'Exists' }],
      priorityClassName: 'system-cluster-critical',
    });
    expect(replicas).toBe(3);
  });

  test.each([
    ['replicas=0', '/replicas'],
    ['flags.probe-rate=fast', '/flags/probe-rate'],
    ['flags.settle=1d', '/flags/settle'],
    ['flags.log-level=loud', '/flags/log-level'],
    ['flags.probe-rat=5', 'probe-rat'],
    ['replica=3', 'replica'],
  ])('says where %s is wrong', async (value, where) => {
    await expect(rendered(`--set=${value}`)).rejects.toThrow(where);
  });
});
