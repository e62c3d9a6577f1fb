import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { images } from '../cluster/base-images.ts';
import { application } from '../harness/application.ts';
import { Namespace } from '../harness/deployment.ts';
import { kubectlOf } from '../harness/environment.ts';
import { eventually } from '../harness/eventually.ts';
import type { WireObject } from '../harness/kubectl.ts';
import { status, undeclaredReachable } from '../harness/sample.ts';

const kubectl = kubectlOf(inject('environment'));
let namespace: Namespace;
beforeAll(async () => {
  namespace = await Namespace.create(kubectl, 'portlock-address-reuse');
});
afterAll(() => namespace?.remove());

/** Longer than two rounds that are thrown away, and the wait between them. */
const TWO_ROUNDS = 15_000;

test('what is read from an address that another pod has, too, is thrown away', async () => {
  const shape = { listens: [8080, 9090], declares: [{ containerPort: 8080 }] };
  await namespace.apply(application('web', shape));
  const { items } = await eventually(
    'a ready pod',
    () => namespace.get('pods', '--selector', 'app=web'),
    (pods) => pods.items.some(isReady),
  );
  const ip: string = items.find(isReady).status.podIP;
  await giveAddressTo('heir', ip);
  await namespace.apply(application('web', { ...shape, mode: 'audit' }));
  await namespace.report('web', (report) => status(report, 'Ready') === 'Unknown');
  await sleep(TWO_ROUNDS);
  const doubtful = await namespace.report('web', () => true);
  expect(status(doubtful, 'Ready')).toBe('Unknown');
  expect(doubtful.status.probe?.lastProbeTime).toBeUndefined();
  expect(undeclaredReachable(doubtful)).toEqual([]);

  await namespace.run('delete', 'pod', 'heir', '--grace-period=0', '--force');
  const sure = await namespace.report('web', (report) => status(report, 'Ready') === 'True');
  expect(undeclaredReachable(sure)).toEqual([9090]);
});

function isReady({ status: { conditions = [] } }: WireObject): boolean {
  return conditions.some(
    (each: { type: string; status: string }) => each.type === 'Ready' && each.status === 'True',
  );
}

/** A pod that is on no node, of which the API says that it has the address. */
async function giveAddressTo(name: string, ip: string): Promise<void> {
  await namespace.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      schedulerName: 'nobody',
      containers: [{ name: 'app', image: images.distrolessNode }],
    },
  });
  const running = { phase: 'Running', podIP: ip, podIPs: [{ ip }] };
  const patch = JSON.stringify({ status: running });
  await namespace.run('patch', 'pod', name, '--subresource=status', '--type=merge', '-p', patch);
}
