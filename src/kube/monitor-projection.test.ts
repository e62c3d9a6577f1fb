import { describe, expect, test } from 'vitest';
import { projectMonitor } from './monitor-projection.ts';

const metadata = { namespace: 'monitoring', name: 'web' };

/** The ports of the endpoint of a ServiceMonitor. */
function endpointOf(endpoint: unknown) {
  return projectMonitor('ServiceMonitor')({ metadata, spec: { endpoints: [endpoint] } })
    .endpoints[0];
}

/** The ports that these relabelings write into the address. */
function addressPorts(...relabelings: unknown[]) {
  return endpointOf({ relabelings })?.addressPorts;
}

test('a ServiceMonitor keeps what it selects, where, and on which ports', () => {
  const selector = {
    matchLabels: { app: 'web' },
    matchExpressions: [{ key: 'tier', operator: 'In', values: ['a', 'b'] }],
  };
  const wire = {
    metadata,
    spec: {
      selector,
      namespaceSelector: { any: true, matchNames: ['shop', 7] },
      endpoints: [{ port: 'http', portNumber: 80, targetPort: 'metrics', interval: '30s' }],
      podMetricsEndpoints: [{ port: 'other' }],
    },
  };
  expect(projectMonitor('ServiceMonitor')(wire)).toEqual({
    kind: 'ServiceMonitor',
    ...metadata,
    selector,
    namespaceSelector: { any: true, matchNames: ['shop'] },
    endpoints: [{ port: 'http', portNumber: 80, targetPort: 'metrics', addressPorts: [] }],
  });
  expect(projectMonitor('PodMonitor')(wire).endpoints).toMatchObject([{ port: 'other' }]);
});

test.each([{}, { spec: null }, { spec: 7 }, { spec: { selector: 'a', endpoints: {} } }])(
  '%j selects with an empty selector and has no endpoints',
  (wire) => {
    expect(projectMonitor('ServiceMonitor')({ metadata, ...wire })).toEqual({
      kind: 'ServiceMonitor',
      ...metadata,
      selector: { matchLabels: {}, matchExpressions: [] },
      namespaceSelector: { any: false, matchNames: [] },
      endpoints: [],
    });
  },
);

test('an expression that cannot be read is kept, so that it matches nothing', () => {
  const selector = { matchExpressions: [7, { key: 'a', operator: null, values: 'b' }] };
  const { matchExpressions } = projectMonitor('PodMonitor')({
    metadata,
    spec: { selector },
  }).selector;
  expect(matchExpressions).toEqual([
    { key: '', operator: '', values: [] },
    { key: 'a', operator: '', values: [] },
  ]);
});

test.each(['true', 1, null])('any namespace is not selected by %j', (any) => {
  const { namespaceSelector } = projectMonitor('PodMonitor')({
    metadata,
    spec: { namespaceSelector: { any } },
  });
  expect(namespaceSelector.any).toBe(false);
});

test.each([
  ['VMServiceScrape', 'endpoints'],
  ['VMPodScrape', 'podMetricsEndpoints'],
] as const)('a %s is read as its like of the Prometheus Operator', (kind, field) => {
  const relabelConfigs = [
    { targetLabel: '__address__', replacement: '$1:9102' },
    { target_label: '__address__', replacement: '$1:9103' },
    {
      target_label: '__address__',
      source_labels: ['__meta_kubernetes_pod_annotation_example_com_port'],
    },
    {
      targetLabel: '__address__',
      sourceLabels: ['__meta_kubernetes_service_annotation_example_com_port'],
    },
    { target_label: 'instance', replacement: '$1:9104' },
  ];
  const spec = { [field]: [{ port: 'metrics', targetPort: 9101, relabelConfigs }] };
  expect(projectMonitor(kind)({ metadata, spec })).toMatchObject({
    kind,
    endpoints: [
      {
        port: 'metrics',
        targetPort: 9101,
        addressPorts: [9102, 9103],
        addressAnnotations: [
          { of: 'pod', name: 'example_com_port' },
          { of: 'service', name: 'example_com_port' },
        ],
      },
    ],
  });
});

