import { expect, test } from 'vitest';
import type { NetworkPolicy } from '../../src/api/kubernetes.ts';
import type { PortExposureReport } from '../../src/api/port-exposure-report.ts';
import { DEPLOYMENTS, NETWORK_POLICIES, REPORTS } from '../../src/kube/resources.ts';
import type { Verb } from '../../src/testing/api-call.ts';
import type { Phase } from '../../src/testing/fault-rules.ts';
import { until } from '../../src/testing/until.ts';
import type { OperatorProcess } from '../harness/operator-process.ts';
import { type FaultScene, faultScene, listAll } from './fault-scene.ts';
import type { PolicyHistory } from './policy-history.ts';

const WRITES = 12;
const VERBS: readonly Verb[] = ['create', 'update', 'patch', 'delete'];
const CONVERGES = 60_000;

/** Which ports the policy of each Deployment may allow at any time. */
const DECLARED: Readonly<Record<string, readonly number[]>> = {
  'web-portlock': [8080],
  'api-portlock': [8080, 9090],
  'edited-portlock': [8080],
  'out-portlock': [8080],
  'gone-portlock': [8080],
};
/** What the policies allow in the end. */
const WANTED = [
  ['api-portlock', 9090],
  ['edited-portlock', 8080],
  ['web-portlock', 8080],
];
/** Of these two the owner wants no policy any more. */
const LEAVING = ['out-portlock', 'gone-portlock'];

/**
 * Kills the operator at each of the first writes after five Deployments changed at once: one opts in, one has another port,
 * one opts out, one is deleted, and of one somebody edits the policy. `phase` says when: before the write reaches the API
 * server, when that has done it and not answered, or when the operator has the answer.
 */
export function testKilledAtWrites(name: string, phase: Phase): void {
  const scene = faultScene();

  test(`${name}, at each of ${WRITES} writes: it ends as without, and no policy was ever wider than declared`, async () => {
    let operator = await scene.start();
    const reference = new Round(scene, 'crash-0');
    await reference.begin();
    await reference.change();
    const expected = await reference.end();
    expect(reference.writes).toBeGreaterThanOrEqual(WRITES);
    for (let nth = 1; nth <= WRITES; nth++) {
      const round = new Round(scene, `crash-${nth}`);
      await round.begin();
      round.killAt({ phase, nth }, operator);
      await round.change();
      expect(await operator.ended).toEqual({ code: null, signal: 'SIGKILL' });
      await scene.freeLeases();
      operator = await scene.start();
      expect(await round.end(), `killed at write ${nth}`).toEqual(expected);
    }
  });
}

/** Five Deployments of a namespace that change, and what becomes of that. */
class Round {
  readonly #scene: FaultScene;
  readonly #namespace: string;
  #history: PolicyHistory | undefined;
  /** How many calls the proxy had seen when they changed. */
  #before = 0;

  constructor(scene: FaultScene, namespace: string) {
    this.#scene = scene;
    this.#namespace = namespace;
  }

  /** Waits until the operator has seen to four Deployments. */
  async begin(): Promise<void> {
    const namespace = this.#namespace;
    await this.#scene.namespace(namespace);
    this.#history = await this.#scene.follow(namespace);
    for (const name of ['api', 'edited', 'out', 'gone']) await this.#scene.put({ name, namespace });
    await until(
      'all is as before',
      async () => (await this.#reports()).filter(isDecided).length === 4,
    );
    this.#before = this.#scene.proxy.calls.length;
  }

  killAt(turn: { phase: Phase; nth: number }, operator: OperatorProcess): void {
    const rule = { ...turn, verb: VERBS, namespace: this.#namespace };
    const kill = () => operator.end('SIGKILL');
    this.#scene.proxy.rule({ ...rule, fault: { do: 'call', call: kill } });
    this.#scene.proxy.rule({ ...rule, fault: { do: 'reset' } });
  }

  async change(): Promise<void> {
    const namespace = this.#namespace;
    const { client, put } = this.#scene;
    await put({ name: 'web', namespace });
    await put({ name: 'api', namespace, ports: [{ containerPort: 9090 }] });
    await put({ name: 'out', namespace, mode: undefined });
    await client.delete(DEPLOYMENTS, { namespace, name: 'gone' });
    const at = { namespace, name: 'edited-portlock' };
    const { metadata, ...live } = await client.get<NetworkPolicy>(NETWORK_POLICIES, at);
    const { resourceVersion: _, ...which } = metadata;
    const opened = { ...live, metadata: which, spec: { ...live.spec, ingress: [{}] } };
    const edited = await client.replace(NETWORK_POLICIES, opened, { fieldManager: 'somebody' });
    this.#history?.excuse(edited);
  }

  get writes(): number {
    const calls = this.#scene.proxy.calls.slice(this.#before);
    return calls.filter(
      ({ namespace, verb }) => namespace === this.#namespace && VERBS.includes(verb),
    ).length;
  }

  /** Waits until all is as declared; returns what there is then, without what differs from run to run. */
  async end() {
    const state = await until('all is as declared', () => this.#state(), CONVERGES);
    this.#history?.expectNever({ wider: DECLARED, deletedBut: LEAVING });
    return state;
  }

  async #state() {
    const policies = await this.#policies();
    const reports = await this.#reports();
    const ports = policies.map(({ metadata, spec: { ingress = [] } }) => [
      metadata.name,
      ...ingress.flatMap((rule) => rule.ports?.map(({ port }) => port) ?? 'all'),
    ]);
    if (JSON.stringify(ports) !== JSON.stringify(WANTED)) return undefined;
    const reported = reports.map(({ metadata }) => `${metadata.name}-portlock`);
    if (JSON.stringify(reported) !== JSON.stringify(WANTED.map(([name]) => name))) return undefined;
    if (!reports.every(isDecided)) return undefined;
    return {
      policies: policies.map(({ metadata: { name, labels, ownerReferences = [] }, spec }) => ({
        name,
        labels,
        spec,
        owners: ownerReferences.map((owner) => owner.name),
      })),
      reports: reports.map(({ metadata: { name }, spec, status }) => ({
        name,
        spec,
        policy: status?.policy?.state,
        conditions: status?.conditions?.map((each) => `${each.type} ${each.status} ${each.reason}`),
      })),
    };
  }

  async #policies(): Promise<NetworkPolicy[]> {
    return (await listAll(
      this.#scene.client,
      NETWORK_POLICIES,
      this.#namespace,
    )) as NetworkPolicy[];
  }

  async #reports(): Promise<PortExposureReport[]> {
    return (await listAll(this.#scene.client, REPORTS, this.#namespace)) as PortExposureReport[];
  }
}

/** Whether all that is to be said of a workload without pods is said. */
function isDecided({ status }: PortExposureReport): boolean {
  const of = (wanted: string) => status?.conditions?.find(({ type }) => type === wanted)?.status;
  // What probing shows is another write's.
  const isVerified = of('EnforcementVerified') !== undefined;
  return of('Ready') === 'True' && of('PolicyInSync') === 'True' && isVerified;
}
