import type { Asked } from './asked.ts';
import { arePodsAsked, closedPorts } from './before-policy.ts';
import type { OptedIn } from './opted-in.ts';
import { wasInForce } from './policy-in-force.ts';

/** Why a first policy waits for what the pods show, and until when at most (ms since the epoch). */
export interface Wait {
  reason: 'AwaitingProbe' | 'AwaitingSweep';
  message: string;
  until: number;
}

/** How long replicas that may talk among themselves are waited for at most, in ms: many may have to be swept. */
export const SWEEP_WAIT = 60 * 60_000;

/** Since when a first policy waits for the pods to be asked. */
export function waitingSince({ snapshot: { now, waitingSince: since = now } }: OptedIn): number {
  // The clock may have been put back.
  return Math.min(since, now);
}

/**
 * What a first policy waits for. What is open now is to be known before it is closed: of all workloads what a round
 * shows, which takes seconds; of replicas that may talk where no object says, what a sweep shows, which takes minutes.
 */
export function firstPolicyWaits(subject: OptedIn, asked: Asked): Wait | undefined {
  const { now, timing } = subject.snapshot;
  if (timing.preflight === 0 || wasInForce(subject)) return undefined;
  const since = waitingSince(subject);
  const waits: (Wait | undefined)[] = [
    arePodsAsked(asked)
      ? undefined
      : {
          reason: 'AwaitingProbe',
          message: 'The first policy waits until the ready pods were asked once',
          until: since + timing.preflight,
        },
    maySweepTell(subject, asked)
      ? {
          reason: 'AwaitingSweep',
          message:
            'The first policy waits until a ready pod of each template was asked for all ports, an hour at most: the replicas may talk among themselves on ports that no object names',
          until: since + SWEEP_WAIT,
        }
      : undefined,
  ];
  return waits.find((wait) => wait && now < wait.until);
}

/** Whether nobody knows yet on which ports replicas may talk, and a sweep can show it. */
function maySweepTell({ snapshot: { evidence } }: OptedIn, { mayHideTalk, permission }: Asked) {
  return mayHideTalk && permission.pods.length > 0 && !evidence?.acceptsEverything;
}

/** What a first policy closes, as far as the pods were asked: for the end of a sentence about it. */
export function closedInWords(asked: Asked, subject: OptedIn): string {
  const ports = closedPorts(asked);
  const shown = ports.slice(0, 24).map((port) => `${port}/TCP`);
  const more = ports.length > shown.length ? ` and ${ports.length - shown.length} more` : '';
  const were = ports.length > 1 ? 'were open and are closed now' : 'was open and is closed now';
  const closed = ports.length > 0 ? `; ${shown.join(', ')}${more} ${were}` : '';
  return `${closed}${unaskedInWords(asked, subject)}`;
}

function unaskedInWords(asked: Asked, subject: OptedIn): string {
  const { now, timing } = subject.snapshot;
  if (timing.preflight === 0) return '';
  if (!arePodsAsked(asked))
    return `; within ${timing.preflight / 1000} s the ready pods could not all be asked which other ports are open`;
  const isSweepOverdue = asked.mayHideTalk && now - waitingSince(subject) >= SWEEP_WAIT;
  return isSweepOverdue
    ? '; within an hour they could not be asked for all ports, and the replicas may talk among themselves on some'
    : '';
}
