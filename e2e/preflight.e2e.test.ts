import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { deployment, Namespace } from './harness/deployment.ts';
import { kubectlOf } from './harness/environment.ts';
import type { WireObject } from './harness/kubectl.ts';
import { installOptionalKinds, removeOptionalKinds } from './harness/optional-kinds.ts';
import { reason, status } from './harness/sample.ts';

const kubectl = kubectlOf(inject('environment'));

/** Nobody who uses a port that is not declared is cut off by a label. */
describe('pre-flight', () => {
  let namespace: Namespace;
  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, 'portlock-preflight');
    await installOptionalKinds(kubectl);
  });
  afterAll(async () => {
    await removeOptionalKinds(kubectl);
    await namespace?.remove();
  });

  const service = (name: string, targetPort: number) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, labels: { app: name } },
    spec: { selector: { app: name }, ports: [{ name: 'main', port: 80, targetPort }] },
  });

  test('a Service on an undeclared port holds enforcement, and accept-cuts releases it', async () => {
    await namespace.apply(service('held', 9090));
    await namespace.apply(deployment('held', { mode: 'enforce' }));
    const report = await namespace.report('held', isHeld);
    expect(message(report)).toContain(
      '9090/TCP is used by Service portlock-preflight/held port 80',
    );
    expect(message(report)).toContain('portlock.dev/accept-cuts=9090/TCP');
    expect(report.status.policy.state).toBe('Held');
    expect(status(report, 'Ready')).toBe('True');
    expect(await namespace.find('networkpolicy', 'held-portlock')).toBeUndefined();
    await namespace.run('annotate', 'deployment', 'held', 'portlock.dev/accept-cuts=9090/TCP');
    await namespace.policy('held');
    const released = await namespace.report(
      'held',
      (each) => status(each, 'PreflightPassed') === 'True',
    );
    expect(reason(released, 'PreflightPassed')).toBe('CutsAccepted');
  });

  test('declaring the port releases it too', async () => {
    await namespace.apply(service('mended', 9090));
    await namespace.apply(deployment('mended', { mode: 'enforce' }));
    await namespace.report('mended', isHeld);
    await namespace.run('annotate', 'deployment', 'mended', 'portlock.dev/extra-ports=9090/TCP');
    const { spec } = await namespace.policy('mended');
    expect(spec.ingress[0].ports).toHaveLength(2);
  });

  test('what is found later is told, and withdraws nothing', async () => {
    await namespace.apply(deployment('later', { mode: 'enforce' }));
    const before = await namespace.policy('later');
    await namespace.apply(service('later', 9090));
    const report = await namespace.report(
      'later',
      (each) => status(each, 'PreflightPassed') === 'False',
    );
    expect(status(report, 'PolicyInSync')).toBe('True');
    const after = await namespace.get('networkpolicy', 'later-portlock');
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });

  test.each([
    [
      'Ingress',
      {
        apiVersion: 'networking.k8s.io/v1',
        spec: { defaultBackend: { service: { name: 'NAME', port: { number: 80 } } } },
      },
    ],
    [
      'HTTPRoute',
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        spec: { rules: [{ backendRefs: [{ name: 'NAME', port: 80 }] }] },
      },
    ],
    [
      'TCPRoute',
      {
        apiVersion: 'gateway.networking.k8s.io/v1alpha2',
        spec: { rules: [{ backendRefs: [{ name: 'NAME', port: 80 }] }] },
      },
    ],
    [
      'IngressRoute',
      {
        apiVersion: 'traefik.io/v1alpha1',
        spec: { routes: [{ services: [{ name: 'NAME', port: 'main' }] }] },
      },
    ],
    [
      'Route',
      {
        apiVersion: 'route.openshift.io/v1',
        spec: { to: { kind: 'Service', name: 'NAME' }, port: { targetPort: 9090 } },
      },
    ],
    [
      'VirtualService',
      {
        apiVersion: 'networking.istio.io/v1',
        spec: { hosts: ['NAME'], tcp: [{ route: [{ destination: { host: 'NAME' } }] }] },
      },
    ],
    [
      'ServiceMonitor',
      {
        apiVersion: 'monitoring.coreos.com/v1',
        spec: { selector: { matchLabels: { app: 'NAME' } }, endpoints: [{ port: 'main' }] },
      },
    ],
    [
      'PodMonitor',
      {
        apiVersion: 'monitoring.coreos.com/v1',
        spec: {
          selector: { matchLabels: { app: 'NAME' } },
          podMetricsEndpoints: [{ portNumber: 9090 }],
        },
      },
    ],
  ])('%s is named as a user', async (kind, manifest) => {
    const name = kind.toLowerCase();
    await namespace.apply(service(name, 9090));
    const { spec, apiVersion } = JSON.parse(JSON.stringify(manifest).replaceAll('NAME', name));
    await namespace.apply({ apiVersion, kind, metadata: { name }, spec });
    await namespace.apply(deployment(name, { mode: 'enforce' }));
    const report = await namespace.report(
      name,
      (each) => isHeld(each) && message(each).includes(kind),
    );
    expect(message(report)).toContain(`${kind} portlock-preflight/${name}`);
  });
});

function isHeld(report: WireObject): boolean {
  return reason(report, 'PolicyInSync') === 'PreflightFailed';
}

function message(report: WireObject): string {
  const conditions: { type: string; message: string }[] = report.status?.conditions ?? [];
  return conditions.find(({ type }) => type === 'PreflightPassed')?.message ?? '';
}
