import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import winston from 'winston';
import { PODS, SERVICES } from '../kube/resources.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { MalformedObjects } from './malformed-objects.ts';

/** What is told, and the lines of the log that come of it. */
function listening() {
  const lines: { object: string; resource: string; wrong: string }[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const log = createLog('warn');
  log.clear().add(new winston.transports.Stream({ stream }));
  const metrics = createMetrics();
  return { lines, metrics, malformed: new MalformedObjects(log, metrics) };
}

test('each reading is counted, and each object is named once', async () => {
  const { lines, metrics, malformed } = listening();
  malformed.tell(PODS, 'shop/web', 'spec.containers');
  malformed.tell(PODS, 'shop/web', 'status.podIPs');
  malformed.tell(SERVICES, 'shop/web', 'spec.ports');
  expect(lines.map(({ resource, object, wrong }) => [resource, object, wrong])).toEqual([
    ['pods', 'shop/web', 'spec.containers'],
    ['services', 'shop/web', 'spec.ports'],
  ]);
  expect((await metrics.malformedObjects.get()).values).toEqual([
    { labels: { resource: 'pods' }, value: 2 },
    { labels: { resource: 'services' }, value: 1 },
  ]);
});

test('of more than it remembers the oldest is forgotten, and the newest is not', () => {
  const { lines, malformed } = listening();
  for (let index = 0; index <= 1_000; index += 1) malformed.tell(PODS, `shop/${index}`, 'spec');
  malformed.tell(PODS, 'shop/1000', 'spec');
  malformed.tell(PODS, 'shop/1', 'spec');
  expect(lines).toHaveLength(1_001);
  malformed.tell(PODS, 'shop/0', 'spec');
  expect(lines).toHaveLength(1_002);
});
