import type { DeploymentFields } from '../../e2e/harness/deployment.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import type { Contestant } from '../scale/contestants.ts';
import { Running } from '../scale/running.ts';
import type { Observation, Seen } from './table.ts';
import { type Found, portsOf, Workload } from './workload.ts';

const isGone = (policy: Found) => policy === undefined;
const allows =
  (...ports: readonly string[]) =>
  (policy: Found) =>
    String(portsOf(policy)) === String(ports);
const asDeclared = allows('8080/TCP');

type Look = (client: KubeClient) => Promise<Seen>;
type Looks = Readonly<Record<string, Look>>;

const labelGoes: Look = async (client) => {
  const workload = await protectedWorkload(client);
  await workload.setMode(null);
  return within(await workload.until(isGone));
};

/** What is asked again of a rule that knows the label by a selector. */
export const SELECTOR: Looks = {
  'the label goes, by an `objectSelector`: is the policy gone?': labelGoes,
};

/** What happens while it runs. */
export const LIVE: Looks = {
  'the label goes: is the policy gone?': labelGoes,
  async 'somebody edits the policy: is it put back?'(client) {
    const workload = await protectedWorkload(client);
    await workload.openInPolicy(9999);
    return within(await workload.until(asDeclared));
  },
  async 'somebody deletes the policy: is it put back?'(client) {
    const workload = await protectedWorkload(client);
    await workload.deletePolicy();
    return within(await workload.until(asDeclared));
  },
  async 'the template declares another port: does the policy follow?'(client) {
    const workload = await protectedWorkload(client);
    await workload.declare([8080, 9090]);
    return within(await workload.until(allows('8080/TCP', '9090/TCP')));
  },
  async 'in a rollout, do the pods of before keep their ports?'(client) {
    const workload = await Workload.create(client, {
      mode: 'enforce',
      replicas: 1,
      annotations: { 'portlock.dev/probe': 'off' },
    });
    const before = await workload.run();
    await workload.until(asDeclared);
    await workload.declare([8081]);
    await workload.until((policy) => portsOf(policy).includes('8081/TCP'));
    const alive = (await workload.pods()).map(({ metadata }) => metadata.uid);
    if (!alive.includes(before.metadata.uid)) throw new Error('the pod of before is gone');
    return { answer: allows('8080/TCP', '8081/TCP')(await workload.policy()) ? 'yes' : 'no' };
  },
  async 'the Deployment is deleted: is the policy gone?'(client) {
    const workload = await protectedWorkload(client);
    await workload.delete();
    return within(await workload.until(isGone));
  },
};

/** What happens while it does not run, and whether it is right soon after it does again. */
const AWAY: Readonly<Record<string, AwayCase>> = {
  'the policy edited while it was away: is it put back?': {
    change: (workload) => workload.openInPolicy(9999),
    holds: asDeclared,
  },
  'the policy deleted while it was away: is it put back?': {
    change: (workload) => workload.deletePolicy(),
    holds: asDeclared,
  },
  'the label gone while it was away: is the policy gone?': {
    change: (workload) => workload.setMode(null),
    holds: isGone,
  },
  'the Deployment deleted while it was away: is the policy gone?': {
    change: (workload) => workload.delete(),
    holds: isGone,
  },
};

interface AwayCase {
  change(workload: Workload): Promise<void>;
  holds(policy: Found): boolean;
}

/** Asks a running contestant, in order. */
export async function observeRunning(
  client: KubeClient,
  contestant: Contestant,
  looks: Looks,
  signal: AbortSignal,
): Promise<readonly Observation[]> {
  const running = new Running(contestant, signal);
  try {
    await running.untilReady();
    const observations: Observation[] = [];
    for (const [question, look] of Object.entries(looks))
      observations.push({ question, contestant: contestant.name, seen: await look(client) });
    return observations;
  } finally {
    await running.stop();
    await contestant.leave?.();
  }
}

/** Asks a contestant what it makes of changes that it did not see happen. */
export async function observeReturn(
  client: KubeClient,
  contestant: Contestant,
  signal: AbortSignal,
): Promise<readonly Observation[]> {
  let running = new Running(contestant, signal);
  try {
    await running.untilReady();
    const workloads = new Map<string, Workload>();
    for (const question of Object.keys(AWAY))
      workloads.set(question, await protectedWorkload(client));
    await running.untilQuiet();
    await running.stop();
    for (const [question, workload] of workloads) await AWAY[question]?.change(workload);
    running = new Running(contestant, signal);
    await running.untilReady();
    const observations: Observation[] = [];
    for (const [question, workload] of workloads) {
      const took = await workload.until((policy) => AWAY[question]?.holds(policy) === true);
      const seen = { answer: took === undefined ? 'no' : 'yes' } as const;
      observations.push({ question, contestant: contestant.name, seen });
    }
    return observations;
  } finally {
    await running.stop();
    await contestant.leave?.();
  }
}

/** A Deployment that declares 8080, once its policy is there. */
async function protectedWorkload(client: KubeClient): Promise<Workload> {
  const fields: DeploymentFields = { mode: 'enforce', ports: [{ containerPort: 8080 }] };
  const workload = await Workload.create(client, fields);
  if ((await workload.until(asDeclared)) === undefined)
    throw new Error(`${workload.name} got no policy`);
  return workload;
}

function within(milliseconds: number | undefined): Seen {
  return milliseconds === undefined ? { answer: 'no' } : { answer: 'yes', milliseconds };
}
