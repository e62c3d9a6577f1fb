import type { Audited } from '../commands/audit/audited.ts';
import { NO_EVIDENCE } from '../commands/audit/evidence.ts';
import { judgeEnforced } from '../commands/manifests/judge.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { snapshot, workload } from './builders.ts';

/** A workload as an audit has it before anything beside objects is looked at: nothing isolates it, and nothing was found. */
export function auditedWith(seen: Partial<Snapshot> = {}, fields: Partial<Audited> = {}): Audited {
  const value = seen.workload ?? workload();
  const taken = snapshot({ ...seen, workload: value });
  const document = { file: '', line: 0, text: '' };
  const wire = { apiVersion: value.apiVersion, kind: value.kind };
  return {
    found: { value, manifest: { file: '', line: 0, document, path: [], wire }, hasNamespace: true },
    mode: value.mode,
    judged: judgeEnforced(taken, value),
    isUnknown: false,
    exposure: { allowed: 'all', policies: [] },
    evidence: NO_EVIDENCE,
    findings: [],
    ...fields,
  };
}
