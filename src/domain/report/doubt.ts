import type { Evidence } from '../probing/evidence.ts';
import type { ProbePermission } from '../probing/probe-permission.ts';

/** Why nothing can be told of the pods' ports. */
export interface Doubt {
  /** The condition reason. */
  reason: NonNullable<ProbePermission['reason']> | 'AcceptsEverything';
  message: string;
  /** Whether it is about what a connection shows, and not only that there is no pod to connect to. */
  isAboutPorts: boolean;
}

const ACCEPTS_EVERYTHING =
  'Something accepts connections for these pods on ports where nothing listens, so an open port proves nothing';

/** The doubt that there is: because pods may not be asked, or because something else answers for them. */
export function doubtOf(permission: ProbePermission, evidence: Evidence): Doubt | undefined {
  const { reason, unverifiable } = permission;
  if (reason) {
    const message = unverifiable ?? 'No pod is ready to be probed';
    return { reason, message, isAboutPorts: unverifiable !== undefined };
  }
  if (!evidence.acceptsEverything) return undefined;
  return { reason: 'AcceptsEverything', message: ACCEPTS_EVERYTHING, isAboutPorts: true };
}
