import { describe, expect, test } from 'vitest';
import { namespace, pod, template, workload } from '../../testing/builders.ts';
import { type Mesh, meshesOf, meshOfRollout } from './mesh.ts';
import type { Namespace, Pod } from './workload.ts';

type Marks = Partial<Pick<Namespace, 'labels' | 'annotations'>>;

const marked = (marks: Marks) => workload({ template: template(marks) });
const reasonsOf = (ofTemplate: Marks, ofNamespace: Marks = {}, pods: readonly Pod[] = []) =>
  meshesOf(marked(ofTemplate), namespace(ofNamespace), pods).map(({ reason }) => reason);
const withContainer = (name: string) => pod({ use: { ...pod().use, containers: ['app', name] } });

describe('of pods that are to come', () => {
  test.each<[string, Mesh['reason'][], Marks, Marks]>([
    ['nothing says so', [], {}, {}],
    [
      'the namespace injects Istio',
      ['IstioSidecar'],
      {},
      { labels: { 'istio-injection': 'enabled' } },
    ],
    ['the namespace does not', [], {}, { labels: { 'istio-injection': 'disabled' } }],
    [
      'the namespace has a revision of Istio',
      ['IstioSidecar'],
      {},
      { labels: { 'istio.io/rev': 'canary' } },
    ],
    [
      'the namespace has a revision, and does not inject',
      [],
      {},
      { labels: { 'istio.io/rev': 'canary', 'istio-injection': 'disabled' } },
    ],
    [
      'the template has a revision of Istio',
      ['IstioSidecar'],
      { labels: { 'istio.io/rev': 'canary' } },
      {},
    ],
    [
      'the template has a revision, and the namespace does not inject',
      [],
      { labels: { 'istio.io/rev': 'canary' } },
      { labels: { 'istio-injection': 'disabled' } },
    ],
    [
      'the template has a revision, and stays out',
      [],
      { labels: { 'istio.io/rev': 'canary', 'sidecar.istio.io/inject': 'false' } },
      {},
    ],
    [
      'the template stays out of the namespace’s injection',
      [],
      { labels: { 'sidecar.istio.io/inject': 'false' } },
      { labels: { 'istio-injection': 'enabled' } },
    ],
    [
      'the template stays out by an annotation',
      [],
      { annotations: { 'sidecar.istio.io/inject': 'false' } },
      { labels: { 'istio-injection': 'enabled' } },
    ],
    [
      'the label counts before the annotation',
      ['IstioSidecar'],
      {
        labels: { 'sidecar.istio.io/inject': 'true' },
        annotations: { 'sidecar.istio.io/inject': 'false' },
      },
      {},
    ],
    [
      'the namespace is ambient',
      ['IstioAmbient'],
      {},
      { labels: { 'istio.io/dataplane-mode': 'ambient' } },
    ],
    [
      'the template is not, in a namespace that is ambient',
      [],
      { labels: { 'istio.io/dataplane-mode': 'none' } },
      { labels: { 'istio.io/dataplane-mode': 'ambient' } },
    ],
    [
      'the namespace injects Linkerd',
      ['Linkerd'],
      {},
      { annotations: { 'linkerd.io/inject': 'enabled' } },
    ],
    [
      'the template is an ingress of Linkerd',
      ['Linkerd'],
      { annotations: { 'linkerd.io/inject': 'ingress' } },
      {},
    ],
    [
      'the template stays out of the namespace’s Linkerd',
      [],
      { annotations: { 'linkerd.io/inject': 'disabled' } },
      { annotations: { 'linkerd.io/inject': 'enabled' } },
    ],
    [
      'the template asks for Consul',
      ['Consul'],
      { annotations: { 'consul.hashicorp.com/connect-inject': 'true' } },
      {},
    ],
    [
      'the template stays out of Consul',
      [],
      { annotations: { 'consul.hashicorp.com/connect-inject': 'false' } },
      {},
    ],
    [
      'the namespace injects Kuma',
      ['Kuma'],
      {},
      { labels: { 'kuma.io/sidecar-injection': 'true' } },
    ],
    [
      'the template asks for Kuma',
      ['Kuma'],
      { labels: { 'kuma.io/sidecar-injection': 'enabled' } },
      {},
    ],
    [
      'the template stays out of the namespace’s Kuma',
      [],
      { labels: { 'kuma.io/sidecar-injection': 'disabled' } },
      { labels: { 'kuma.io/sidecar-injection': 'enabled' } },
    ],
  ])('%s: %j', (_what, expected, ofTemplate, ofNamespace) => {
    expect(reasonsOf(ofTemplate, ofNamespace)).toEqual(expected);
  });
});

