import type { NetworkPolicy } from '../api/kubernetes.ts';
import { decide } from '../domain/decide.ts';
import type { Plan } from '../domain/plan.ts';
import type { ClusterUsage, Service } from '../domain/preflight/usage.ts';
import type { Calibration, CalibrationState } from '../domain/probing/calibration.ts';
import { type Evidence, withSweep } from '../domain/probing/evidence.ts';
import { withRound } from '../domain/probing/round.ts';
import type { SelectedPod, Snapshot } from '../domain/snapshot.ts';
import { NO_DEFAULTS } from '../domain/workload/mode.ts';
import type { TemplateUse } from '../domain/workload/template-use.ts';
import type { ContainerPort, Namespace, Pod, Workload } from '../domain/workload/workload.ts';
import { type Network, NO_COUNTS, outcomeOf, seenOver, sweptCounts } from './seen-network.ts';

/** Tiny builders for tests of decisions: every field has a value, and a test names those it is about. */

export const NOW = Date.parse('2026-01-02T03:04:05Z');

const NO_USE: TemplateUse = {
  containers: ['app'],
  handlers: [],
  scrape: { scrape: undefined, port: undefined },
};

/** A cluster in which nobody connects to anything. */
export const NO_USAGE: ClusterUsage = {
  services: [],
  endpointSlices: [],
  ingresses: [],
  entrances: [],
  routes: [],
  serviceMonitors: [],
  podMonitors: [],
  webhooks: [],
  definitions: [],
  apiServices: [],
  inferencePools: [],
  unread: [],
};

/** A Service of the workload's pods. */
export function service(targetPort: number): Service {
  return {
    namespace: 'shop',
    name: 'web',
    labels: {},
    externalName: undefined,
    headless: false,
    exposure: undefined,
    addresses: [],
    selector: { app: 'web' },
    ports: [{ name: '', port: 80, protocol: 'TCP', targetPort }],
    scrape: NO_USE.scrape,
  };
}

export function port(
  number: number,
  protocol: ContainerPort['protocol'] = 'TCP',
  container = 'app',
): ContainerPort {
  return { port: number, protocol, container };
}

/** The template of the workload, with one declared port. */
export function template(fields: Partial<Workload['template']> = {}): Workload['template'] {
  return {
    hash: 'a',
    labels: { app: 'web' },
    annotations: {},
    hostNetwork: false,
    ports: [port(8080)],
    use: NO_USE,
    ...fields,
  };
}

export function workload(fields: Partial<Workload> = {}): Workload {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
    uid: 'uid-web',
    generation: 1,
    mode: 'enforce',
    annotations: {},
    selector: { matchLabels: { app: 'web' } },
    template: template(),
    ...fields,
  };
}

export function namespace(fields: Partial<Namespace> = {}): Namespace {
  return { name: 'shop', labels: {}, annotations: {}, ...fields };
}

export function calibration(state: CalibrationState): Calibration {
  const between = { fromNode: 'node-1', toNode: 'node-2' };
  return { state, message: `seen as ${state}`, between, since: NOW - 3_600_000 };
}

/** A pod of the workload as its selector finds it. */
function selected(pods: readonly Pod[]): SelectedPod[] {
  return pods.map((each) => ({ ...each, owner: 'Deployment/web' }));
}

export function pod(fields: Partial<Pod> = {}): Pod {
  return {
    namespace: 'shop',
    name: 'web-1',
    uid: 'uid-pod-1',
    labels: { app: 'web' },
    annotations: {},
    ownerUid: 'uid-rs',
    ownerKind: 'ReplicaSet',
    ownerName: 'web-rs',
    templateHash: 'a',
    madeOf: fields.templateHash ?? 'a',
    node: 'node-2',
    ips: ['10.0.0.1'],
    ready: true,
    readySince: NOW - 3_600_000,
    live: true,
    terminating: false,
    hostNetwork: false,
    ports: [port(8080)],
    use: NO_USE,
    ...fields,
  };
}

export function policy(name: string, spec: Partial<NetworkPolicy['spec']> = {}): NetworkPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: 'shop', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { podSelector: {}, policyTypes: ['Ingress'], ...spec },
  };
}

