import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../api/kubernetes.ts';
import { carriedOut } from '../testing/builders.ts';
import { type DeploymentFields, deployment } from '../testing/deployments.ts';
import { runs } from '../testing/property-runs.ts';
import { snapshotOf } from '../testing/snapshot-manifests.ts';
import { decide } from './decide.ts';
import type { Plan } from './plan.ts';
import type { Snapshot } from './snapshot.ts';

/** What a user may ask of the Deployment web, each of which can be carried out. */
const good = fc.record<DeploymentFields>({
  mode: fc.constantFrom('enforce', 'enforce', 'enforce', 'audit', 'off', undefined),
  ports: fc
    .uniqueArray(
      fc.record({
        containerPort: fc.constantFrom(80, 443, 8080, 9090),
        protocol: fc.constantFrom('TCP', 'UDP'),
      }),
      { minLength: 1, maxLength: 4, selector: (each) => JSON.stringify(each) },
    )
    .map((ports) => ports),
  annotations: fc.oneof(
    fc.constant({}),
    fc.record({ 'portlock.dev/extra-ports': fc.constantFrom('9102/TCP', '53/UDP,9102/TCP') }),
    fc.record({ 'portlock.dev/allow-from': fc.constantFrom('any', 'same-namespace') }),
  ),
});
/** What can not be read. */
const bad = fc
  .tuple(
    good,
    fc.constantFrom<[string, string]>(
      ['extra-ports', '0/TCP'],
      ['extra-ports', '__proto__'],
      ['allow-from', 'everybody'],
      ['probe', ''],
    ),
    fc.constantFrom('True', 'enforced', undefined),
  )
  .map(([fields, [key, value], mode]) =>
    mode === undefined
      ? {
          ...fields,
          mode: 'enforce',
          annotations: { ...fields.annotations, [`portlock.dev/${key}`]: value },
        }
      : { ...fields, mode },
  );

type World = Pick<Snapshot, 'policies' | 'report' | 'evidence' | 'formerReports'>;
const NOTHING: World = { policies: [], report: undefined, evidence: undefined, formerReports: [] };

function seen(fields: DeploymentFields, { policies, report, evidence }: World): Snapshot {
  return { ...snapshotOf([deployment(fields)]), policies, report, evidence };
}

/** Looks at the workload and does as is decided, until nothing is left to do. */
function converge(fields: DeploymentFields, world: World): { world: World; plans: Plan[] } {
  const plans: Plan[] = [];
  let before = seen(fields, world);
  for (;;) {
    const plan = decide(before);
    plans.push(plan);
    before = carriedOut(before, plan);
    if (plan.policy.do === 'nothing' && plan.events.length === 0) return { world: before, plans };
    if (plans.length > 4) throw new Error('it never ends');
  }
}

const policyOf = ({ policies }: World) =>
  policies.map(({ metadata, spec }) => [metadata.name, spec]);
const writes = (plans: readonly Plan[]) => plans.filter(({ policy }) => policy.do !== 'nothing');

/** What a policy allows, as texts; undefined where there is none, which allows all. */
function allows(policy: NetworkPolicy | undefined): Set<string> | undefined {
  if (policy === undefined) return undefined;
  const rules = policy.spec.ingress ?? [];
  return new Set(
    rules.flatMap(({ from, ports = [] }) =>
      (ports ?? []).map((each) => JSON.stringify([from, each.port, each.protocol])),
    ),
  );
}

/** Whether what is allowed now is allowed by one of those. */
function isNoWider(now: World, either: readonly World[]): boolean {
  const [policy] = now.policies;
  const others = either.map(({ policies: [each] }) => allows(each));
  const allowed = allows(policy);
  if (others.includes(undefined)) return true;
  return [...(allowed ?? ['all'])].every((each) => others.some((other) => other?.has(each)));
}

type Fault = 'none' | 'before' | 'between' | 'stale' | 'edited' | 'deleted';

