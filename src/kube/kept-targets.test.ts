import { expect, test } from 'vitest';
import { keptTargets } from './kept-targets.ts';

const CONTAINER = '__meta_kubernetes_pod_container_name';
const SCRAPE = '__meta_kubernetes_pod_annotation_prometheus_io_scrape';

test.each<[string, object, object]>([
  [
    'a container',
    { action: 'keep', sourceLabels: [CONTAINER], regex: 'istio-proxy' },
    { inContainers: ['istio-proxy'] },
  ],
  [
    'one of several, in the other spelling',
    { action: 'Keep', source_labels: [CONTAINER], regex: '^a|b$' },
    { inContainers: ['a', 'b'] },
  ],
  [
    'who is to be scraped',
    { action: 'keep', sourceLabels: [SCRAPE], regex: 'true' },
    { scrapedOnly: true },
  ],
  ['who says anything', { action: 'keep', sourceLabels: [SCRAPE], regex: 'true|false' }, {}],
  ['by a pattern', { action: 'keep', sourceLabels: [CONTAINER], regex: 'istio.*' }, {}],
  ['by no pattern', { action: 'keep', sourceLabels: [CONTAINER] }, {}],
  ['by more labels', { action: 'keep', sourceLabels: [CONTAINER, SCRAPE], regex: 'true' }, {}],
  ['by another label', { action: 'keep', sourceLabels: ['__address__'], regex: 'true' }, {}],
  ['and drops instead', { action: 'drop', sourceLabels: [CONTAINER], regex: 'istio-proxy' }, {}],
  ['by what is no text', { action: 7, sourceLabels: SCRAPE, regex: {} }, {}],
])('relabelings keep %s', (_what, relabeling, expected) => {
  expect(keptTargets([{ targetLabel: 'instance' }, { ...relabeling }])).toEqual(expected);
});

test('of several the first that can be read counts, and none with more names than anybody means', () => {
  const keeping = (regex: string) => ({ action: 'keep', sourceLabels: [CONTAINER], regex });
  const many = keeping(Array(17).fill('a').join('|'));
  expect(keptTargets([many])).toEqual({});
  expect(keptTargets([many, keeping('.*'), keeping('b'), keeping('c')])).toEqual({
    inContainers: ['b'],
  });
});