describe('of pods that live', () => {
  test.each<[string, Mesh['reason'][], Pod]>([
    ['no proxy', [], pod()],
    ['the proxy of Istio', ['IstioSidecar'], withContainer('istio-proxy')],
    ['the proxy of Linkerd', ['Linkerd'], withContainer('linkerd-proxy')],
    ['the sidecar of Kuma', ['Kuma'], withContainer('kuma-sidecar')],
    ['a dataplane of Consul', ['Consul'], withContainer('consul-dataplane')],
    ['one of several dataplanes', ['Consul'], withContainer('consul-dataplane-web')],
    ['a container that begins like one', [], withContainer('consul-dataplanes')],
    ['a container that ends like one', [], withContainer('my-consul-dataplane')],
    [
      'captured by ambient',
      ['IstioAmbient'],
      pod({ annotations: { 'ambient.istio.io/redirection': 'enabled' } }),
    ],
    [
      'not captured by ambient',
      [],
      pod({ annotations: { 'ambient.istio.io/redirection': 'disabled' } }),
    ],
    [
      'redirected to Envoy on the way in',
      ['CiliumEnvoy'],
      pod({ annotations: { 'policy.cilium.io/proxy-visibility': '<Ingress/80/TCP/HTTP>' } }),
    ],
    [
      'redirected to Envoy on the way out alone',
      [],
      pod({ annotations: { 'policy.cilium.io/proxy-visibility': '<Egress/53/UDP/DNS>' } }),
    ],
  ])('%s: %j', (_what, expected, live) => {
    expect(reasonsOf({}, {}, [live])).toEqual(expected);
  });

  test('they count before the template, which pods that have ended do not', () => {
    const linkerd = { annotations: { 'linkerd.io/inject': 'enabled' } };
    expect(reasonsOf(linkerd, {}, [pod()])).toEqual([]);
    expect(reasonsOf(linkerd, {}, [pod({ live: false })])).toEqual(['Linkerd']);
  });

  test('each mesh is named once, in one order, with those of policies', () => {
    const ofPolicies: Mesh[] = [{ reason: 'Kuma', message: 'not of the list' }];
    const pods = [
      withContainer('linkerd-proxy'),
      withContainer('istio-proxy'),
      withContainer('linkerd-proxy'),
    ];
    const found = meshesOf(workload(), namespace(), pods, ofPolicies);
    expect(found.map(({ reason }) => reason)).toEqual(['IstioSidecar', 'Linkerd']);
  });
});

describe('of a rollout', () => {
  const consul = { 'consul.hashicorp.com/connect-inject': 'true' };
  const rollout = (marks: Marks, pods: readonly Pod[]) =>
    meshOfRollout(marked(marks), pods)?.reason;

  test.each<[string, Mesh['reason'], Marks]>([
    ['Consul', 'Consul', { annotations: consul }],
    ['Kuma', 'Kuma', { labels: { 'kuma.io/sidecar-injection': 'enabled' } }],
    ['Istio', 'IstioSidecar', { labels: { 'sidecar.istio.io/inject': 'true' } }],
    ['ambient', 'IstioAmbient', { labels: { 'istio.io/dataplane-mode': 'ambient' } }],
  ])(
    '%s comes with a mark that no live pod has, and not with one that any has',
    (_, reason, marks) => {
      expect(rollout(marks, [pod()])).toBe(reason);
      expect(rollout(marks, [pod(), pod(marks)])).toBeUndefined();
    },
  );

  test('pods that have ended have no say, and without live ones there is no rollout', () => {
    expect(
      rollout({ annotations: consul }, [pod(), pod({ annotations: consul, live: false })]),
    ).toBe('Consul');
    expect(rollout({ annotations: consul }, [pod({ live: false })])).toBeUndefined();
    expect(rollout({ annotations: consul }, [])).toBeUndefined();
  });

  test('Linkerd brings a container that declares the port', () => {
    expect(rollout({ annotations: { 'linkerd.io/inject': 'enabled' } }, [pod()])).toBeUndefined();
  });
});

