import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { repository } from '../harness/environment.ts';
import type { WireObject } from '../harness/kubectl.ts';
import { CHART, helm } from './helm.ts';

const RELEASE = ['portlock', CHART, '--namespace', 'portlock-system'];

function read(text: string): WireObject[] {
  return parseAllDocuments(text).map((document): WireObject => document.toJS());
}

/** The objects of a stream, by kind and name, as the release and kubectl both install them. */
function objects(text: string): Record<string, WireObject> {
  return Object.fromEntries(
    read(text).map((object) => [`${object.kind}/${object.metadata.name}`, object]),
  );
}

async function rendered(...values: string[]): Promise<Record<string, WireObject>> {
  return objects(await helm(['template', ...RELEASE, '--skip-tests', ...values]));
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

  test('has Roles alone where only some namespaces are watched', async () => {
    const text = await helm(['template', ...RELEASE, '--set=watchNamespaces={shop,pay}']);
    const all = read(text).filter(({ metadata }) => metadata.name === 'portlock-operator');
    const places = all.map(({ kind, metadata }) => `${kind} ${metadata.namespace}`);
    expect(places.sort()).toEqual([
      'Role pay',
      'Role portlock-system',
      'Role shop',
      'RoleBinding pay',
      'RoleBinding portlock-system',
      'RoleBinding shop',
    ]);
    expect(text).toContain('- --watch-namespaces=shop,pay');
  });

  test('has metrics and their monitor, and no definition, by values', async () => {
    const all = await rendered(
      '--set=crds.enabled=false,metrics.service.enabled=true,metrics.serviceMonitor.enabled=true',
      '--set=metrics.serviceMonitor.labels.release=kps,topologySpread=DoNotSchedule',
    );
    expect(Object.keys(all).filter((name) => name.startsWith('CustomResource'))).toEqual([]);
    expect(all['Service/portlock-metrics']).toBeDefined();
    expect(all['ServiceMonitor/portlock-metrics']?.metadata.labels).toMatchObject({
      release: 'kps',
    });
    expect(all['ServiceMonitor/portlock-metrics']?.spec.endpoints[0].scheme).toBe('https');
    expect(all['ClusterRole/portlock-metrics-auth']).toBeDefined();
  });

  test('serves metrics to everybody by a value, and then asks nobody', async () => {
    const all = await rendered('--set=metrics.secure=false,metrics.serviceMonitor.enabled=true');
    const { template } = all['Deployment/portlock-controller-manager']?.spec ?? {};
    expect(template.spec.containers[0].args).toContain('--metrics-secure=false');
    expect(all['ServiceMonitor/portlock-metrics']?.spec.endpoints).toEqual([
      { port: 'metrics', path: '/metrics', honorLabels: true },
    ]);
    expect(all['ClusterRole/portlock-metrics-auth']).toBeUndefined();
  });

  test('has the Service by which a monitor finds the pods', async () => {
    const all = await rendered('--set=metrics.serviceMonitor.enabled=true');
    expect(all['Service/portlock-metrics']).toBeDefined();
  });

  test('leaves the user to a platform that sets one, also of what `helm test` runs', async () => {
    const text = await helm([
      'template',
      ...RELEASE,
      '--set=podSecurityContext.runAsUser=null,podSecurityContext.runAsGroup=null',
    ]);
    const pods = read(text).flatMap(({ kind, spec }) => {
      if (kind === 'Pod') return [spec];
      return kind === 'Deployment' ? [spec.template.spec] : [];
    });
    const context = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
    expect(pods.map(({ securityContext }) => securityContext)).toEqual([context, context]);
  });

  test('keeps texts that look like something else', async () => {
    const { 'Deployment/portlock-controller-manager': deployment } = await rendered(
      '--set-string=priorityClassName=123',
      '--set-json=flags={"exclude-namespaces":"kube-*, shop "}',
    );
    const { priorityClassName, containers } = deployment?.spec.template.spec ?? {};
    expect(priorityClassName).toBe('123');
    expect(containers[0].args.at(-1)).toBe('--exclude-namespaces=kube-*, shop ');
  });

  test('is part of another chart, which turns it on', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'portlock-parent-'));
    try {
      const dependencies = [{ name: 'portlock', version: '*', condition: 'portlock.enabled' }];
      const parent = { apiVersion: 'v2', name: 'parent', version: '0.1.0', dependencies };
      await writeFile(path.join(folder, 'Chart.yaml'), JSON.stringify(parent));
      await cp(CHART, path.join(folder, 'charts/portlock'), { recursive: true });
      const values = '--set=global.team=net,portlock.enabled';
      const [on, off] = [`${values}=true`, `${values}=false`].map((set) =>
        helm(['template', 'parent', folder, set]),
      );
      expect(await on).toContain('kind: Deployment');
      expect(await off).not.toContain('kind: Deployment');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('has the admission policies about its own account, by a value', async () => {
    const text = await helm([
      'template',
      'portlock',
      CHART,
      '--namespace=here',
      '--set=admissionPolicies.enabled=true',
    ]);
    expect(read(text).filter(({ kind }) => kind.startsWith('ValidatingAdmission'))).toHaveLength(6);
    expect(text).toContain("'system:serviceaccount:here:portlock-controller-manager'");
  });

  test('says after an installation what will not do as it stands', async () => {
    const notes = (...values: string[]) =>
      helm(['install', ...RELEASE, '--dry-run=client', ...values]);
    const all = await notes('--set=replicas=1,watchNamespaces={shop}');
    expect(all).toContain('With one replica there is no peer');
    expect(all).toContain('it cannot ask who may read metrics');
    expect(await notes('--set=watchNamespaces={shop},metrics.secure=false')).not.toContain(
      'it cannot ask who',
    );
  });

  test('proves enforcement by `helm test`, with the image of the release', async () => {
    const text = await helm(['template', ...RELEASE, '--show-only=templates/tests/check.yaml']);
    const pod = read(text).find(({ kind }) => kind === 'Pod');
    expect(pod?.metadata).toMatchObject({ annotations: { 'helm.sh/hook': 'test' } });
    const [container] = pod?.spec.containers ?? [];
    expect(container.args).toEqual([
      'check',
      '--namespace=portlock-system',
      `--image=${container.image}`,
      '--like-pod=portlock-check',
    ]);
    // Where a quota wants a limit.
    expect(container.resources.limits.memory).toBe('512Mi');
  });

  test.each([
    ['watchNamespaces={Shop}', '/watchNamespaces/0'],
    ['topologySpread=Never', '/topologySpread'],
    ['crds.enabled=perhaps', '/crds/enabled'],
    ['replicas=0', '/replicas'],
    ['flags.probe-rate=fast', '/flags/probe-rate'],
    ['flags.settle=1d', '/flags/settle'],
    ['image=null', "missing property 'image'"],
    ['metrics.secure=null', "missing property 'secure'"],
    ['flags.settle=0s', '/flags/settle'],
    ['flags.relist-interval=1m', '/flags/relist-interval'],
    ['flags.probe-concurrency=0', '/flags/probe-concurrency'],
    ['flags.exclude-namespaces=Kube', '/flags/exclude-namespaces'],
    ['image.repository=registry.example/portlock:v1', '/image/repository'],
    ['image.tag=a:b', '/image/tag'],
    ['flags.log-level=loud', '/flags/log-level'],
    ['flags.probe-rat=5', 'probe-rat'],
    ['replica=3', 'replica'],
  ])('says where %s is wrong', async (value, where) => {
    await expect(rendered(`--set=${value}`)).rejects.toThrow(where);
  });
});
