import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { ranked } from '../../src/domain/rendezvous.ts';
import { application } from '../harness/application.ts';
import { Namespace } from '../harness/deployment.ts';
import { kubectlOf } from '../harness/environment.ts';
import { eventually } from '../harness/eventually.ts';
import { OPERATOR_DEPLOYMENT, OPERATOR_NAMESPACE, operatorReady } from '../harness/installation.ts';
import type { WireObject } from '../harness/kubectl.ts';
import { status, undeclaredReachable } from '../harness/sample.ts';

const environment = inject('environment');
const kubectl = kubectlOf(environment);

/** Policies are the leader's; probing is shared out among all replicas, and each pod is asked from two nodes. */
describe('two replicas', () => {
  let namespace: Namespace;
  let replicas: string[];
  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, 'portlock-sharing');
    replicas = await members(2);
    // By this a policy tells them apart. Networks take seconds to notice the label of a pod that runs.
    for (const [index, replica] of replicas.entries())
      await kubectl.run([
        'label',
        'pod',
        replica,
        '--namespace',
        OPERATOR_NAMESPACE,
        '--overwrite',
        `vantage=${index}`,
      ]);
  });
  afterAll(() => namespace?.remove());

  /** The first name of a Deployment of which this replica takes care. */
  const nameFor = (replica: string | undefined, prefix = 'web'): string => {
    const names = Array.from({ length: 100 }, (_, index) => `${prefix}-${index}`);
    const keyOf = (name: string) => `Deployment/${namespace.name}/${name}`;
    const name = names.find((each) => ranked(keyOf(each), replicas)[0] === replica);
    if (name === undefined) throw new Error(`none of the names falls to ${replica}`);
    return name;
  };
  const web = (name: string) =>
    application(name, {
      mode: 'audit',
      listens: [8080, 9090],
      declares: [{ containerPort: 8080 }],
    });
  const isSwept = (report: WireObject) =>
    status(report, 'Ready') === 'True' &&
    undeclaredReachable(report).length === 1 &&
    report.status.probe.sweeps !== undefined;

  test('each probes its share from its own node', async () => {
    for (const replica of replicas) {
      const name = nameFor(replica);
      await namespace.apply(web(name));
      const report = await namespace.report(name, isSwept);
      expect(report.status.probe.fromPod).toBe(`${OPERATOR_NAMESPACE}/${replica}`);
    }
  });

  test('the other one makes rounds of the same pods from its own node', async () => {
    for (const [index, replica] of replicas.entries()) {
      const other = replicas[1 - index];
      const isSeconded = (report: WireObject) => report.status.secondProbe !== undefined;
      const report = await namespace.report(nameFor(replica), isSeconded);
      const { probe, secondProbe } = report.status;
      expect(secondProbe).toMatchObject({
        fromPod: `${OPERATOR_NAMESPACE}/${other}`,
        fromNode: await nodeOf(other),
        pods: 1,
        policiesHash: probe.policiesHash,
        calibration: { state: 'Dropped' },
        findings: [{ port: 9090, finding: 'UndeclaredReachable', observed: 'Open' }],
      });
      expect(probe.fromNode).toBe(await nodeOf(replica));
      expect(secondProbe.fromNode).not.toBe(probe.fromNode);
      expect(probe.sameNodePods + secondProbe.sameNodePods).toBe(1);
      expect(report.status.ports[0].fromNode).toBeUndefined();
    }
  });

  test('a port that only the other one reaches is drift, and the report says from which node', async () => {
    const [first, second] = replicas;
    const name = nameFor(first, 'half-open');
    const ofOperator = { matchLabels: { 'kubernetes.io/metadata.name': OPERATOR_NAMESPACE } };
    const podSelector = { matchLabels: { vantage: '1' } };
    const everybody = { ports: [{ port: 8080 }] };
    const onlyTheOther = {
      from: [{ namespaceSelector: ofOperator, podSelector }],
      ports: [{ port: 9090 }],
    };
    const allowing = (...ingress: object[]) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name },
      spec: {
        podSelector: { matchLabels: { app: name } },
        policyTypes: ['Ingress'],
        ingress,
      },
    });
    await namespace.apply(allowing(everybody, onlyTheOther));
    await namespace.apply(web(name));
    const isFound = (report: WireObject) => status(report, 'DriftDetected') === 'True';
    const found = await namespace.report(name, isFound);
    const { fromNode, fromPod } = found.status.secondProbe;
    expect(fromPod).toBe(`${OPERATOR_NAMESPACE}/${second}`);
    expect(found.status.probe.fromPod).toBe(`${OPERATOR_NAMESPACE}/${first}`);
    expect(found.status.ports[0]).toMatchObject({
      port: 9090,
      finding: 'UndeclaredReachable',
      observed: 'Open',
      fromNode,
      message: `Widened by ${name} (seen from node ${fromNode})`,
    });
    expect(found.status.summary.undeclaredReachable).toBe(1);
    await namespace.apply(allowing(everybody));
    const isMended = (report: WireObject) =>
      status(report, 'DriftDetected') === 'False' &&
      report.status.secondProbe.policiesHash === report.status.probe.policiesHash;
    const mended = await namespace.report(name, isMended);
    expect(mended.status.secondProbe.findings).toBeUndefined();
  });

  test('when one goes another takes its share over, with all that is known, and repeats no sweep', async () => {
    const lease = await kubectl.get('lease', 'portlock-leader', '--namespace', OPERATOR_NAMESPACE);
    const holder = String(lease.spec.holderIdentity).split('_')[0];
    const gone = replicas.find((replica) => replica !== holder);
    const name = nameFor(gone);
    const before = await namespace.report(name, isSwept);
    const stays = nameFor(replicas.find((replica) => replica !== gone));
    const seconded = await namespace.report(stays, isSwept);
    expect(seconded.status.secondProbe.fromPod).toBe(`${OPERATOR_NAMESPACE}/${gone}`);
    await kubectl.run(['delete', 'pod', gone ?? '', '--namespace', OPERATOR_NAMESPACE]);
    const isTakenOver = (report: WireObject) =>
      isSwept(report) && report.status.probe.fromPod !== before.status.probe.fromPod;
    const after = await namespace.report(name, isTakenOver);
    expect(after.status.probe.sweeps).toEqual(before.status.probe.sweeps);
    const [row] = after.status.ports;
    expect(row.firstSeenTime).toBe(before.status.ports[0].firstSeenTime);
    await operatorReady(kubectl);
    replicas = await members(2);
    const isFromBoth = askedBy(replicas);
    const again = await namespace.report(
      stays,
      (report) =>
        isFromBoth(report) && report.status.probe.fromNode !== report.status.secondProbe.fromNode,
    );
    expect(again.status.secondProbe.findings).toMatchObject([{ port: 9090 }]);
    expect(again.status.ports[0].firstSeenTime).toBe(seconded.status.ports[0].firstSeenTime);
  });

  test('what one saw stands when it goes, until one in its place has asked', async () => {
    // Whichever of the first test's: the replicas have other names since.
    const { items } = await namespace.get('portexposurereports');
    const names: string[] = items.map(({ metadata }: WireObject) => metadata.name);
    const name = names.find((each) => each.startsWith('web-')) ?? '';
    // The one that goes may be new, and not have asked yet.
    await namespace.report(name, askedBy(replicas));
    const scale = ['scale', `deployment/${OPERATOR_DEPLOYMENT}`, '--namespace', OPERATOR_NAMESPACE];
    await kubectl.run([...scale, '--replicas=1']);
    const [left] = await members(1);
    const isAlone = ({ status: { probe } }: WireObject) =>
      probe.fromPod === `${OPERATOR_NAMESPACE}/${left}`;
    const alone = await namespace.report(name, isAlone);
    expect(alone.status.secondProbe).toMatchObject({
      fromPod: `${OPERATOR_NAMESPACE}/${replicas.find((replica) => replica !== left)}`,
      findings: [{ port: 9090 }],
    });
    await kubectl.run([...scale, '--replicas=2']);
    await operatorReady(kubectl);
    await namespace.report(name, askedBy(await members(2)));
  });
});

/** Whether a report is of rounds of both replicas, given sorted. */
function askedBy(replicas: readonly string[]): (report: WireObject) => boolean {
  const pods = replicas.map((replica) => `${OPERATOR_NAMESPACE}/${replica}`);
  return ({ status: { probe, secondProbe } }) =>
    pods.toString() === [probe.fromPod, secondProbe?.fromPod].sort().toString();
}

/** The node on which a replica runs. */
async function nodeOf(replica: string | undefined): Promise<string> {
  const pod = await kubectl.get('pod', replica ?? '', '--namespace', OPERATOR_NAMESPACE);
  return pod.spec.nodeName;
}

/** The names of the replicas, once so many show that they live. */
async function members(count: number): Promise<string[]> {
  const held = ({ metadata, spec }: WireObject) =>
    metadata.name.startsWith('portlock-replica-') && spec.holderIdentity !== '';
  const { items } = await eventually(
    `${count} replicas`,
    () => kubectl.get('leases', '--namespace', OPERATOR_NAMESPACE),
    (leases) => leases.items.filter(held).length === count,
  );
  return items
    .filter(held)
    .map(({ metadata }: WireObject) => metadata.name.slice('portlock-replica-'.length))
    .sort();
}
