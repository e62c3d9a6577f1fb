import { describe, expect, test } from 'vitest';
import { projectEndpointSlice, projectService } from './usage-projections.ts';

const metadata = { namespace: 'shop', name: 'web' };

describe('a Service', () => {
  test('keeps what it selects, how it is reached, and its ports', () => {
    const wire = {
      metadata: {
        ...metadata,
        labels: { app: 'web', odd: 7 },
        annotations: { 'prometheus.io/scrape': 'true' },
      },
      spec: {
        type: 'ClusterIP',
        clusterIP: '10.96.0.1',
        selector: { app: 'web' },
        ports: [{ name: 'http', port: 80, protocol: 'UDP', targetPort: 'web', nodePort: 30_000 }],
      },
    };
    expect(projectService(wire)).toEqual({
      ...metadata,
      labels: { app: 'web' },
      externalName: undefined,
      headless: false,
      exposure: undefined,
      addresses: [],
      selector: { app: 'web' },
      ports: [{ name: 'http', port: 80, protocol: 'UDP', targetPort: 'web' }],
      scrape: { scrape: 'true', port: undefined },
    });
  });

  test.each([{}, { spec: null }, { spec: [] }, { spec: { ports: 'all', selector: 'app' } }])(
    'of %j selects nothing and has no ports',
    (wire) => {
      expect(projectService({ metadata, ...wire })).toEqual({
        ...metadata,
        labels: {},
        externalName: undefined,
        headless: false,
        exposure: undefined,
        addresses: [],
        selector: {},
        ports: [],
        scrape: { scrape: undefined, port: undefined },
      });
    },
  );

  test('may have no address, or be another name', () => {
    expect(projectService({ metadata, spec: { clusterIP: 'None' } }).headless).toBe(true);
    expect(projectService({ metadata, spec: { clusterIP: 'none' } }).headless).toBe(false);
    const externalName = 'db.example.test';
    const named = (type: string) => projectService({ metadata, spec: { type, externalName } });
    expect(named('ExternalName').externalName).toBe(externalName);
    expect(named('ClusterIP').externalName).toBeUndefined();
    expect(projectService({ metadata, spec: { type: 'ExternalName' } }).externalName).toBe('');
  });

  test('says by annotations on which ports load balancers and others ask', () => {
    const annotations = {
      'example.com/metrics-port': '9100',
      'service.beta.kubernetes.io/aws-load-balancer-nlb-target-type': 'ip',
      'service.beta.kubernetes.io/aws-load-balancer-healthcheck-port': '8086',
      'cloud.google.com/neg': '{"exposed_ports":{"80":{}}}',
      'alb.ingress.kubernetes.io/target-type': 'ip',
      'haproxy-ingress.github.io/auth-url': 'svc://auth:81',
    };
    const project = (type: string) =>
      projectService({ metadata: { ...metadata, annotations }, spec: { type } });
    expect(project('LoadBalancer')).toMatchObject({
      annotatedPorts: expect.arrayContaining([{ name: 'example_com_metrics_port', port: 9100 }]),
      healthPort: 8086,
      balancedPorts: [80],
      albHealth: { targetType: 'ip' },
      named: [{ annotation: 'auth-url', namespace: 'shop', service: 'auth', port: 81 }],
    });
    // Without a load balancer of its own nobody asks for its health.
    expect(project('ClusterIP')).not.toHaveProperty('healthPort');
    const plain = projectService({ metadata, spec: { type: 'LoadBalancer' } });
    for (const field of ['annotatedPorts', 'healthPort', 'balancedPorts', 'albHealth', 'named'])
      expect(plain).not.toHaveProperty(field);
  });

  test('has the addresses of its load balancer', () => {
    const ingress = [{ ip: '192.0.2.1' }, { hostname: 'edge.example.test' }, {}, 7];
    const status = { loadBalancer: { ingress } };
    expect(projectService({ metadata, status }).addresses).toEqual([
      '192.0.2.1',
      'edge.example.test',
    ]);
  });

  const externalIPs = ['192.0.2.1'];
  test.each([
    [{}, undefined],
    [{ type: 'ClusterIP', externalIPs: [] }, undefined],
    [{ externalIPs }, 'externalIPs'],
    [{ type: 'NodePort', externalIPs }, 'NodePort'],
    [{ type: 'LoadBalancer' }, 'LoadBalancer'],
    [{ type: 'ExternalName', externalIPs }, undefined],
  ])('of %j is reached from outside of the cluster by %s', (spec, exposure) => {
    expect(projectService({ metadata, spec }).exposure).toBe(exposure);
  });

  test.each([
    ['without a targetPort', {}, undefined],
    ['with null for one', { targetPort: null }, undefined],
    ['with 0 for one', { targetPort: 0 }, undefined],
    ['with an empty one', { targetPort: '' }, undefined],
    ['with a number', { targetPort: 8080 }, 8080],
    ['with a name', { targetPort: 'http' }, 'http'],
  ])('has a port %s', (_, fields, targetPort) => {
    const { ports } = projectService({ metadata, spec: { ports: [{ port: 80, ...fields }] } });
    expect(ports).toEqual([{ name: '', port: 80, protocol: 'TCP', targetPort }]);
  });

  test.each([
    ['no number', { port: undefined }],
    ['port 0', { port: 0 }],
    ['a port by name', { port: 'http' }],
    ['a port that is too large', { port: 65_536 }],
    ['a protocol of another name', { protocol: 'tcp' }],
    ['a targetPort that is too large', { targetPort: 70_000 }],
    ['a targetPort that is none', { targetPort: {} }],
    ['false for a targetPort', { targetPort: false }],
  ])('leads nowhere with %s', (_, fields) => {
    const { ports } = projectService({
      metadata,
      spec: { ports: [{ port: 80, ...fields }, null] },
    });
    expect(ports).toEqual([]);
  });
});

