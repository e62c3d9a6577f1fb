import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { images } from '../cluster/base-images.ts';
import { removeWebhook, startWebhook } from '../harness/admission-webhook.ts';
import { application } from '../harness/application.ts';
import { deployment, Namespace } from '../harness/deployment.ts';
import { kubectlOf } from '../harness/environment.ts';
import type { WireObject } from '../harness/kubectl.ts';
import { installOptionalKinds, removeOptionalKinds } from '../harness/optional-kinds.ts';
import { reason, status } from '../harness/sample.ts';

const environment = inject('environment');
const kubectl = kubectlOf(environment);

/** What others do to the same pods. */
describe('beside portlock', () => {
  let namespace: Namespace;
  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, 'portlock-beside');
    await installOptionalKinds(kubectl);
  });
  afterAll(async () => {
    await removeOptionalKinds(kubectl);
    await namespace?.remove();
  });

  const tier = (kind: string, name: string, spec: object) => ({
    apiVersion: 'policy.networking.k8s.io/v1alpha1',
    kind,
    metadata: { name },
    spec: {
      subject: {
        namespaces: { matchLabels: { 'kubernetes.io/metadata.name': namespace.name } },
      },
      ...spec,
    },
  });
  const from = [{ namespaces: {} }];

  test('an admin policy that denies a declared port is expected to, and named', async () => {
    await namespace.apply(deployment('tiered', { mode: 'enforce' }));
    await namespace.policy('tiered');
    const ports = [{ portNumber: { port: 8080, protocol: 'TCP' } }];
    const ingress = [{ action: 'Deny', from, ports }];
    await kubectl.apply(tier('AdminNetworkPolicy', 'no-http', { priority: 10, ingress }));
    const report = await namespace.report(
      'tiered',
      (each) => effect(each, 'no-http') !== undefined,
    );
    expect(effect(report, 'no-http')).toBe('Restricts');
    expect(report.status.ports[0]).toMatchObject({ port: 8080, expected: 'Denied' });
    await kubectl.run(['delete', 'adminnetworkpolicy', 'no-http']);
    await namespace.report('tiered', (each) => effect(each, 'no-http') === undefined);
  });

  test('where a baseline policy denies, the label alone opens nothing', async () => {
    const ingress = [{ action: 'Deny', from }];
    await kubectl.apply(tier('BaselineAdminNetworkPolicy', 'default', { ingress }));
    // It has to be known before the label is: another kind is another stream of events.
    await namespace.report('tiered', (each) => effect(each, 'default') !== undefined);
    await namespace.apply(deployment('baseline', { mode: 'enforce' }));
    const report = await namespace.report('baseline', waits);
    expect(message(report)).toContain('BaselineAdminNetworkPolicy/default');
    await namespace.run('annotate', 'deployment', 'baseline', 'portlock.dev/allow-from=any');
    await namespace.policy('baseline');
    await kubectl.run(['delete', 'baselineadminnetworkpolicy', 'default']);
  });

  test.each([
    ['crd.projectcalico.org/v1', 'NetworkPolicy', { selector: 'all()' }],
    ['crd.antrea.io/v1beta1', 'NetworkPolicy', { appliedTo: [{ podSelector: {} }], ingress: [{}] }],
    ['kubeovn.io/v1', 'Subnet', { namespaces: ['portlock-beside'], private: true }],
  ])('a policy of %s makes every expectation Unknown', async (apiVersion, kind, spec) => {
    const [group = ''] = apiVersion.split('/');
    const name = `foreign-${group.replaceAll('.', '-')}`;
    await namespace.apply({ apiVersion, kind, metadata: { name }, spec });
    // It has to be known before the label is.
    await namespace.report('tiered', (each) => effect(each, name) !== undefined);
    await namespace.apply(deployment('foreign', { mode: 'enforce' }));
    const report = await namespace.report(
      'foreign',
      (each) => effect(each, name) === 'Unknown' && waits(each),
    );
    expect(message(report)).toContain(`${kind}.${group}/${name}`);
    expect(report.status.ports[0]).toMatchObject({ port: 8080, expected: 'Unknown' });
    const plural = kind === 'Subnet' ? 'subnets' : 'networkpolicies';
    await namespace.run('delete', `${plural}.${group}`, name);
    await namespace.policy('foreign');
    await namespace.run('delete', 'deployment', 'foreign');
    await namespace.noPolicy('foreign');
  });

  test.skipIf(environment.auditLog === undefined)(
    "a policy of Cilium's own kind holds enforcement, and is named beside a policy in force",
    async () => {
      await namespace.apply({
        apiVersion: 'cilium.io/v2',
        kind: 'CiliumNetworkPolicy',
        metadata: { name: 'l7' },
        spec: {
          endpointSelector: { matchLabels: { app: 'cilium' } },
          ingress: [{ fromEndpoints: [{}], toPorts: [{ ports: [{ port: '9090' }] }] }],
        },
      });
      await namespace.apply(
        application('cilium', {
          mode: 'enforce',
          listens: [8080, 9090],
          declares: [{ containerPort: 8080 }],
        }),
      );
      const report = await namespace.report('cilium', waits);
      expect(message(report)).toContain('CiliumNetworkPolicy.cilium.io/l7');
      await namespace.run('annotate', 'deployment', 'cilium', 'portlock.dev/allow-from=any');
      await namespace.policy('cilium');
      const after = await namespace.report(
        'cilium',
        (each) => reason(each, 'EnforcementVerified') === 'Widened',
      );
      expect(status(after, 'EnforcementVerified')).toBe('Unknown');
      expect(status(after, 'DriftDetected')).toBe('False');
    },
  );

  test('a mesh is recognised by its proxy, and nothing is claimed', async () => {
    const proxy = {
      name: 'linkerd-proxy',
      image: images.agnhost,
      imagePullPolicy: 'Never',
      args: ['pause'],
      ports: [{ name: 'linkerd-proxy', containerPort: 4143 }],
    };
    await namespace.apply(
      application('meshed', {
        mode: 'enforce',
        listens: [8080, 9090],
        declares: [{ containerPort: 8080 }],
        sidecars: [proxy],
      }),
    );
    const { spec } = await namespace.policy('meshed');
    expect(spec.ingress[0].ports).toEqual([
      { port: 4143, protocol: 'TCP' },
      { port: 8080, protocol: 'TCP' },
    ]);
    const report = await namespace.report(
      'meshed',
      (each) => reason(each, 'EnforcementVerified') === 'Linkerd',
    );
    expect(status(report, 'EnforcementVerified')).toBe('Unknown');
    expect(status(report, 'DriftDetected')).toBe('Unknown');
    expect(report.status.ports.map((row: { finding: string }) => row.finding)).toEqual([
      'Unverifiable',
      'Unverifiable',
    ]);
  });

  test('pods of other owners under the selector are named, and not cut off', async () => {
    await namespace.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'bare', labels: { app: 'shared' } },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [
          {
            name: 'bare',
            image: images.agnhost,
            imagePullPolicy: 'Never',
            args: ['pause'],
            ports: [{ containerPort: 7777 }],
          },
        ],
      },
    });
    await namespace.run('wait', 'pod/bare', '--for=condition=Ready', '--timeout=180s');
    await namespace.apply(deployment('shared', { mode: 'enforce' }));
    const report = await namespace.report(
      'shared',
      (each) => reason(each, 'PolicyInSync') === 'PreflightFailed',
    );
    expect(report.status.policy.otherOwners).toEqual(['Pod/bare']);
    expect(message(report, 'PreflightPassed')).toContain('7777/TCP is used by Pod/bare');
    await namespace.run('delete', 'pod', 'bare');
    await namespace.policy('shared');
  });
});

