import { ApiError } from './errors.ts';
import { compareResourceVersions } from './resource-version.ts';
import { MalformedLineError } from './watch-lines.ts';

/**
 * Why everything is listed again: as a precaution after a time; because the server has forgotten where the watch was; because
 * a line could not be understood; because the server knows less than has been seen of it.
 */
export type RelistReason = 'periodic' | 'expired' | 'malformed_line' | 'went_back';

export const RELIST_REASONS: readonly RelistReason[] = [
  'periodic',
  'expired',
  'malformed_line',
  'went_back',
];

/** The server is at an older resourceVersion than it was, as after a restore of etcd: what was seen may never have been. */
export class WentBackError extends Error {
  override readonly name = 'WentBackError';
  readonly reason = 'WentBack';
}

/** A watch said nothing for so long, not even a bookmark, that nobody can tell whether it works. */
export class SilentWatchError extends Error {
  override readonly name = 'SilentWatchError';
}

/** Why a list is needed after this error, where the watch cannot be resumed. */
export function relistReason(error: unknown): RelistReason | undefined {
  if (error instanceof MalformedLineError) return 'malformed_line';
  if (error instanceof WentBackError) return 'went_back';
  if (!(error instanceof ApiError)) return undefined;
  if (error.status === 410 || error.reason === 'Expired') return 'expired';
  // The server may be behind what has been seen of it.
  return /too large resource version/i.test(error.message) ? 'went_back' : undefined;
}

/** @throws WentBackError where `resourceVersion` is older than `seen`, both of the same resource */
export function assertNotBehind(resourceVersion: string, seen: string | undefined): void {
  const order = seen === undefined ? undefined : compareResourceVersions(resourceVersion, seen);
  if (order !== undefined && order < 0)
    throw new WentBackError(`resourceVersion ${resourceVersion} came after ${seen}`);
}
