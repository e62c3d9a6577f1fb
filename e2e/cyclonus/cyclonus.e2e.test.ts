/**
 * portlock's reading of NetworkPolicies next to that of cyclonus, over all cases that cyclonus's
 * generator makes: every source, every destination, every port. Needs Go; no cluster.
 *
 * There are no exceptions, though the two differ where no case shows it: to cyclonus 0.5.6, `NotIn`
 * matches nothing that lacks the label, and by the API it does ("The operator is DoesNotExist or
 * NotIn and Labels does not have the Requirement's key", k8s.io/apimachinery labels.Requirement).
 * Both match an ipBlock against the addresses of pods as of everything else: the API makes no
 * difference ("ipBlock defines policy on a particular IPBlock").
 */
import { beforeAll, expect, test } from 'vitest';
import type { Protocol } from '../../src/api/kubernetes.ts';
import { explainPolicy } from '../../src/domain/evaluate/explain-policy.ts';
import {
  ingressDecisions,
  type Peer,
  type Target,
} from '../../src/domain/evaluate/network-policy.ts';
import { type CyclonusPod, type CyclonusStep, cyclonusSteps } from './cases.ts';

let steps: readonly CyclonusStep[];
beforeAll(async () => {
  steps = await cyclonusSteps(AbortSignal.timeout(290_000));
}, 300_000);

function target(pod: CyclonusPod): Target {
  const ports = pod.ports.map((port) => ({ ...port, container: port.name }));
  return { namespace: pod.namespace, labels: pod.labels ?? {}, ports };
}

function sources({ pods, external, namespaces }: CyclonusStep): (Peer & { title: string })[] {
  return [
    ...pods.map(({ namespace, name, labels, ip }) => ({
      title: `${namespace}/${name}`,
      namespace,
      labels: labels ?? {},
      ips: [ip],
      namespaceLabels: namespaces[namespace] ?? {},
    })),
    ...external.map((ip) => ({ title: ip, ips: [ip] })),
  ];
}

/** Whether a pod lets a source in on a port. */
type Decide = (from: Peer, to: Target) => (port: number, protocol: Protocol) => boolean;

/** Where our table of the step differs from theirs, in words. */
function disagreements(step: CyclonusStep, decide: Decide): string[] {
  const found: string[] = [];
  let index = 0;
  for (const from of sources(step)) {
    for (const to of step.pods) {
      const isLetIn = decide(from, target(to));
      for (const { port, protocol } of to.ports) {
        const ours = isLetIn(port, protocol) ? '.' : 'X';
        const theirs = step.ingress[index++];
        if (ours === theirs) continue;
        found.push(
          `${step.case}, step ${step.step}, ${step.family}: ${ours} and not ${theirs} ` +
            `from ${from.title} to ${to.namespace}/${to.name} on ${port}/${protocol}`,
        );
      }
    }
  }
  expect(index).toBe(step.ingress.length);
  return found;
}

/** As connections are decided. */
function decided({ policies }: CyclonusStep): Decide {
  const decisionsOf = new Map<Peer, ReturnType<typeof ingressDecisions>>();
  return (from, to) => {
    const decisions = decisionsOf.get(from) ?? ingressDecisions(policies, from);
    decisionsOf.set(from, decisions);
    const decide = decisions(to);
    return (port, protocol) => decide(port, protocol).allowed === true;
  };
}

/** As `portlock explain` tells it, rule by rule. */
function explained({ policies }: CyclonusStep): Decide {
  return (from, to) => (port, protocol) => {
    const isolating = policies
      .map((policy) => explainPolicy(policy, to, { port, protocol, from }))
      .filter(({ isolates }) => isolates.match === 'Yes');
    const rules = isolating.flatMap((each) => each.rules);
    return isolating.length === 0 || rules.some(({ letsIn }) => letsIn === 'Yes');
  };
}

test('agrees with cyclonus about every cell of every step', () => {
  expect(steps.flatMap((step) => disagreements(step, decided(step)))).toEqual([]);
  const cells = steps.map(({ ingress }) => ingress).join('');
  expect(cells.length).toBeGreaterThan(1_600_000);
  expect(cells.split('X').length).toBeGreaterThan(180_000);
});

test('explains every cell as cyclonus decides it', () => {
  expect(steps.flatMap((step) => disagreements(step, explained(step)))).toEqual([]);
});

test('covers the fields that ingress policies have', () => {
  const features = new Set<string>();
  const note = (feature: string, present: unknown) => present && features.add(feature);
  const rules = steps
    .flatMap(({ policies }) => policies)
    .flatMap(({ spec }) => {
      note(`policyTypes: ${spec.policyTypes}`, true);
      note('no rule', spec.policyTypes?.includes('Ingress') && !spec.ingress?.length);
      return spec.ingress ?? [];
    });
  for (const rule of rules) {
    note('every port', !rule.ports?.length);
    note('every source', !rule.from?.length);
    for (const { port, protocol, endPort } of rule.ports ?? []) {
      note(`port: ${typeof port}`, true);
      note(`protocol: ${protocol}`, true);
      note('endPort', endPort);
    }
    for (const { ipBlock, podSelector, namespaceSelector } of rule.from ?? []) {
      note('ipBlock', ipBlock);
      note('except', ipBlock?.except?.length);
      note('podSelector alone', podSelector && !namespaceSelector);
      note('namespaceSelector alone', namespaceSelector && !podSelector);
      note('both selectors', namespaceSelector && podSelector);
    }
  }
  expect([...features].sort()).toEqual([
    'both selectors',
    'endPort',
    'every port',
    'every source',
    'except',
    'ipBlock',
    'namespaceSelector alone',
    'no rule',
    'podSelector alone',
    'policyTypes: Egress',
    'policyTypes: Egress,Ingress',
    'policyTypes: Ingress',
    'policyTypes: Ingress,Egress',
    'port: number',
    'port: string',
    'port: undefined',
    'protocol: SCTP',
    'protocol: TCP',
    'protocol: UDP',
    'protocol: undefined',
  ]);
});
