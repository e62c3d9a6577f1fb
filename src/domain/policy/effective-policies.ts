import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { mayOpen, type PolicyEffect } from '../evaluate/effect.ts';
import { policyEffects } from '../evaluate/policy-effects.ts';
import { type AllPolicies, policiesFingerprint, policiesSelecting } from '../evaluate/targets.ts';
import { fingerprint } from '../probing/probe-plan.ts';
import type { Snapshot } from '../snapshot.ts';
import { type Asked, portsAsked } from './asked.ts';
import type { PolicyDecision } from './decide-policy.ts';
import type { OptedIn } from './opted-in.ts';

/** What is in force about the pods once the decision is carried out. */
export interface EffectivePolicies {
  /** All policies that select the workload's own pods. */
  selecting: AllPolicies;
  /** What each of them does. */
  effects: readonly PolicyEffect[];
  /** Ours, as decided or as it was left. */
  managed: NetworkPolicy | undefined;
  /** Whether nothing but declared ports should answer. */
  isClosing: boolean;
  /** Another one where what they mean for the pods may be another. */
  fingerprint: string;
  /** When they may have changed last as far as they tell themselves, in ms since the epoch. */
  since: number;
}

/** Works out which policies are in force, and what they do. */
export function effectivePolicies(
  { snapshot, own }: OptedIn,
  asked: Asked,
  decision: PolicyDecision,
): EffectivePolicies {
  const selecting = policiesSelecting(policiesAfter(snapshot, decision), asked.targets);
  const left = own.live.kind === 'ours' ? own.live.policy : undefined;
  const managed = ownAfter(decision, left);
  const effects = policyEffects(
    selecting,
    asked.targets,
    portsAsked(asked),
    managed?.metadata.name,
  );
  return {
    selecting,
    effects,
    managed,
    isClosing: managed !== undefined && !effects.some(mayOpen),
    fingerprint: fingerprint(policiesFingerprint(selecting, asked.targets)),
    // NetworkPolicies may have been edited a moment ago: that is nowhere to be read.
    since: selecting.networkPolicies.length > 0 ? snapshot.now : 0,
  };
}

function policiesAfter(
  { policies, tieredPolicies, pluginPolicies }: Snapshot,
  { step, former }: PolicyDecision,
): AllPolicies {
  const gone = [...former.policies, ...(step.do === 'nothing' ? [] : [step.live])];
  const others = policies.filter((each) => !gone.includes(each));
  const networkPolicies = step.do === 'apply' ? [...others, step.policy] : others;
  return { networkPolicies, tieredPolicies, pluginPolicies };
}

function ownAfter(
  { step }: PolicyDecision,
  left: NetworkPolicy | undefined,
): NetworkPolicy | undefined {
  if (step.do === 'nothing') return left;
  return step.do === 'apply' ? step.policy : undefined;
}
