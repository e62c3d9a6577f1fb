import { expect, test } from 'vitest';
import { decide } from '../domain/decide.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { probed, snapshot } from '../testing/builders.ts';
import { measure } from './measure.ts';

test('workloads of two kinds with one name have a gauge each, and one that goes leaves the other', async () => {
  const { undeclaredReachable } = createMetrics();
  const plan = decide(probed(snapshot(), { open: [8080], otherwise: 'filtered' }));
  for (const kind of ['Deployment', 'StatefulSet'])
    measure(`${kind}/shop/web`, plan, { undeclaredReachable });
  measure('StatefulSet/shop/web', undefined, { undeclaredReachable });
  expect((await undeclaredReachable.get()).values).toEqual([
    { labels: { namespace: 'shop', kind: 'Deployment', name: 'web' }, value: 0 },
  ]);
});