describe('a webhook that injects a sidecar', () => {
  let namespace: Namespace;
  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, 'portlock-injected');
    const sidecar = {
      name: 'proxy',
      image: images.agnhost,
      imagePullPolicy: 'Never',
      args: ['pause'],
      ports: [{ containerPort: 15_090 }],
    };
    const patch = [{ op: 'add', path: '/spec/containers/-', value: sidecar }];
    await startWebhook(kubectl, namespace, { resource: 'pods', patch });
  });
  afterAll(async () => {
    await removeWebhook(kubectl, namespace);
    await namespace.remove();
  });

  test('has its ports allowed, though the template lacks them', async () => {
    await namespace.apply(
      application('web', {
        mode: 'enforce',
        listens: [8080],
        declares: [{ containerPort: 8080 }],
      }),
    );
    const { spec } = await namespace.policy(
      'web',
      (policy) => policy.spec.ingress[0].ports.length === 2,
    );
    expect(spec.ingress[0].ports).toEqual([
      { port: 8080, protocol: 'TCP' },
      { port: 15_090, protocol: 'TCP' },
    ]);
    const { spec: template } = await namespace.get('deployment', 'web');
    expect(template.template.spec.containers).toHaveLength(1);
  });
});

function effect(report: WireObject, name: string): string | undefined {
  const policies: { name: string; effect: string }[] = report.status?.policies ?? [];
  return policies.find((policy) => policy.name === name)?.effect;
}

function waits(report: WireObject): boolean {
  return reason(report, 'PolicyInSync') === 'WouldWiden';
}

function message(report: WireObject, condition = 'PolicyInSync'): string {
  const conditions: { type: string; message: string }[] = report.status?.conditions ?? [];
  return conditions.find(({ type }) => type === condition)?.message ?? '';
}
