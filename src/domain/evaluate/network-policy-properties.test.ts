import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type {
  IPBlock,
  LabelSelector,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Protocol,
} from '../../api/kubernetes.ts';
import { runs } from '../../testing/property-runs.ts';
import { anyOf } from '../match/match.ts';
import { explainPolicy } from './explain-policy.ts';
import { ingressDecision, isolatesIngress, type Peer, type Target } from './network-policy.ts';

/**
 * A world so small that everything in it can be listed, and a second reading of the API text that
 * lists it: sets of tuples instead of conditions.
 */
const PORTS = [1, 2, 3, 4].flatMap((port) =>
  (['TCP', 'UDP'] as const).map((protocol) => ({ port, protocol })),
);
const VALUES = [undefined, '1', '2'];
const HOSTS = [0, 1, 2, 3, 4, 5, 6, 7];

type Labels = Record<string, string>;
type World = { target: Target; peers: Peer[]; policies: NetworkPolicy[] };

/** All `peer port/protocol` that the policies allow, the peer by its index. */
function allowedTuples({ target, peers, policies }: World): Set<string> {
  const isolating = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === target.namespace &&
      holders(spec.podSelector ?? {}, [target.labels]).length === 1 &&
      !(spec.policyTypes?.length && !spec.policyTypes.includes('Ingress')),
  );
  if (isolating.length === 0) return tuples(peers, PORTS.map(portName));
  const rules = isolating.flatMap(({ spec }) => spec.ingress ?? []);
  return new Set(
    rules.flatMap(({ from, ports }) => {
      const sources = from?.length
        ? from.flatMap((each) => selected(each, target, peers))
        : [...peers];
      const names = ports?.length
        ? ports.flatMap((each) => opened(each, target))
        : PORTS.map(portName);
      return [...tuples(peers, names, sources)];
    }),
  );
}

function tuples(peers: Peer[], ports: string[], sources = peers): Set<string> {
  return new Set(
    sources.flatMap((source) => ports.map((port) => `${peers.indexOf(source)} ${port}`)),
  );
}

/** Those of the label sets that a selector holds: each requirement is the list of values it accepts. */
function holders<T extends Readonly<Labels>>(selector: LabelSelector, sets: readonly T[]): T[] {
  const requirements = [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
      key,
      operator: 'In',
      values: [value],
    })),
    ...(selector.matchExpressions ?? []),
  ];
  return requirements.reduce<T[]>(
    (left, { key, operator, values }) => {
      const accepted: Record<string, (string | undefined)[]> = {
        In: values ?? [],
        NotIn: VALUES.filter((value) => value === undefined || !(values ?? []).includes(value)),
        Exists: VALUES.slice(1),
        DoesNotExist: [undefined],
      };
      return left.filter((labels) => (accepted[operator] ?? []).includes(labels[key]));
    },
    [...sets],
  );
}

function selected(peer: NetworkPolicyPeer, target: Target, peers: Peer[]): Peer[] {
  const { ipBlock, namespaceSelector, podSelector } = peer;
  if (ipBlock) return peers.filter(({ ips }) => ips.some((ip) => hosts(ipBlock).includes(ip)));
  const pods = peers.filter(({ labels }) => labels !== undefined);
  const inNamespaces = namespaceSelector
    ? pods.filter(({ namespaceLabels }) => holders(namespaceSelector, [namespaceLabels ?? {}])[0])
    : pods.filter(({ namespace }) => podSelector && namespace === target.namespace);
  return inNamespaces.filter(({ labels }) => holders(podSelector ?? {}, [labels ?? {}])[0]);
}

/** The addresses of the block, listed, without those of its exceptions. */
function hosts({ cidr, except }: IPBlock): string[] {
  const listed = (block: string) => {
    const [address = '', bits] = block.split('/');
    const size = 2 ** (32 - Number(bits));
    const first = Math.floor(Number(address.split('.')[3]) / size) * size;
    return HOSTS.filter((host) => host >= first && host < first + size);
  };
  const left = listed(cidr).filter((host) => !(except ?? []).flatMap(listed).includes(host));
  return left.map((host) => `10.0.0.${host}`);
}

