import type { Snapshot } from '../snapshot.ts';
import type { Settings } from '../workload/settings.ts';
import type { Workload } from '../workload/workload.ts';
import type { OwnPolicies } from './own-policies.ts';

/** A workload that has opted in: what one decision is about. */
export interface OptedIn {
  snapshot: Snapshot;
  workload: Workload;
  settings: Settings;
  own: OwnPolicies;
}
