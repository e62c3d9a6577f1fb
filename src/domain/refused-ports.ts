import { EQUAL_READINGS, type Evidence } from './evidence.ts';
import { portKey } from './ports.ts';
import { parsed } from './reported-evidence.ts';
import type { Snapshot } from './snapshot.ts';

/** Which ports every pod was seen to refuse, how many pods that were, and when, in ms since the epoch. */
interface Refusals {
  ports: readonly number[];
  pods: number;
  endedAt: number;
}

/**
 * Keys of the TCP ports on which every ready pod refuses a connection: nothing listens there. None where
 * that is not known of all pods that the policy would be about, or where a refusal may be a denial.
 *
 * @param isolated whether any policy but ours may close ports of the pods
 */
export function refusedPorts(snapshot: Snapshot, isolated: boolean): ReadonlySet<string> {
  const { ports, pods, endedAt } = seenHere(snapshot) ?? reported(snapshot);
  const ready = snapshot.selected.filter((pod) => pod.ready && !pod.hostNetwork);
  const own = new Set(snapshot.pods.map(({ uid }) => uid));
  const areAllAsked =
    ready.length > 0 &&
    ready.length <= pods &&
    ready.every(({ uid, readySince }) => own.has(uid) && readySince < endedAt);
  const isTelling =
    !isolated || snapshot.calibrations.every(({ state }) => LETS_REFUSALS_TELL[state]);
  return new Set(areAllAsked && isTelling ? ports.map((port) => portKey(port, 'TCP')) : []);
}

/** A network that rejects refuses what it denies, too. */
const LETS_REFUSALS_TELL = { Dropped: true, NotEnforced: true, Rejected: false, Unknown: false };

/** The ports that every pod refused often enough, sorted. */
export function refusingPorts({ referred }: Evidence): number[] {
  return [...referred]
    .flatMap(([port, rounds]) => (rounds >= EQUAL_READINGS ? [port] : []))
    .sort((a, b) => a - b);
}

function seenHere({ role, evidence }: Snapshot): Refusals | undefined {
  const { lastRound } = evidence ?? {};
  if (!role.probe || !evidence || !lastRound) return undefined;
  const { podCount, endedAt } = lastRound;
  return { ports: refusingPorts(evidence), pods: podCount, endedAt };
}

/** As the replica that probes wrote it. */
function reported({ report }: Snapshot): Refusals {
  const { refusedPorts: ports = [], pods = 0, lastProbeTime } = report?.status?.probe ?? {};
  return { ports, pods, endedAt: parsed(lastProbeTime) ?? 0 };
}
