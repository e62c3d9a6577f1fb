import { expect, test } from 'vitest';
import { annotatedPorts, scrapeAnnotations } from './annotated-ports.ts';
import { projectTemplateUse } from './template-use-projection.ts';

test('what is to be scraped stands in two annotations', () => {
  const annotations = {
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': '9102',
    'prometheus.io/path': '/metrics',
  };
  const expected = { scrape: 'true', port: '9102' };
  expect(scrapeAnnotations(annotations)).toEqual(expected);
  expect(projectTemplateUse({ metadata: { annotations } }).scrape).toEqual(expected);
  expect(scrapeAnnotations({ 'prometheus.io/scrape': true, 'prometheus.io/port': 9102 })).toEqual({
    scrape: undefined,
    port: undefined,
  });
});

test.each<[Record<string, string>, string | undefined]>([
  [{ 'sourcegraph.prometheus/scrape': 'true' }, 'true'],
  [{ 'a.example/scrape': 'false', 'b.example/scrape': 'True' }, 'True'],
  [{ 'a.example/scrape': 'false' }, 'false'],
  [{ 'a.example/scrape': 'true', 'prometheus.io/scrape': 'false' }, 'true'],
  [{ 'a.example/scrape': 'false', 'prometheus.io/scrape': 'true' }, 'true'],
  [{ 'a.example/cpu.scrape': 'true', 'prometheus.io/scrape': 'false' }, 'false'],
  [{ 'prometheus.io/scrape-slow': 'true', 'prometheus.io/scrape': 'false' }, 'true'],
  [{ 'prometheus.io/scrape_slow': 'true' }, 'true'],
  [{ 'prometheus.io/scrape-slow': 'false', 'prometheus.io/scrape': 'false' }, 'false'],
  [{ 'a.example/scrapes': 'true', scrape: 'true', 'a.example/no-scrape': 'true' }, undefined],
])(
  'a key of another vendor counts where it is true, or the usual one is not there: %j',
  (keys, expected) => {
    expect(scrapeAnnotations(keys)).toEqual({ scrape: expected, port: undefined });
  },
);

test.each<[string, Record<string, string>, [key: string, port: number][]]>([
  [
    'of Dynatrace',
    { 'metrics.dynatrace.com/scrape': 'true', 'metrics.dynatrace.com/port': '9102' },
    [['metrics.dynatrace.com/port', 9102]],
  ],
  [
    'of Grafana',
    { 'k8s.grafana.com/scrape': ' True ', 'k8s.grafana.com/metrics.portNumber': '9103' },
    [['k8s.grafana.com/metrics.portNumber', 9103]],
  ],
  [
    'that its vendor is told not to ask',
    { 'a.example/scrape': 'false', 'a.example/port': '1' },
    [],
  ],
  [
    'of a vendor who says of what',
    { 'a.example/prometheus-scrape': 'true', 'a.example/prometheus-port': '9187' },
    [['a.example/prometheus-port', 9187]],
  ],
  [
    'of a Prometheus that asks for no key',
    { 'prometheus.a.example/port': '9187' },
    [['prometheus.a.example/port', 9187]],
  ],
  [
    'of a Prometheus that is told not to ask',
    { 'prometheus.a.example/scrape': 'false', 'prometheus.a.example/port': '9187' },
    [],
  ],
  ['that is the usual one', { 'prometheus.io/port': '9187' }, []],
  [
    'of a profiler, by what it profiles',
    { 'profiles.grafana.com/memory.scrape': 'true', 'profiles.grafana.com/memory.port': '6060' },
    [['profiles.grafana.com/memory.port', 6060]],
  ],
  [
    'of a profiler that is told not to ask',
    { 'profiles.grafana.com/cpu.scrape': 'false', 'profiles.grafana.com/cpu.port': '6060' },
    [],
  ],
  [
    'of the usual keys as they once were',
    { 'prometheus.io.scrape': 'true', 'prometheus.io.port': '9104' },
    [['prometheus.io.port', 9104]],
  ],
  [
    'of a vendor who asks for no key',
    { 'promcat.sysdig.com/port': '9104' },
    [['promcat.sysdig.com/port', 9104]],
  ],
  [
    'beside the usual one',
    { 'prometheus.io/port_1': '9105', 'prometheus.io/metricsPort': '9106' },
    [
      ['prometheus.io/port_1', 9105],
      ['prometheus.io/metricsPort', 9106],
    ],
  ],
  [
    'among several',
    { 'prometheus.io/ports': '9105, 9106' },
    [
      ['prometheus.io/ports', 9105],
      ['prometheus.io/ports', 9106],
    ],
  ],
  ['among what are not all ports', { 'prometheus.io/ports': '9105,none' }, []],
  [
    'where nothing is to be scraped',
    { 'prometheus.io/scrape': 'false', 'prometheus.io/port_1': '9105' },
    [],
  ],
  [
    'that a sidecar asks inside of the pod',
    {
      'prometheus.metrics.kuma.io/aggregate-app-port': '1234',
      'consul.hashicorp.com/service-metrics-port': '9102',
    },
    [],
  ],
  [
    'of a vendor of other things',
    {
      'telegraf.example/port': '8086',
      'a.example/metrics-port': '9102',
      'metrics.dynatrace.com/port': '9103',
    },
    [],
  ],
  [
    'of Datadog, beside the host',
    { 'ad.datadoghq.com/app.instances': '[{"host": "%%host%%", "port":"6379"}]' },
    [['ad.datadoghq.com/app.instances', 6379]],
  ],
  [
    'of Datadog, beside another host',
    { 'ad.datadoghq.com/app.instances': '[{"host": "db.example", "port":"6379"}]' },
    [],
  ],
  ['without a word to its vendor', { 'a.example/port': '9102' }, []],
  [
    'with a word that only holds true',
    {
      'a.example/scrape': 'untrue',
      'a.example/port': '1',
      'b.example/scrape': 'true or not',
      'b.example/port': '2',
    },
    [],
  ],
  [
    'beside a key that only begins so',
    { 'a.example/scrape-interval': 'true', 'a.example/port': '9102' },
    [],
  ],
  ['that is none', { 'a.example/scrape': 'true', 'a.example/port': 'metrics' }, []],
  [
    'of Datadog',
    { 'ad.datadoghq.com/app.checks': '{"url":"http://%%host%%:9102/metrics"}' },
    [['ad.datadoghq.com/app.checks', 9102]],
  ],
  [
    'of Datadog, one for each instance',
    {
      'ad.datadoghq.com/endpoints.instances':
        '[{"host":"%%host%%","port":"%%port%%"},{"url":"%%host_bridge%%:1"},{"url":"%%host%%:1"},{"url":"%%host%%:65536"},{"url":"%%host%%:123456"},{"url":"x:2"}]',
    },
    [['ad.datadoghq.com/endpoints.instances', 1]],
  ],
  [
    'of Datadog, on one of several networks',
    { 'ad.datadoghq.com/app.checks': '%%host_my-net%%:9102' },
    [['ad.datadoghq.com/app.checks', 9102]],
  ],
  ['of a domain that only ends so', { 'load.datadoghq.com/app': '%%host%%:9102' }, []],
  ['of the Service itself', { 'ad.datadoghq.com/service.checks': '%%host%%:80' }, []],
  [
    'of Elastic',
    { 'co.elastic.metrics/hosts': '\u0024{data.host}:9102' },
    [['co.elastic.metrics/hosts', 9102]],
  ],
  [
    'of OpenTelemetry',
    { 'io.opentelemetry.discovery.metrics/config': 'endpoint: "http://`endpoint`:9102/metrics"' },
    [['io.opentelemetry.discovery.metrics/config', 9102]],
  ],
  [
    'of OpenTelemetry, switched on',
    {
      'io.opentelemetry.discovery.metrics.80/enabled': 'true',
      'io.opentelemetry.discovery.metrics.80/config': '`endpoint`:9102',
      'io.opentelemetry.discovery.metrics/enabled': 'false',
    },
    [['io.opentelemetry.discovery.metrics.80/config', 9102]],
  ],
  [
    'of OpenTelemetry, switched off',
    {
      'io.opentelemetry.discovery.metrics/enabled': 'false',
      'io.opentelemetry.discovery.metrics/config': '`endpoint`:9102',
    },
    [],
  ],
  ['of nobody who is known', { 'a.example/hosts': '%%host%%:9102' }, []],
])('a port %s is collected or not: %j', (_whose, annotations, expected) => {
  const { scrape, collected = [] } = scrapeAnnotations(annotations);
  expect(collected.map(({ key, port }) => [key, port])).toEqual(expected);
  // Who has a port of its own asks for no other.
  if (expected.length > 0) expect(scrape).toBe(annotations['prometheus.io/scrape']);
});