export function snapshot(fields: Partial<Snapshot> = {}): Snapshot {
  return {
    now: NOW,
    timing: { settle: 60_000, interval: 3_600_000, jitter: 0.1, brake: 60_000, preflight: 0 },
    widening: 'explicit',
    modeDefaults: NO_DEFAULTS,
    role: { policy: true, probe: true, secondProbe: false, hasSecond: false },
    namespace: namespace(),
    key: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
    workload: workload(),
    pods: [pod()],
    selected: selected(fields.pods ?? [pod()]),
    overlapping: [],
    absentNamespaces: [],
    watchedNamespaces: undefined,
    usage: { ...NO_USAGE, services: [service(8080)] },
    references: new Map(),
    policies: [],
    tieredPolicies: [],
    pluginPolicies: [],
    report: undefined,
    formerReports: [],
    evidence: undefined,
    calibrations: [calibration('Dropped')],
    prober: {
      namespace: 'portlock-system',
      pod: 'portlock-0',
      podUid: 'uid-prober',
      node: 'node-1',
      namespaceLabels: { 'kubernetes.io/metadata.name': 'portlock-system' },
      labels: { 'app.kubernetes.io/name': 'portlock', 'app.kubernetes.io/component': 'operator' },
      ips: ['10.0.9.9'],
    },
    policyFailure: undefined,
    contest: undefined,
    waitingSince: undefined,
    untoldBrake: undefined,
    lastApplied: undefined,
    ...fields,
  };
}

/** The snapshot after a plan was carried out: what it wrote is there, as the API server would return it. */
export function carriedOut(before: Snapshot, plan: Plan): Snapshot {
  let { policies, report } = before;
  if (plan.policy.do !== 'nothing') {
    const { live } = plan.policy;
    policies = policies.filter((each) => each !== live);
    if (plan.policy.do === 'apply') {
      const metadata = {
        creationTimestamp: new Date(before.now).toISOString(),
        ...plan.policy.policy.metadata,
      };
      policies = [...policies, { ...plan.policy.policy, metadata }];
    }
  }
  policies = policies.filter((each) => !plan.former.policies.includes(each));
  if (plan.report.do === 'delete') report = undefined;
  if (plan.report.do === 'ensure') {
    report = { ...plan.report.report, metadata: { ...plan.report.report.metadata, generation: 1 } };
  }
  return {
    ...before,
    policies,
    report,
    formerReports: [],
    evidence: plan.evidence,
    waitingSince: plan.waitingSince,
  };
}

/** Carries out the plan and the probes that it asks for, `seconds` later; returns the next snapshot. */
export function probed(before: Snapshot, network: Network, seconds = 1): Snapshot {
  return probedAs(decide(before), before, network, seconds);
}

function probedAs(plan: Plan, before: Snapshot, network: Network, seconds: number): Snapshot {
  const after = carriedOut(before, plan);
  const now = before.now + seconds * 1000;
  const evidence =
    plan.evidence &&
    probedEvidence(plan.evidence, plan, network, before.now, now, before.timing.settle);
  return { ...after, now, evidence };
}

/** Probes until nothing more is due, at most `rounds` times. */
export function settled(before: Snapshot, network: Network, rounds = 30): Snapshot {
  let [current, plan] = [before, decide(before)];
  for (let round = 0; round < rounds; round += 1) {
    current = probedAs(plan, current, network, 6);
    plan = decide(current);
    if (plan.probe.conclusive && plan.probe.unswept === 0 && !plan.probe.round)
      return carriedOut(current, plan);
  }
  throw new Error('the probing did not come to an end');
}

function probedEvidence(
  evidence: Evidence,
  plan: Plan,
  network: Network,
  startedAt: number,
  endedAt: number,
  settle: number,
): Evidence {
  let next = evidence;
  const { policies } = evidence;
  if (plan.probe.round) {
    const { pods, podsFingerprint, ports, referred, decoys } = plan.probe.round;
    const readings = pods.flatMap((each) =>
      each.ips.map((ip) => ({
        pod: each,
        young: endedAt - each.readySince < settle,
        reading: {
          ip,
          startedAt,
          endedAt,
          complete: true,
          counts: NO_COUNTS,
          ports: new Map(ports.map((number) => [number, outcomeOf(number, seenOver(ip, network))])),
        },
      })),
    );
    next = withRound(
      next,
      { policies, pods: podsFingerprint, referred, decoys, readings, endedAt },
      plan.declared,
      settle,
    );
  }
  for (const { pod: swept, ips } of plan.probe.sweeps) {
    for (const ip of ips) {
      const seen = seenOver(ip, network);
      const sweep = {
        ip,
        templateHash: swept.templateHash,
        policies,
        pod: swept,
        startedAt,
        endedAt,
        counts: sweptCounts(seen),
      };
      next = withSweep(next, sweep, seen.open, plan.declared);
    }
  }
  return next;
}
