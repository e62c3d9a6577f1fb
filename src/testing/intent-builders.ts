import { type PolicyTarget, policyTargets } from '../domain/evaluate/targets.ts';
import type { Asked } from '../domain/policy/asked.ts';
import { type Intent, policyIntent } from '../domain/policy/intent.ts';
import type { OptedIn } from '../domain/policy/opted-in.ts';
import { ownPolicies } from '../domain/policy/own-policies.ts';
import type { PreflightFinding } from '../domain/preflight/preflight.ts';
import type { Brake, Snapshot } from '../domain/snapshot.ts';
import { UNSAID } from '../domain/workload/allow-from.ts';
import type { DeclaredPort } from '../domain/workload/declared-ports.ts';
import type { Settings } from '../domain/workload/settings.ts';
import type { Workload } from '../domain/workload/workload.ts';
import { pod, snapshot, workload } from './builders.ts';

/** Tiny builders for tests of what should become of a policy. */

/** The one port that the workload declares. */
export const PORTS = [{ port: 8080, protocol: 'TCP', containers: ['app'] }] as const;

/** A brake that took the policy back. */
export const ENGAGED: Brake = {
  state: 'Engaged',
  sinceTime: '2026-01-02T03:04:05Z',
  templateHash: 'a',
  pods: ['web-1'],
};

/** Annotations that cannot be read. */
export const INVALID: Settings['problems'] = [
  { reason: 'InvalidAnnotation', message: 'one is wrong' },
  { reason: 'InvalidMode', message: 'another is, too' },
];

/** What an owner asks for who only sets the label. */
export function settings(fields: Partial<Settings> = {}): Settings {
  return {
    mode: 'enforce',
    extraPorts: [],
    extraRanges: [],
    closedPorts: [],
    allowFrom: UNSAID,
    acceptedCuts: [],
    probe: true,
    problems: [],
    ...fields,
  };
}

/** A port that a Service uses and the policy would close. */
export function finding(fields: Partial<PreflightFinding> = {}): PreflightFinding {
  return {
    port: 9090,
    protocol: 'TCP',
    users: ['Service shop/web port 80'],
    fix: 'declare it',
    accepted: false,
    holds: true,
    ...fields,
  };
}

/** A workload that has opted in, in a snapshot with these fields, and what is known of its policies. */
export function optedIn(seen: Partial<Snapshot> = {}, fields: Partial<OptedIn> = {}): OptedIn {
  const taken = snapshot(seen);
  return {
    snapshot: taken,
    workload: taken.workload ?? workload(),
    settings: settings(),
    own: ownPolicies(taken),
    ...fields,
  };
}

/** What is asked for by the workload of the builders, which declares 8080. */
export function askedFor(fields: Partial<Asked> = {}): Asked {
  return {
    declared: PORTS,
    ranges: [],
    targets: [],
    selectedTargets: [],
    strangers: [],
    otherOwners: [],
    found: { findings: [], unused: [], referred: [], references: new Map(), notes: [], unread: [] },
    before: undefined,
    mayHideTalk: false,
    peerNotes: [],
    permission: { pods: [pod()], unverifiable: undefined, reason: undefined, leftOut: '' },
    ...fields,
  };
}

/** What is other than usual: of the snapshot, of the settings, and of what else the decision is made from. */
export interface Circumstances {
  seen?: Partial<Snapshot>;
  asked?: Partial<Settings>;
  findings?: PreflightFinding[];
  workload?: Workload;
  declared?: readonly DeclaredPort[];
  targets?: readonly PolicyTarget[];
  brake?: Brake | undefined;
}

/** What is decided about the policy of the workload `web`, which declares 8080, in these circumstances. */
export function intent({ seen = {}, ...circumstances }: Circumstances = {}): Intent {
  const { asked = {}, findings = [], declared = PORTS, brake } = circumstances;
  const of = circumstances.workload ?? workload();
  const subject = optedIn(seen, { workload: of, settings: settings(asked) });
  const { namespace, policies, tieredPolicies, pluginPolicies, pods } = subject.snapshot;
  const all = { networkPolicies: policies, tieredPolicies, pluginPolicies };
  const targets = circumstances.targets ?? policyTargets(of, namespace, pods, all);
  const found = {
    findings,
    unused: [],
    referred: [],
    references: new Map(),
    notes: [],
    unread: [],
  };
  return policyIntent({
    ...subject,
    asked: askedFor({ declared, targets, selectedTargets: targets, found }),
    brake,
  });
}
