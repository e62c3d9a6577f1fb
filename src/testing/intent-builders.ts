import { policyTargets } from '../domain/evaluate/targets.ts';
import { type Intent, type IntentInput, policyIntent } from '../domain/policy/intent.ts';
import type { PreflightFinding } from '../domain/preflight/preflight.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { Settings } from '../domain/workload/settings.ts';
import { snapshot, workload } from './builders.ts';

/** Tiny builders for tests of what should become of a policy. */

/** The one port that the workload declares. */
export const PORTS = [{ port: 8080, protocol: 'TCP', containers: ['app'] }] as const;

/** What an owner asks for who only sets the label. */
export function settings(fields: Partial<Settings> = {}): Settings {
  return {
    mode: 'enforce',
    extraPorts: [],
    allowFrom: 'any',
    allowFromIsExplicit: false,
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

/** What is other than usual: of the snapshot, of the settings, and of what else the decision is made from. */
export type Asked = Partial<Omit<IntentInput, 'snapshot' | 'settings' | 'found'>> & {
  seen?: Partial<Snapshot>;
  asked?: Partial<Settings>;
  findings?: PreflightFinding[];
};

/** What is decided about the policy of the workload `web`, which declares 8080, in these circumstances. */
export function intent({ seen = {}, asked = {}, findings = [], ...fields }: Asked = {}): Intent {
  const taken = snapshot(seen);
  const { namespace, policies, tieredPolicies, pluginPolicies, pods } = taken;
  const all = { networkPolicies: policies, tieredPolicies, pluginPolicies };
  const of = fields.workload ?? workload();
  return policyIntent({
    snapshot: taken,
    workload: of,
    settings: settings(asked),
    declared: PORTS,
    found: { findings, unused: [], referred: [], references: new Map() },
    brake: undefined,
    targets: policyTargets(of, namespace, pods, all),
    ...fields,
  });
}