describe('an endpoint', () => {
  test('may name a port by number', () => {
    expect(endpointOf({ targetPort: 9102 })?.targetPort).toBe(9102);
    expect(endpointOf({ targetPort: 70_000 })?.targetPort).toBeUndefined();
  });

  test('that is none has no ports', () => {
    expect(endpointOf(null)).toEqual({
      port: '',
      portNumber: undefined,
      targetPort: undefined,
      addressPorts: [],
    });
  });

  test('may keep what an annotation says in a label of its own before', () => {
    const annotation = '__meta_kubernetes_pod_annotation_example_com_port';
    const relabelings = [
      { sourceLabels: [annotation], targetLabel: '__tmp_first' },
      { source_labels: ['__tmp_first'], target_label: '__tmp_port' },
      { sourceLabels: ['__meta_kubernetes_pod_name'], targetLabel: '__tmp_port' },
      { sourceLabels: ['__meta_kubernetes_pod_annotation_other'], targetLabel: '__tmp_other' },
      { sourceLabels: ['__address__', '__tmp_port'], targetLabel: '__address__' },
    ];
    expect(endpointOf({ relabelings })?.addressAnnotations).toEqual([
      { of: 'pod', name: 'example_com_port' },
    ]);
    // What is written later is not there yet.
    const late = [...relabelings].reverse();
    expect(endpointOf({ relabelings: late })?.addressAnnotations).toBeUndefined();
  });

  test('may read what a label says', () => {
    const sourceLabels = [
      '__meta_kubernetes_pod_label_metrics_port',
      '__meta_kubernetes_pod_container_port_number',
    ];
    const relabelings = [{ sourceLabels, targetLabel: '__address__' }];
    expect(endpointOf({ relabelings })?.addressAnnotations).toEqual([
      { of: 'pod', name: 'metrics_port', isLabel: true },
    ]);
  });

  test('may keep a literal port in a label of its own before', () => {
    const relabelings = [
      { replacement: '9102', targetLabel: '__tmp_port' },
      { replacement: '9103', targetLabel: 'shard' },
      { replacement: 'shop', targetLabel: '__tmp_name' },
      { source_labels: ['__tmp_name', '__tmp_port'], target_label: '__address__' },
    ];
    expect(endpointOf({ relabelings })?.addressPorts).toEqual([9102]);
    expect(endpointOf({ relabelings: [...relabelings].reverse() })?.addressPorts).toEqual([]);
    const whole = [
      { replacement: '$1:9104', targetLabel: '__tmp_address' },
      { replacement: 'elsewhere:9105', targetLabel: '__tmp_address' },
      { sourceLabels: ['__tmp_address'], targetLabel: '__address__' },
    ];
    expect(addressPorts(...whole)).toEqual([9104]);
  });

  test.each(['service', 'endpoints', 'endpointslice'])(
    'has the labels of its Service by the word %s, too',
    (word) => {
      const sourceLabels = [`__meta_kubernetes_${word}_label_metrics_port`];
      const { addressAnnotations } =
        endpointOf({ relabelings: [{ sourceLabels, targetLabel: '__address__' }] }) ?? {};
      expect(addressAnnotations).toEqual([{ of: 'service', name: 'metrics_port', isLabel: true }]);
    },
  );

  test('keeps no more of a name than tells it from every real one', () => {
    const long = 'x'.repeat(100);
    const endpoint = endpointOf({ port: long, targetPort: long });
    expect(endpoint?.port).toBe('x'.repeat(64));
    expect(endpoint?.targetPort).toBe('x'.repeat(64));
  });

  test('goes by labels of annotations alone, and by no more of one than a key may have', () => {
    const relabelings = [
      '__tmp__meta_kubernetes_pod_annotation_port',
      '__meta_kubernetes_node_annotation_port',
      `__meta_kubernetes_pod_annotation_${'x'.repeat(400)}`,
    ].map((label) => ({ sourceLabels: [label], targetLabel: '__address__' }));
    expect(endpointOf({ relabelings })?.addressAnnotations).toEqual([
      { of: 'pod', name: 'x'.repeat(317) },
    ]);
  });

  test.each([
    ['$1:9102', [9102]],
    ['[$1]:1', [1]],
    ['$1:65535', [65_535]],
    ['$1:65536', []],
    ['$1:0', []],
    ['$1:123456', []],
    ['$1:9102/path', []],
    ['$1:$2', []],
    // Whoever is there is asked in the pods' place, as a blackbox exporter is.
    ['blackbox-exporter.monitoring:9115', []],
    ['10.1.2.3:9115', []],
    ['9102', []],
    ['', []],
    [9102, []],
    [undefined, []],
  ])('whose address becomes %j is scraped on %j', (replacement, ports) => {
    expect(addressPorts({ targetLabel: '__address__', replacement })).toEqual(ports);
  });

  test.each([
    ['$1:9121', '__param_target', [9121]],
    ['redis://$1:6379', '__param_target', [6379]],
    ['http://\u0024{1}:9102/health?full=1', '__param_target', [9102]],
    ['http://web.shop:9102', '__param_target', undefined],
    ['http://$1/health', '__param_target', undefined],
    ['$1:9121', 'instance', undefined],
  ])('has an exporter ask %j by %s: %j', (replacement, targetLabel, ports) => {
    expect(endpointOf({ relabelings: [{ replacement, targetLabel }] })?.askedPorts).toEqual(ports);
  });

  test.each(['$', ':1', ':1/', '$:1\n'])(
    'half a megabyte of %j is looked through but once',
    (piece) => {
      const replacement = piece.repeat(500_000 / piece.length);
      const written = ['__address__', '__param_target'].map((targetLabel) => ({
        targetLabel,
        replacement,
      }));
      const before = performance.now();
      endpointOf({ relabelings: [...written, { targetLabel: '__tmp', replacement }] });
      // By the square of its length it takes a minute.
      expect(performance.now() - before).toBeLessThan(5_000);
    },
  );

  test('is scraped on no port that is written into another label', () => {
    expect(addressPorts({ targetLabel: 'instance', replacement: '$1:9102' }, null, 7)).toEqual([]);
  });

  test('keeps no more addresses than anybody needs', () => {
    const relabelings = Array.from({ length: 20 }, (_, index) => ({
      targetLabel: '__address__',
      replacement: `$1:${index + 1}`,
    }));
    expect(addressPorts(...relabelings)).toHaveLength(16);
    expect(addressPorts(...relabelings)?.at(-1)).toBe(16);
  });
});

