import { eventually } from '../harness/eventually.ts';
import type { Kubectl, WireObject } from '../harness/kubectl.ts';
import { type Connections, Sample, status, undeclaredReachable } from '../harness/sample.ts';
import { connectionTable } from './connection-table.ts';

const PORTS = [5000, 8080, 9090];
const POLICY = 'multi-port-app-portlock';
const OPEN: Connections = { 5000: 'open', 8080: 'open', 9090: 'open' };
const LOCKED: Connections = { 5000: 'timeout', 8080: 'open', 9090: 'timeout' };

/**
 * Plays the story on a cluster with the operator and prints every step with what a client pod could
 * reach. Every step waits until it is seen to be true.
 *
 * @throws NeverHeldError where one is not
 */
export async function playStory(
  kubectl: Kubectl,
  print: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const step = (text: string) => {
    signal.throwIfAborted();
    print(`\n${text}`);
  };
  const sample = await Sample.create(kubectl, 'portlock-demo');
  const reach = (expected: Connections) =>
    eventually(
      JSON.stringify(expected),
      () => sample.connect(PORTS),
      (seen) => JSON.stringify(seen) === JSON.stringify(expected),
    );
  const stage: Stage = { kubectl, sample, step, print, reach };
  await lock(stage);
  await widen(stage);
  await revert(stage);
  await optOut(stage);
}

/** What every step is played with. */
interface Stage {
  readonly kubectl: Kubectl;
  readonly sample: Sample;
  /** Prints the heading of a step. */
  readonly step: (text: string) => void;
  readonly print: (text: string) => void;
  /** Waits until a client pod reaches just that, and says what it reached. */
  readonly reach: (expected: Connections) => Promise<Connections>;
}

async function lock({ sample, step, print, reach }: Stage): Promise<void> {
  step(
    '1. multi-port-app listens on 5000, 8080 and 9090 and declares only 8080. From a client pod:',
  );
  const before = await reach(OPEN);
  print(connectionTable({ now: before }));

  step('2. kubectl label deployment multi-port-app portlock.dev/mode=enforce');
  await sample.label('enforce');

  step('3. A NetworkPolicy appears, owned by the Deployment; from the client pod:');
  await eventually(
    'the policy',
    () => sample.get('networkpolicy', POLICY),
    () => true,
  );
  const after = await reach(LOCKED);
  print(indent(await sample.run('get', 'networkpolicy', POLICY)));
  print(connectionTable({ before, after }));

  step('4. kubectl get portexposurereports');
  await sample.report(
    'everything verified',
    (report) => isVerified(report) && status(report, 'Ready') === 'True',
  );
  print(indent(await sample.run('get', 'portexposurereports')));
}

async function widen({ kubectl, sample, step, print, reach }: Stage): Promise<void> {
  step('5. Somebody adds a NetworkPolicy that allows everything:');
  await kubectl.apply({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'allow-all', namespace: sample.namespace },
    spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] },
  });
  print(connectionTable({ before: LOCKED, after: await reach(OPEN) }));
  const widened = await sample.report(
    'both ports',
    (report) => undeclaredReachable(report).length === 2,
  );
  print(indent(await sample.run('get', 'portexposurereports', '--output', 'wide')));
  for (const row of widened.status.ports) {
    if (row.finding) print(`  ${row.port}/${row.protocol}: ${row.finding}. ${row.message}`);
  }
  await sample.run('delete', 'networkpolicy', 'allow-all');
  await sample.report('good news', isVerified);
}

async function revert({ sample, step, print, reach }: Stage): Promise<void> {
  step(`6. Somebody deletes our policy: kubectl delete networkpolicy ${POLICY}`);
  const { metadata } = await sample.get('networkpolicy', POLICY);
  await sample.run('delete', 'networkpolicy', POLICY);
  const isNew = (policy: WireObject) => policy.metadata.uid !== metadata.uid;
  await eventually('the policy back', () => sample.get('networkpolicy', POLICY), isNew);
  const events = ['get', 'events', '--field-selector', 'reason=PolicyReverted'];
  await eventually(
    'the Event',
    () => sample.run(...events),
    (text) => text.includes('PolicyReverted'),
  );
  print(indent(await sample.run(...events)));
  print(connectionTable({ after: await reach(LOCKED) }));
}

async function optOut({ sample, step, print, reach }: Stage): Promise<void> {
  step('7. kubectl label deployment multi-port-app portlock.dev/mode-');
  await sample.label(undefined);
  await eventually(
    'no policy and no report',
    () => sample.get('networkpolicies,portexposurereports'),
    ({ items }) => items.length === 0,
  );
  print(connectionTable({ before: LOCKED, after: await reach(OPEN) }));
  print('  No NetworkPolicy and no report is left.');
}

function isVerified(report: WireObject): boolean {
  return status(report, 'EnforcementVerified') === 'True';
}

function indent(text: string): string {
  return text.trimEnd().replace(/^/gm, '  ');
}
