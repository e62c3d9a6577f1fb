import { expect, test } from 'vitest';
import { port } from '../../testing/builders.ts';
import { HTTP, reached, service, shape, templateUse } from '../../testing/preflight-builders.ts';
import { podScrapeUses, serviceScrapeUses } from './annotation.ts';
import { serviceUses } from './service.ts';
import { ANYBODY, podsOf } from './source.ts';

const PORTS = [HTTP, port(53, 'UDP')];

test.each<[string | undefined, string | undefined, number[]]>([
  ['true', '9102', [9102]],
  [' True ', '9102', [9102]],
  ['false', '9102', []],
  ['', '9102', []],
  [undefined, '9102', [9102]],
  [undefined, 'metrics', []],
  ['true', undefined, [8080]],
  ['true', 'metrics', [8080]],
  ['true', '0', [8080]],
  ['true', '65536', [8080]],
  ['true', '1', [1]],
  ['true', '65535', [65_535]],
  ['true', 'x9102', [8080]],
  ['true', '9102x', [8080]],
  ['true', '', [8080]],
])('scrape %j and port %j mean %j', (scrape, scrapedPort, expected) => {
  const annotations = { scrape, port: scrapedPort };
  const pod = shape({ ports: PORTS, use: templateUse({ scrape: annotations }) });
  expect(podScrapeUses(pod).map((use) => use.port)).toEqual(expected);

  const services = reached([service({ ports: [], scrape: annotations })], [pod]);
  expect(serviceUses(services, ANYBODY).map((use) => use.port)).toEqual(expected);
});

test.each<[string | undefined, number, string]>([
  ['9102', 9102, 'annotation prometheus.io/port'],
  [undefined, 8080, 'annotation prometheus.io/scrape'],
])(
  'of port %j it is said which annotation asks for it, and that Prometheus connects',
  (scrapedPort, number, user) => {
    const annotations = { scrape: 'true', port: scrapedPort };
    const pod = shape({ ports: PORTS, use: templateUse({ scrape: annotations }) });
    const use = { port: number, protocol: 'TCP', source: podsOf('Prometheus') };
    expect(podScrapeUses(pod)).toEqual([{ ...use, user }]);
    const scraped = reached([service({ scrape: annotations })], [pod]).get('web');
    expect(scraped && serviceScrapeUses(scraped)).toEqual([
      { ...use, user: `Service shop/web ${user}` },
    ]);
  },
);

test('a port that a vendor reads is used beside those of Prometheus', () => {
  const scrape = {
    scrape: undefined,
    port: undefined,
    collected: [{ key: 'metrics.example.com/port', port: 9102 }],
  };
  const pod = shape({ use: templateUse({ scrape }) });
  const use = { port: 9102, protocol: 'TCP', source: podsOf('the collector of metrics') };
  const user = 'annotation metrics.example.com/port';
  expect(podScrapeUses(pod)).toEqual([{ ...use, user }]);
  const scraped = reached([service({ scrape })], [pod]).get('web');
  expect(scraped && serviceScrapeUses(scraped)).toEqual([
    { ...use, user: `Service shop/web ${user}` },
  ]);
});
