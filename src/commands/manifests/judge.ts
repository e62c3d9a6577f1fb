import { type Asked, askedOf } from '../../domain/policy/asked.ts';
import { decidePolicy } from '../../domain/policy/decide-policy.ts';
import type { Intent } from '../../domain/policy/intent.ts';
import type { OptedIn } from '../../domain/policy/opted-in.ts';
import { ownPolicies } from '../../domain/policy/own-policies.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { readSettings } from '../../domain/workload/settings.ts';
import type { Workload } from '../../domain/workload/workload.ts';

/** What the operator would decide about the policy of a workload, and from what. */
export interface Judged extends OptedIn {
  asked: Asked;
  intent: Intent;
}

/** The same steps as in `decide`, of which nothing is told to a cluster. */
export function judge(snapshot: Snapshot, workload: Workload): Judged {
  const settings = readSettings(workload, snapshot.namespace);
  const subject = { snapshot, workload, settings, own: ownPolicies(snapshot) };
  const asked = askedOf(subject);
  return { ...subject, asked, intent: decidePolicy(subject, asked).intent };
}

/** The same of a workload as if it were in enforce mode. A mode that nobody can read stays what it is. */
export function judgeEnforced(snapshot: Snapshot, workload: Workload): Judged {
  const { mode } = readSettings(workload, snapshot.namespace);
  const enforced = mode === 'invalid' ? workload : { ...workload, mode: 'enforce' };
  return judge({ ...snapshot, workload: enforced }, enforced);
}