function opened({ port, protocol, endPort }: NetworkPolicyPort, target: Target): string[] {
  const ofProtocol = PORTS.filter((each) => each.protocol === (protocol ?? 'TCP'));
  const numbers =
    typeof port === 'string'
      ? target.ports
          .filter((each) => each.name === port && each.protocol === (protocol ?? 'TCP'))
          .map((each) => each.port)
      : typeof port === 'number'
        ? PORTS.map((each) => each.port).filter(
            (each) => !(each < port || each > (endPort ?? port)),
          )
        : PORTS.map((each) => each.port);
  return ofProtocol.filter((each) => numbers.includes(each.port)).map(portName);
}

function portName({ port, protocol }: { port: number; protocol: Protocol }): string {
  return `${port}/${protocol}`;
}

/** What the evaluator says, in the same form. */
function decidedTuples({ target, peers, policies }: World): Set<string> {
  return new Set(
    peers.flatMap((peer, index) =>
      PORTS.filter(
        ({ port, protocol }) => ingressDecision(policies, target, peer, port, protocol).allowed,
      ).map((port) => `${index} ${portName(port)}`),
    ),
  );
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary }, fc.constantFrom(undefined, null));
const labels = fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2'));
const selector = fc.record({
  matchLabels: maybe(fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2'))),
  matchExpressions: maybe(
    fc.array(
      fc.record({
        key: fc.constantFrom('a', 'b'),
        operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist', 'Like'),
        values: maybe(fc.subarray(['1', '2'])),
      }),
      { maxLength: 2 },
    ),
  ),
});
const cidr = fc
  .tuple(fc.constantFrom(...HOSTS), fc.integer({ min: 29, max: 32 }))
  .map(([host, bits]) => `10.0.0.${host}/${bits}`);
const peerEntry = fc.oneof(
  fc.record({ podSelector: maybe(selector), namespaceSelector: maybe(selector) }),
  fc.record({ ipBlock: fc.record({ cidr, except: maybe(fc.array(cidr, { maxLength: 2 })) }) }),
);
const number = fc.integer({ min: 1, max: 4 });
const protocol = maybe(fc.constantFrom('TCP', 'UDP', 'SCTP', 'tcp'));
const portEntry = fc.oneof(
  fc.record({ port: maybe(number), protocol }),
  fc.record({ port: number, protocol, endPort: maybe(number) }),
  fc.record({ port: fc.constantFrom('http', 'dns', 'gone'), protocol }),
);
const rule = fc.record({
  from: maybe(fc.array(peerEntry, { maxLength: 3 })),
  ports: maybe(fc.array(portEntry, { maxLength: 3 })),
});
const namespace = fc.constantFrom('n', 'm');
const policies = (types: fc.Arbitrary<unknown>, maxLength = 4) =>
  fc
    .array(
      fc.record({
        namespace: fc.oneof({ weight: 4, arbitrary: fc.constant('n') }, namespace),
        podSelector: maybe(selector),
        policyTypes: types,
        ingress: maybe(fc.array(rule, { maxLength: 3 })),
      }),
      { maxLength },
    )
    .map((list) =>
      list.map(({ namespace, ...spec }, index) => ({
        apiVersion: 'networking.k8s.io/v1' as const,
        kind: 'NetworkPolicy' as const,
        metadata: { name: `p${index}`, namespace },
        spec: spec as unknown as NetworkPolicy['spec'],
      })),
    );
const target = fc.record({
  namespace: fc.constant('n'),
  labels,
  ports: fc.array(
    fc.record({
      port: number,
      protocol: fc.constantFrom<Protocol>('TCP', 'UDP'),
      name: fc.constantFrom('http', 'dns'),
      container: fc.constant('c'),
    }),
    { maxLength: 3 },
  ),
});
const ips = fc.array(
  fc.constantFrom(...HOSTS).map((host) => `10.0.0.${host}`),
  { maxLength: 2 },
);
const peer = fc.oneof(
  fc.record({ namespace, namespaceLabels: labels, labels, ips }),
  fc.record({ ips }),
);
const world = (types: fc.Arbitrary<unknown> = maybe(fc.subarray(['Ingress', 'Egress']))) =>
  fc.record({
    target,
    peers: fc.array(peer, { minLength: 1, maxLength: 4 }),
    policies: policies(types),
  });

/** Every list in the value in another order. */
function permuted<T>(value: T, order: readonly number[]): T {
  if (Array.isArray(value)) {
    const ranked = value.map((each, index) => ({ each, rank: order[index % order.length] ?? 0 }));
    ranked.sort((a, b) => a.rank - b.rank);
    return ranked.map(({ each }) => permuted(each, order)) as T;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, field]) => [key, permuted(field, order)]);
  return Object.fromEntries(entries.reverse());
}