test('a port beside a key that says scrape may have a word of its own', () => {
  const { collected } = scrapeAnnotations({
    'a.example/scrape': 'true',
    'a.example/metrics-port': '9102',
    'b.example/scrape': 'false',
    'b.example/metrics-port': '9103',
  });
  expect(collected).toEqual([{ key: 'a.example/metrics-port', port: 9102 }]);
});

test('ports of vendors stand beside the usual one, as many as anybody needs', () => {
  const vendors = Array.from({ length: 99 }, (_, index) => [
    [`v${index}.example/scrape`, 'true'],
    [`v${index}.example/port`, '9102'],
  ]).flat();
  const usual = { 'prometheus.io/scrape': 'false', 'prometheus.io/port': '9103' };
  const { scrape, port, collected } = scrapeAnnotations({
    ...usual,
    ...Object.fromEntries(vendors),
  });
  expect({ scrape, port }).toEqual({ scrape: 'false', port: '9103' });
  expect(collected).toHaveLength(16);
});

test('annotations that are a port, or speak of some and list them, are kept by their label, and so are labels', () => {
  const annotations = {
    'prometheus.io/port': '10254',
    'example.com/metricsPort': '9600',
    'example.com/report': 'x1',
    'example.com/other': '80',
    'example.com/others': ':80',
    'example.com/ports-of-hosts': '10.0.0.1:9601/metrics;:9602',
    'controller.kubernetes.io/pod-deletion-cost': '7',
    'example.com/port': 80,
    'example.com/ports': '0',
    'example.com/port-signed': '+80',
    'example.com/port-fraction': '80.0',
  };
  const labels = { 'metrics-port': '9601', app: '9602' };
  expect(annotatedPorts({ annotations, labels })).toEqual([
    { name: 'prometheus_io_port', port: 10_254 },
    { name: 'example_com_metricsPort', port: 9600 },
    { name: 'example_com_ports_of_hosts', port: 9601 },
    { name: 'example_com_ports_of_hosts', port: 9602 },
    { name: 'example_com_other', port: 80 },
    { name: 'metrics_port', port: 9601, isLabel: true },
  ]);
  const many = Array.from({ length: 99 }, (_, index) => [`port-${index}`, '80']);
  expect(annotatedPorts({ annotations: Object.fromEntries(many) })).toHaveLength(16);
  const numbers = Array.from({ length: 99 }, (_, index) => [`retries-${index}`, '80']);
  const found = annotatedPorts({ annotations: { ...Object.fromEntries(numbers), port: '9600' } });
  expect(found).toHaveLength(16);
  expect(found[0]).toEqual({ name: 'port', port: 9600 });
});
