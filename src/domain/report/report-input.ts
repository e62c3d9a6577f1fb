import type { Asked } from '../policy/asked.ts';
import type { PolicyDecision } from '../policy/decide-policy.ts';
import type { EffectivePolicies } from '../policy/effective-policies.ts';
import type { OptedIn } from '../policy/opted-in.ts';
import type { Probing } from '../probing/probing.ts';
import type { Doubt } from './doubt.ts';
import type { PortRow } from './port-rows.ts';
import type { SecondProbe } from './second-probe.ts';

/** All that is known and decided, before anything is said about it. */
export interface Decided {
  subject: OptedIn;
  asked: Asked;
  decision: PolicyDecision;
  inForce: EffectivePolicies;
  probing: Probing;
}

/** What a report is made from. */
export interface ReportInput extends Decided {
  /** With what only the second probe found. */
  rows: readonly PortRow[];
  /** Why nothing can be told of the ports. */
  doubt: Doubt | undefined;
  /** What the second probe told, where that counts. */
  second: SecondProbe | undefined;
}