test.each([
  ['true', true],
  ['True', true],
  ['1', true],
  ['t', true],
  ['false', false],
  ['yes', false],
  ['', false],
])('Consul reads connect-inject %j as %s, so that its port is used', (value, isInjected) => {
  const annotations = { 'consul.hashicorp.com/connect-inject': value };
  const meshes = meshesOf(workload({ template: template({ annotations }) }), namespace(), []);
  expect(meshes.map(({ port }) => port)).toEqual(isInjected ? [20_000] : []);
});

describe('the port of Linkerd is', () => {
  const inject = { 'linkerd.io/inject': 'enabled' };
  const at = (port: string) => ({ annotations: { ...inject, [KEY]: port } });
  const KEY = 'config.linkerd.io/inbound-port';
  const proxied = (port: number, name = 'linkerd-proxy') => ({
    ...withContainer('linkerd-proxy'),
    ports: [
      { name: 'http', port: 8080, protocol: 'TCP' as const, container: 'app' },
      { name, port, protocol: 'TCP' as const, container: 'linkerd-proxy' },
    ],
  });

  test.each<[string, number[], Marks, Marks, Pod[]]>([
    ['4143', [4143], { annotations: inject }, {}, []],
    ['what the template says', [5143], at('5143'), {}, []],
    [
      'what the namespace says',
      [5143],
      { annotations: inject },
      { annotations: { [KEY]: '5143' } },
      [],
    ],
    ['what the template says before the namespace', [5143], at('5143'), at('6143'), []],
    ['4143 where that is no port', [4143], at('65536'), {}, []],
    ['4143 where that is no number', [4143], at('0x1'), {}, []],
    ['what the proxy of a pod declares', [5143], at('6143'), {}, [proxied(5143)]],
    ['what the proxies of all pods declare', [4143, 5143], {}, {}, [proxied(4143), proxied(5143)]],
    [
      'said where the proxy has a port for metrics alone',
      [5143],
      at('5143'),
      {},
      [proxied(4191, 'linkerd-admin')],
    ],
    ['none of pods without a proxy', [4143], {}, {}, [pod(), proxied(4143)]],
  ])('%s', (_what, expected, ofTemplate, ofNamespace, pods) => {
    const meshes = meshesOf(marked(ofTemplate), namespace(ofNamespace), pods);
    expect(meshes.map(({ port }) => port)).toEqual(expected);
    expect(meshes.every(({ port, message }) => message.includes(`port ${port},`))).toBe(true);
  });
});

describe('several Consul services of a pod have a port each', () => {
  const dataplanes = (...names: string[]) => {
    const { use } = pod();
    return pod({ use: { ...use, containers: ['app', ...names] } });
  };
  const asked = { 'consul.hashicorp.com/connect-inject': 'true' };
  const services = (names: string) => ({ ...asked, 'consul.hashicorp.com/connect-service': names });
  const portsOf = (annotations: Record<string, string>, pods: Pod[]) =>
    meshesOf(
      workload({ template: { ...workload().template, annotations } }),
      namespace(),
      pods,
    ).map(({ port }) => port);

  test('as live pods show', () => {
    const [one, two] = [
      dataplanes('consul-dataplane'),
      dataplanes('consul-dataplane-a', 'consul-dataplane-b'),
    ];
    expect(portsOf({}, [one])).toEqual([20_000]);
    expect(portsOf(services('a,b,c'), [one, two])).toEqual([20_000, 20_001]);
  });

  test('as the template says before there are any, and no more than any pod has', () => {
    expect(portsOf(asked, [])).toEqual([20_000]);
    expect(portsOf(services('a,b,c'), [])).toEqual([20_000, 20_001, 20_002]);
    expect(portsOf(services(','.repeat(99)), [])).toHaveLength(32);
  });
});
