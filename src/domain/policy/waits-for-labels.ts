import { sourcesOf } from '../workload/allow-from.ts';
import type { ListedPort } from '../workload/port-text.ts';
import { covers } from '../workload/sources.ts';
import type { BeforePolicy } from './before-policy.ts';
import { grantsOf, letInBy } from './grants.ts';
import type { OptedIn } from './opted-in.ts';
import { wasInForce } from './policy-in-force.ts';

/**
 * Whether anything waits for who comes once a program has put labels on a pod. A first policy does while no pod is ready:
 * whether somebody will come, nobody can tell. Where one is ready the program has had its chance, and a leader that is
 * elected anew has no label for a moment: so it waits where a pod listens, and no longer for what nobody sets. Under a
 * policy nobody waits, but what it allows beyond what is asked for is kept.
 */
export function waitsForLabels(
  subject: OptedIn,
  before: BeforePolicy | undefined,
): (port: ListedPort, isDeclared: boolean) => boolean {
  const { snapshot, own, settings } = subject;
  // In audit mode a policy goes: what it allows today is kept for nobody.
  if (settings.mode !== 'audit' && wasInForce(subject)) {
    const letIn = letInBy((own.inForce && grantsOf(own.inForce)) ?? []);
    const { allowFrom } = settings;
    return (port, isDeclared) => !covers(isDeclared ? sourcesOf(allowFrom, port) : [], letIn(port));
  }
  const isAnyReady = snapshot.selected.some(({ ready, hostNetwork }) => ready && !hostNetwork);
  const open = new Set(before?.open);
  return ({ port, protocol }, isDeclared) =>
    !isAnyReady || isDeclared || (protocol === 'TCP' && open.has(port));
}
