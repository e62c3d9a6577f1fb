import type { PolicyFailure } from '../domain/snapshot.ts';
import { ApiError, isNamespaceTerminating, NotLeaderError } from '../kube/errors.ts';
import { describeError } from '../telemetry/log.ts';
import { LASTING_FAILURES } from './workqueue.ts';

/** A policy that is not as it was written: something on the way changes it. */
export class PolicyAlteredError extends Error {
  override name = 'PolicyAlteredError';
  readonly reason = 'PolicyAltered';
}

/** Somebody changes the policy faster than it can be put back. */
export class ContestedError extends Error {
  override name = 'ContestedError';
  readonly reason = 'Contested';
}

/**
 * Whether a write was decided on what is not so any more: the object is another one by now, or gone, or
 * somebody else was quicker to make it; or this replica does not lead any more. That is no failure: the
 * world has to be observed again.
 */
export function isOutdated(error: unknown): boolean {
  if (error instanceof NotLeaderError) return true;
  return error instanceof ApiError && (error.status === 409 || error.status === 404);
}

/**
 * Whether the log tells of a failure: once, as every further try would say the same. What is outdated is
 * observed again, and told of where that goes on.
 */
export function isToldOf(error: unknown, retries: number): boolean {
  return retries === (isOutdated(error) ? LASTING_FAILURES : 0);
}

/** Codes that every further try would get: quotas, admission and rights are for a person to mend. */
const LASTING_CODES = [400, 401, 403, 413, 422];
/** Codes that pass by themselves, and say nothing of the write. */
const PASSING_CODES = [429, 503, 504];

/** Whether an Event tells of a refused write, in the server's own sentence. */
export function deservesEvent(error: unknown): boolean {
  if (error instanceof PolicyAlteredError || error instanceof ContestedError) return true;
  if (!(error instanceof ApiError) || isNamespaceTerminating(error)) return false;
  return !PASSING_CODES.includes(error.status);
}

/** What a failed write of the policy means. */
export function policyFailure(error: unknown): PolicyFailure {
  const message = describeError(error);
  if (error instanceof PolicyAlteredError || error instanceof ContestedError)
    return { reason: error.reason, message, stalled: true };
  if (isNamespaceTerminating(error))
    return { reason: 'NamespaceTerminating', message, stalled: false };
  if (!(error instanceof ApiError)) {
    const { reason } = error as { reason?: unknown };
    return {
      reason: typeof reason === 'string' ? reason : 'PolicyWriteFailed',
      message,
      stalled: false,
    };
  }
  return { reason: error.reason, message, stalled: LASTING_CODES.includes(error.status) };
}
