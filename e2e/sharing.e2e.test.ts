import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { rendezvous } from '../src/domain/rendezvous.ts';
import { application } from './harness/application.ts';
import { Namespace } from './harness/deployment.ts';
import { kubectlOf } from './harness/environment.ts';
import { eventually } from './harness/eventually.ts';
import { OPERATOR_NAMESPACE, operatorReady } from './harness/installation.ts';
import type { WireObject } from './harness/kubectl.ts';
import { status, undeclaredReachable } from './harness/sample.ts';

const environment = inject('environment');
const kubectl = kubectlOf(environment);

/** Policies are the leader's; probing is shared out among all replicas. */
describe('two replicas', () => {
  let namespace: Namespace;
  let replicas: string[];
  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, 'portlock-sharing');
    replicas = await members(2);
  });
  afterAll(() => namespace?.remove());

  /** The first name of a Deployment of which this replica takes care. */
  const nameFor = (replica: string | undefined): string => {
    const names = Array.from({ length: 100 }, (_, index) => `web-${index}`);
    const keyOf = (name: string) => `Deployment/${namespace.name}/${name}`;
    const name = names.find((each) => rendezvous(keyOf(each), replicas) === replica);
    if (name === undefined) throw new Error(`none of the names falls to ${replica}`);
    return name;
  };
  const web = (name: string) =>
    application(name, {
      ...{ mode: 'audit', listens: [8080, 9090], declares: [{ containerPort: 8080 }] },
    });
  const isSwept = (report: WireObject) =>
    status(report, 'Ready') === 'True' &&
    undeclaredReachable(report).length === 1 &&
    report.status.probe.sweeps !== undefined;

  test('each probes its share from its own node', async () => {
    for (const replica of replicas) {
      const name = nameFor(replica);
      await namespace.apply(web(name));
      const report = await namespace.report(name, isSwept, 60);
      expect(report.status.probe.fromPod).toBe(`${OPERATOR_NAMESPACE}/${replica}`);
    }
  });

  test('when one goes another takes its share over, with all that is known, and repeats no sweep', async () => {
    const lease = await kubectl.get('lease', 'portlock-leader', '--namespace', OPERATOR_NAMESPACE);
    const holder = String(lease.spec.holderIdentity).split('_')[0];
    const gone = replicas.find((replica) => replica !== holder);
    const name = nameFor(gone);
    const before = await namespace.report(name, isSwept);
    await kubectl.run(['delete', 'pod', gone ?? '', '--namespace', OPERATOR_NAMESPACE]);
    const isTakenOver = (report: WireObject) =>
      isSwept(report) && report.status.probe.fromPod !== before.status.probe.fromPod;
    const after = await namespace.report(name, isTakenOver, 60);
    expect(after.status.probe.sweeps).toEqual(before.status.probe.sweeps);
    const [row] = after.status.ports;
    expect(row.firstSeenTime).toBe(before.status.ports[0].firstSeenTime);
    await operatorReady(kubectl);
    await members(2);
  });
});

/** The names of the replicas, once so many show that they live. */
async function members(count: number): Promise<string[]> {
  const held = ({ metadata, spec }: WireObject) =>
    metadata.name.startsWith('portlock-replica-') && spec.holderIdentity !== '';
  const { items } = await eventually(
    `${count} replicas`,
    () => kubectl.get('leases', '--namespace', OPERATOR_NAMESPACE),
    (leases) => leases.items.filter(held).length === count,
    60,
  );
  return items
    .filter(held)
    .map(({ metadata }: WireObject) => metadata.name.slice('portlock-replica-'.length))
    .sort();
}
