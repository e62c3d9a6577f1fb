/**
 * How long one decision takes in a busy namespace, and that it grows with pods and policies and no
 * faster. The goal: at most 5 ms (p99) with 500 pods, 50 policies and 200 Services.
 *
 *     npm run bench:decide
 */
import type { NetworkPolicy } from '../src/api/kubernetes.ts';
import { decide } from '../src/domain/decide.ts';
import type { Service } from '../src/domain/preflight/usage.ts';
import type { Snapshot } from '../src/domain/snapshot.ts';
import type { Pod } from '../src/domain/workload/workload.ts';
import { sharingWith } from '../src/kube/shared-parts.ts';
import { carriedOut, NO_USAGE, pod, policy, service, snapshot } from '../src/testing/builders.ts';

const SIZES = [
  { pods: 125, policies: 50, services: 200 },
  { pods: 250, policies: 50, services: 200 },
  { pods: 500, policies: 25, services: 200 },
  { pods: 500, policies: 50, services: 100 },
  { pods: 500, policies: 50, services: 200 },
  { pods: 1_000, policies: 100, services: 400 },
];
const RUNS = 300;
const GOAL_MILLISECONDS = 5;

/**
 * A StatefulSet's pods: every one has a label of its own, and so have some policies' selectors. They share equal
 * parts, as the store keeps them.
 */
function pods(count: number): Pod[] {
  const model = pod();
  return Array.from({ length: count }, (_, index) => {
    const each = pod({
      name: `web-${index}`,
      uid: `uid-${index}`,
      labels: {
        app: 'web',
        'apps.kubernetes.io/pod-index': `${index}`,
        'statefulset.kubernetes.io/pod-name': `web-${index}`,
        shard: `${index % 8}`,
      },
      ips: [`10.${index >> 8}.${index & 255}.1`],
    });
    return sharingWith(each, model);
  });
}

/** One in two selects the pods; the others select other applications of the namespace. */
function policies(count: number): NetworkPolicy[] {
  return Array.from({ length: count }, (_, index) =>
    policy(`policy-${index}`, {
      podSelector: {
        matchLabels: index % 2 ? { app: 'web', shard: `${index % 8}` } : { app: `${index}` },
      },
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { team: `${index}` } } }],
          ports: [{ port: 8080 }, { port: 'http' }, { port: 30_000, endPort: 32_767 }],
        },
      ],
    }),
  );
}

function services(count: number): Service[] {
  return Array.from({ length: count }, (_, index) => ({
    ...service(8080),
    name: `service-${index}`,
    selector: index % 10 ? { app: `other-${index}` } : { app: 'web' },
  }));
}

/** The snapshot of a workload whose policy is in force: what most decisions are made from. */
function inForce(size: (typeof SIZES)[number]): Snapshot {
  const own = pods(size.pods);
  const annotations = { 'portlock.dev/allow-from': 'any' };
  const first = snapshot({ pods: own, usage: { ...NO_USAGE, services: services(size.services) } });
  const before = {
    ...first,
    workload: first.workload && { ...first.workload, annotations },
    policies: policies(size.policies),
  };
  return carriedOut(before, decide(before));
}

function milliseconds(work: () => void): number[] {
  for (let run = 0; run < RUNS / 3; run += 1) work();
  const times = Array.from({ length: RUNS }, () => {
    const startedAt = performance.now();
    work();
    return performance.now() - startedAt;
  });
  return times.sort((a, b) => a - b);
}

console.log(`Milliseconds for one decision, ${RUNS} runs`);
for (const size of SIZES) {
  const before = inForce(size);
  const times = milliseconds(() => decide(before));
  const at = (share: number) => times[Math.ceil(times.length * share) - 1] ?? 0;
  const what = `${size.pods} pods, ${size.policies} policies, ${size.services} Services`;
  const isGoal = size.pods === 500 && size.policies === 50 && size.services === 200;
  const goal = isGoal ? `  (goal: p99 ${GOAL_MILLISECONDS})` : '';
  console.log(`${what.padEnd(44)} p50 ${at(0.5).toFixed(2)}  p99 ${at(0.99).toFixed(2)}${goal}`);
}
