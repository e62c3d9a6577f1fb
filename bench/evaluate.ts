/**
 * How long the evaluator takes for every pod of a namespace, and that it grows with pods times
 * policies and no faster.
 *
 *     node bench/evaluate.ts
 */
import type { NetworkPolicy } from '../src/api/kubernetes.ts';
import {
  ingressDecision,
  ingressDecisions,
  type Peer,
  type Target,
} from '../src/domain/evaluate.ts';

const SIZES = [
  { pods: 125, policies: 50 },
  { pods: 250, policies: 50 },
  { pods: 500, policies: 12 },
  { pods: 500, policies: 25 },
  { pods: 500, policies: 50 },
  { pods: 1_000, policies: 50 },
];
const PORTS = 256;
const RUNS = 100;

const PEER: Peer = {
  namespace: 'portlock-system',
  namespaceLabels: { 'kubernetes.io/metadata.name': 'portlock-system' },
  labels: { 'app.kubernetes.io/name': 'portlock' },
  ips: ['10.244.3.7', 'fd00:10:244:3::7'],
};

/** Every fifth pod is of one application, and every policy selects one application. */
function target(index: number): Target {
  return {
    namespace: 'shop',
    labels: { app: `app-${index % 5}`, tier: index % 2 ? 'front' : 'back', pod: `${index}` },
    ports: [{ port: 8080, protocol: 'TCP', name: 'http', container: 'app' }],
  };
}

function policy(index: number): NetworkPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `policy-${index}`, namespace: 'shop' },
    spec: {
      podSelector: {
        matchLabels: { app: `app-${index % 5}` },
        matchExpressions: [{ key: 'tier', operator: 'In', values: ['front', 'back'] }],
      },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            { podSelector: { matchLabels: { client: `${index}` } } },
            { ipBlock: { cidr: '10.0.0.0/8', except: [`10.${index}.0.0/16`, '10.200.0.0/16'] } },
            { namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'Exists' }] } },
          ],
          ports: [{ port: 'http' }, { port: 30_000, endPort: 32_767, protocol: 'UDP' }],
        },
        { from: [{ namespaceSelector: {} }], ports: [{ port: 9_000 + index }] },
      ],
    },
  };
}

function milliseconds(work: () => void): number[] {
  for (let run = 0; run < RUNS / 10; run += 1) work();
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const startedAt = performance.now();
    work();
    times.push(performance.now() - startedAt);
  }
  return times.sort((a, b) => a - b);
}

function percentiles(times: readonly number[]): string {
  const at = (share: number) => (times[Math.ceil(times.length * share) - 1] ?? 0).toFixed(2);
  return `p50 ${at(0.5).padStart(6)}  p99 ${at(0.99).padStart(6)}`;
}

function nanosecondsEach(times: readonly number[], count: number): string {
  const median = times[Math.ceil(times.length / 2) - 1] ?? 0;
  return `${((median * 1e6) / count).toFixed(0).padStart(4)} ns each`;
}

console.log(`Milliseconds for all pods, ${RUNS} runs; each: of a pod and a policy`);
for (const { pods, policies } of SIZES) {
  const targets = Array.from({ length: pods }, (_, index) => target(index));
  const all = Array.from({ length: policies }, (_, index) => policy(index));
  const works = {
    'one by one': () => {
      for (const each of targets) ingressDecision(all, each, PEER, 8_080, 'TCP');
    },
    'from one peer': () => {
      const decisions = ingressDecisions(all, PEER);
      for (const each of targets) decisions(each)(8_080, 'TCP');
    },
    [`from one peer, ${PORTS} ports`]: () => {
      const decisions = ingressDecisions(all, PEER);
      for (const each of targets) {
        const decide = decisions(each);
        for (let port = 1; port <= PORTS; port += 1) decide(port, 'TCP');
      }
    },
  };
  console.log(`${pods} pods, ${policies} policies`);
  for (const [name, work] of Object.entries(works)) {
    const times = milliseconds(work);
    const each = nanosecondsEach(times, pods * policies);
    console.log(`  ${name.padEnd(26)} ${percentiles(times)}  ${each}`);
  }
}