test.each([
  ['PodMonitoring', false],
  ['ClusterPodMonitoring', true],
] as const)(
  'a %s names ports by name or number, and looks into all namespaces: %s',
  (kind, any) => {
    const spec = { endpoints: [{ port: 'metrics' }, { port: 9102 }] };
    const { endpoints, namespaceSelector } = projectMonitor(kind)({ metadata, spec });
    expect(endpoints.map(({ port, portNumber }) => [port, portNumber])).toEqual([
      ['metrics', undefined],
      ['', 9102],
    ]);
    expect(namespaceSelector.any).toBe(any);
  },
);

test('relabelings that read a label again and again keep no more annotations than anybody needs', () => {
  const annotation = (index: number) => `__meta_kubernetes_pod_annotation_port${index}`;
  const sourceLabels = Array.from({ length: 16 }, (_, index) => annotation(index));
  const relabelings = [
    { sourceLabels, targetLabel: '__tmp' },
    { sourceLabels: Array.from({ length: 50_000 }, () => '__tmp'), targetLabel: '__address__' },
  ];
  const spec = { podMetricsEndpoints: [{ relabelings }] };
  const [endpoint] = projectMonitor('PodMonitor')({ metadata, spec }).endpoints;
  expect(endpoint?.addressAnnotations).toHaveLength(16);
});