describe('in a small world', () => {
  test('the evaluator allows what a listing of all that is allowed holds', () => {
    fc.assert(
      fc.property(world(), (each) => {
        expect([...decidedTuples(each)].sort()).toEqual([...allowedTuples(each)].sort());
      }),
      runs(30),
    );
  }, 60_000);

  test('an explanation lets in whom the decision lets in', () => {
    fc.assert(
      fc.property(world(), fc.constantFrom(...PORTS), ({ target, peers, policies }, asked) => {
        for (const from of peers) {
          const explained = policies
            .map((policy) => explainPolicy(policy, target, { ...asked, from }))
            .filter(({ isolates }) => isolates.match === 'Yes');
          const letsIn = anyOf(explained.flatMap(({ rules }) => rules.map((each) => each.letsIn)));
          const allowed = { Yes: true, Unknown: undefined, No: false }[letsIn];
          expect(explained.length === 0 ? true : allowed).toBe(
            ingressDecision(policies, target, from, asked.port, asked.protocol).allowed,
          );
        }
      }),
      runs(30),
    );
  });

  test('without the address of the source, what is sure holds for every address', () => {
    fc.assert(
      fc.property(world(), fc.constantFrom(...PORTS), ({ target, peers, policies }, asked) => {
        const hasBlock = JSON.stringify(policies).includes('ipBlock');
        for (const { ips: _, ...peer } of peers) {
          const allowed = (ips: string[]) =>
            ingressDecision(policies, target, { ...peer, ips }, asked.port, asked.protocol).allowed;
          const decided = allowed([]);
          if (!hasBlock) expect(decided).toBeDefined();
          const hosts = decided === undefined ? [] : HOSTS;
          for (const host of hosts) expect(allowed([`10.0.0.${host}`])).toBe(decided);
        }
      }),
      runs(30),
    );
  });

  test('no order matters', () => {
    const order = fc.array(fc.nat(9), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(world(), order, ({ target, peers, policies }, order) => {
        const other = permuted({ target, policies }, order);
        for (const peer of peers) {
          for (const { port, protocol } of PORTS) {
            expect(ingressDecision(other.policies, other.target, peer, port, protocol)).toEqual(
              ingressDecision(policies, target, peer, port, protocol),
            );
          }
        }
      }),
    );
  });

  test('a policy takes from a pod that none isolates, and gives to one that is', () => {
    const ingress = fc.constant(['Ingress']);
    fc.assert(
      fc.property(world(ingress), policies(ingress, 1), (each, [added]) => {
        fc.pre(added !== undefined);
        const isolated = each.policies.some((policy) => isolatesIngress(policy, each.target));
        const before = decidedTuples(each);
        const after = decidedTuples({ ...each, policies: [...each.policies, added] });
        const [smaller, larger] = isolated ? [before, after] : [after, before];
        expect([...smaller.difference(larger)]).toEqual([]);
      }),
      runs(30),
    );
  });

  test('a rule never takes', () => {
    fc.assert(
      fc.property(world(), rule, fc.nat(), (each, added, position) => {
        fc.pre(each.policies.length > 0);
        const changed = position % each.policies.length;
        const widened = each.policies.map((policy, index) => {
          const ingress = [...(policy.spec.ingress ?? []), added];
          return index === changed ? { ...policy, spec: { ...policy.spec, ingress } } : policy;
        });
        const after = decidedTuples({ ...each, policies: widened as NetworkPolicy[] });
        expect([...decidedTuples(each).difference(after)]).toEqual([]);
      }),
      runs(30),
    );
  });

  test('those named are those that decide', () => {
    fc.assert(
      fc.property(world(), ({ target, peers, policies }) => {
        for (const peer of peers) {
          for (const { port, protocol } of PORTS) {
            const { allowed, by } = ingressDecision(policies, target, peer, port, protocol);
            const deciding = policies.filter(
              (policy) =>
                isolatesIngress(policy, target) &&
                ingressDecision([policy], target, peer, port, protocol).allowed === allowed,
            );
            expect(by).toEqual(deciding.map(({ metadata }) => metadata.name).sort());
          }
        }
      }),
      runs(30),
    );
  });
});
