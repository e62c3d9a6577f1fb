import { expect, test } from 'vitest';
import { shape, templateUse } from '../../testing/preflight-builders.ts';
import { keptPods } from './kept-pods.ts';

const scraped = (scrape: string | undefined) =>
  shape({ use: templateUse({ scrape: { scrape, port: '9102' } }) });
const MESHED = shape({ use: templateUse({ containers: ['app', 'istio-proxy'] }) });
const PODS = [scraped('true'), scraped('false'), scraped(undefined), MESHED];

test('an endpoint that says nothing of it keeps all', () => {
  expect(keptPods({}, PODS)).toBe(PODS);
});

test('by the name of a container those that have one', () => {
  expect(keptPods({ inContainers: ['istio-proxy', 'other'] }, PODS)).toEqual([MESHED]);
});

test('by the annotation those that are to be scraped', () => {
  expect(keptPods({ scrapedOnly: true }, PODS)).toEqual([PODS[0]]);
  expect(keptPods({ scrapedOnly: true, inContainers: ['istio-proxy'] }, PODS)).toEqual([]);
});
