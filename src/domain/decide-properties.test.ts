import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NetworkPolicy, NetworkPolicyPort, Protocol } from '../api/kubernetes.ts';
import { NARROWED, world } from '../testing/any-world.ts';
import { carriedOut, policy } from '../testing/builders.ts';
import { grantsInUse } from '../testing/grants-in-use.ts';
import { runs } from '../testing/property-runs.ts';
import { decide } from './decide.ts';
import type { Plan } from './plan.ts';
import { rangeOnTheWire } from './policy/grants.ts';
import { portKey } from './workload/declared-ports.ts';
import { type PortRange, portsOfRange, rangeKey } from './workload/port-range.ts';

/** Keys of all ports of an entry of extra-ports. */
function keysOf(entry: string): string[] {
  const [ports = '', protocol] = entry.split('/');
  const [first, last = first] = ports.split('-').map(Number);
  return keysOfRange({ first: first ?? 0, last: last ?? 0, protocol: protocol as Protocol });
}

function keysOnTheWire(port: NetworkPolicyPort): string[] {
  const range = rangeOnTheWire(port);
  return range ? keysOfRange(range) : [];
}

function keysOfRange(range: PortRange): string[] {
  return portsOfRange(range).map(({ port, protocol }) => portKey(port, protocol));
}

/** What a plan says and does, as text. */
function said({ policy: step, report, events, probe }: Plan): string {
  return JSON.stringify([step, report, events, probe]);
}

test('a policy allows no port that neither a spec nor extra-ports has, and to nobody unasked', () => {
  fc.assert(
    fc.property(world, (before) => {
      const plan = decide(before);
      if (plan.policy.do !== 'apply') return;
      const { spec } = plan.policy.policy;
      const own = before.workload;
      const listed = (own?.annotations['portlock.dev/extra-ports'] ?? '').split(',');
      const allowed = new Set([
        ...[own?.template.ports ?? [], ...before.pods.map((each) => each.ports)]
          .flat()
          .map((each) => portKey(each.port, each.protocol)),
        ...listed.flatMap(keysOf),
        // What ours allows already stays while somebody is known to use it.
        ...grantsInUse(before, plan).map(rangeKey),
      ]);
      expect(spec.podSelector).toEqual(own?.selector);
      expect(spec.policyTypes).toEqual(['Ingress']);
      expect(spec.egress).toBeUndefined();
      const rules = spec.ingress ?? [];
      for (const rule of rules) {
        expect(rule.ports?.length).toBeGreaterThan(0);
        const keys = (rule.ports ?? []).flatMap(keysOnTheWire);
        expect(keys.filter((key) => !allowed.has(key))).toEqual([]);
      }
      // To everybody only where nothing is said of the port, or that.
      const narrow = NARROWED[own?.annotations['portlock.dev/allow-from'] ?? 'any'] ?? [];
      const closed = (own?.annotations['portlock.dev/closed-ports'] ?? '').split(',');
      const wide = new Set(grantsInUse(before, plan).map(rangeKey));
      for (const key of [...narrow, ...closed].filter((each) => !wide.has(each))) {
        const about = rules.filter(({ ports = [] }) => ports.flatMap(keysOnTheWire).includes(key));
        expect(about.every(({ from }) => (from?.length ?? 0) > 1)).toBe(true);
        if (closed.includes(key)) expect(about).toEqual([]);
      }
      const ports = rules.flatMap((rule) => rule.ports ?? []);
      expect(new Set(ports.map((each) => JSON.stringify(each))).size).toBe(ports.length);
    }),
    runs(24),
  );
});

test('on pods that others isolate the label alone opens nothing', () => {
  fc.assert(
    fc.property(world, (any) => {
      const before = {
        ...any,
        policies: [policy('default-deny'), ...any.policies.filter(isNarrow)],
      };
      const said = before.workload?.annotations['portlock.dev/allow-from'];
      const ports = [
        ...(any.workload?.template.ports ?? []),
        ...any.pods.flatMap((pod) => pod.ports),
      ];
      const isOfThat = ports.every((each) => portKey(each.port, each.protocol) === '9090/TCP');
      const isSaidOfAll = said !== undefined && (said !== '9090/TCP=namespace/a' || isOfThat);
      if (isSaidOfAll && before.widening === 'explicit') return;
      expect(decide(before).policy.do).not.toBe('apply');
    }),
    runs(24),
  );
});

/** Not ours, and allows nothing to everybody. */
function isNarrow({ metadata, spec }: NetworkPolicy): boolean {
  if (metadata.name === 'web-portlock') return false;
  return (spec.ingress ?? []).every((rule) => rule.from);
}

test('the order of what is listed changes no byte', () => {
  const shuffled = world.chain((before) => {
    const anyOrder = <T>(list: readonly T[]) =>
      fc.shuffledSubarray([...list], { minLength: list.length });
    return fc
      .record({
        pods: anyOrder(before.pods),
        selected: anyOrder(before.selected),
        policies: anyOrder(before.policies),
        tieredPolicies: anyOrder(before.tieredPolicies),
        services: anyOrder(before.usage.services),
      })
      .map(({ services, ...lists }) => ({
        before,
        after: { ...before, ...lists, usage: { ...before.usage, services } },
      }));
  });
  fc.assert(
    fc.property(shuffled, ({ before, after }) => {
      expect(said(decide(after))).toBe(said(decide(before)));
    }),
    runs(24),
  );
});

test('a plan that was carried out leads to no write and no Event', () => {
  fc.assert(
    fc.property(world, (before) => {
      const once = carriedOut(before, decide(before));
      const plan = decide(once);
      expect(plan.policy).toEqual({ do: 'nothing' });
      expect(plan.events).toEqual([]);
      if (plan.report.do === 'ensure')
        expect(plan.report.report.status).toEqual(once.report?.status);
      else expect(once.report).toBeUndefined();
    }),
    runs(24),
  );
});