describe('an EndpointSlice', () => {
  const labels = { 'kubernetes.io/service-name': 'web' };
  const slice = {
    metadata: { ...metadata, labels },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 80 }, { port: null, protocol: 'UDP' }, { protocol: 'x' }, null],
    endpoints: [
      { addresses: ['10.0.0.1', 7], conditions: { ready: true } },
      { addresses: ['10.0.0.2'], conditions: { ready: false } },
      { addresses: ['10.0.0.3'], conditions: { ready: null } },
      { addresses: ['10.0.0.4'] },
      { addresses: '10.0.0.5' },
      null,
    ],
  };

  test('keeps the addresses of what somebody wrote, and which are ready', () => {
    expect(projectEndpointSlice(slice)).toEqual({
      ...metadata,
      service: 'web',
      ports: [
        { name: 'http', protocol: 'TCP', port: 80 },
        { name: '', protocol: 'UDP', port: undefined },
        { name: '', protocol: 'TCP', port: undefined },
      ],
      addresses: ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'],
      readyAddresses: ['10.0.0.1', '10.0.0.3', '10.0.0.4'],
    });
  });

  test.each([
    [
      'is made from a selector',
      {
        metadata: {
          ...metadata,
          labels: {
            ...labels,
            'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
          },
        },
      },
    ],
    ['has names for addresses', { addressType: 'FQDN' }],
    ['has endpoints that are none', { endpoints: {} }],
  ])('that %s has no addresses', (_, changes) => {
    const { addresses, readyAddresses, service } = projectEndpointSlice({ ...slice, ...changes });
    expect({ addresses, readyAddresses, service }).toEqual({
      addresses: [],
      readyAddresses: [],
      service: 'web',
    });
  });

  test('of another controller has its addresses', () => {
    const by = {
      'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
    };
    const { addresses, service } = projectEndpointSlice({
      ...slice,
      metadata: { ...metadata, labels: by },
    });
    expect(addresses).toHaveLength(4);
    expect(service).toBe('');
  });
});