/** Turns for one workload, some of which end in a fault. */
class Turns {
  world: Snapshot;
  /** Whether portlock wrote the policy last. */
  isOurs = true;
  #before: Snapshot;

  constructor(world: Snapshot) {
    this.world = world;
    this.#before = world;
  }

  take(fault: Fault): void {
    const view = fault === 'stale' ? this.#before : this.world;
    this.#before = this.world;
    if (fault === 'edited') this.#edit((policy) => [{ ...policy, spec: OPEN }]);
    else if (fault === 'deleted') this.#edit(() => []);
    else if (fault !== 'before') this.#carryOut(decide(view), view, fault);
  }

  #carryOut(plan: Plan, view: Snapshot, fault: Fault): void {
    const { live } = plan.policy.do === 'nothing' ? { live: undefined } : plan.policy;
    const now = this.world.policies[0];
    // A write carries the version that it was decided on, and one that creates fails where there is one.
    if (plan.policy.do !== 'nothing' && live !== now) return;
    const done = carriedOut({ ...view, policies: this.world.policies }, plan);
    if (plan.policy.do !== 'nothing') this.isOurs = true;
    this.world = fault === 'between' ? { ...this.world, policies: done.policies } : done;
  }

  #edit(change: (policy: NetworkPolicy) => NetworkPolicy[]): void {
    this.isOurs = false;
    this.world = { ...this.world, policies: this.world.policies.flatMap(change) };
  }
}

const OPEN = { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] } as NetworkPolicy['spec'];

describe('after random changes and faults', () => {
  const check = <T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => void) =>
    fc.assert(fc.property(arbitrary, holds), runs(20));

  test('what was before makes no difference: A and then B is as B alone', () => {
    check(fc.tuple(good, good), ([a, b]) => {
      const fresh = converge(b, NOTHING);
      const changed = converge(b, converge(a, NOTHING).world);
      expect(policyOf(changed.world)).toEqual(policyOf(fresh.world));
      expect(changed.world.report?.status?.policy).toEqual(fresh.world.report?.status?.policy);
    });
  });

  test('whoever mends what was bad has what is good', () => {
    check(fc.tuple(good, bad, good), ([a, wrong, b]) => {
      const mended = converge(b, converge(wrong, converge(a, NOTHING).world).world);
      expect(policyOf(mended.world)).toEqual(policyOf(converge(b, NOTHING).world));
    });
  });

  test('case 41, case 42: what is bad changes no policy, and is told: in a condition, by one Event, with no write after it', () => {
    check(fc.tuple(good, bad), ([a, wrong]) => {
      const before = converge(a, NOTHING).world;
      const { world, plans } = converge(wrong, before);
      expect(policyOf(world)).toEqual(policyOf(before));
      expect(writes(plans)).toEqual([]);
      expect(
        plans.flatMap(({ events }) => events).filter(({ type }) => type === 'Warning'),
      ).toHaveLength(1);
      expect(world.report?.status?.conditions).toContainEqual(
        expect.objectContaining({ type: 'Stalled', status: 'True' }),
      );
    });
  });

  /** How a turn ends: as planned; before or after the write of the policy; decided on a view of a turn ago. */
  const fault = fc.constantFrom<Fault>('none', 'before', 'between', 'stale', 'edited', 'deleted');

  test('case 19, case 20, case 29: however turns end, no policy is wider than asked for, and all is well in the end', () => {
    check(fc.tuple(good, good, fc.array(fault, { maxLength: 6 })), ([a, b, faults]) => {
      const from = converge(a, NOTHING).world;
      const to = converge(b, NOTHING).world;
      const scene = new Turns(seen(b, from));
      for (const each of faults) {
        scene.take(each);
        if (scene.isOurs) expect(isNoWider(scene.world, [from, to])).toBe(true);
      }
      expect(policyOf(converge(b, scene.world).world)).toEqual(policyOf(to));
    });
  });
});
