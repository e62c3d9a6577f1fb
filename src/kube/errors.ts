import { visible, visibleWithin } from '../domain/text/visible-text.ts';

/**
 * What can go wrong between portlock and the API server. `reason` is CamelCase and comes from a
 * bounded set, so that it can be a metric label, a condition reason and an Event reason alike.
 */

/** The reasons of k8s.io/apimachinery meta/v1 StatusReason; others are replaced by the HTTP code's. */
const KNOWN_REASONS: ReadonlySet<string> = new Set([
  'Unauthorized',
  'Forbidden',
  'NotFound',
  'AlreadyExists',
  'Conflict',
  'Gone',
  'Invalid',
  'ServerTimeout',
  'StoreReadError',
  'Timeout',
  'TooManyRequests',
  'BadRequest',
  'MethodNotAllowed',
  'NotAcceptable',
  'RequestEntityTooLarge',
  'UnsupportedMediaType',
  'InternalError',
  'Expired',
  'ServiceUnavailable',
]);

/** Reasons by HTTP code, for answers that are no Status (a proxy's page, the plain-text 404). */
const REASON_BY_CODE: ReadonlyMap<number, string> = new Map([
  [400, 'BadRequest'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'NotFound'],
  [405, 'MethodNotAllowed'],
  [406, 'NotAcceptable'],
  [409, 'Conflict'],
  [410, 'Gone'],
  [413, 'RequestEntityTooLarge'],
  [415, 'UnsupportedMediaType'],
  [422, 'Invalid'],
  [429, 'TooManyRequests'],
  [500, 'InternalError'],
  [502, 'BadGateway'],
  [503, 'ServiceUnavailable'],
  [504, 'Timeout'],
]);

/** A longer Retry-After is cut to this, so that one wrong header cannot silence portlock. */
const LONGEST_RETRY_AFTER_SECONDS = 600;

/** Which call failed. */
export interface Call {
  method: string;
  /** The path without the query. */
  path: string;
}

/** The API server answered, and the answer is an error. `message` is the server's own sentence. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The HTTP code, or the code of a Status sent inside a watch. */
  readonly status: number;
  readonly reason: string;
  readonly method: string;
  readonly path: string;
  /** Seconds (0–600) that the server asks to wait before the next try. */
  readonly retryAfterSeconds: number | undefined;
  /** The reasons of the single causes that the server names. */
  readonly causes: readonly string[];

  constructor(
    call: Call,
    answer: {
      status: number;
      reason: string;
      message: string;
      retryAfterSeconds?: number | undefined;
      causes?: readonly string[];
    },
  ) {
    super(answer.message);
    this.status = answer.status;
    this.reason = answer.reason;
    this.method = call.method;
    this.path = call.path;
    this.retryAfterSeconds = answer.retryAfterSeconds;
    this.causes = answer.causes ?? [];
  }
}

/** Why there is no answer. */
export type UnreachableReason =
  | 'ApiServerUnreachable'
  | 'ApiServerTimeout'
  | 'ApiServerCertificateInvalid'
  | 'ApiServerResponseInvalid'
  | 'CredentialsUnavailable';

/** The API server gave no answer that could be used; `cause` says why. A write may have happened. */
export class ApiUnreachableError extends Error {
  override readonly name = 'ApiUnreachableError';
  readonly reason: UnreachableReason;
  readonly method: string;
  readonly path: string;

  constructor(call: Call, reason: UnreachableReason, message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
    this.method = call.method;
    this.path = call.path;
  }
}

/** A write was refused on our side, because another replica may be the leader by now. */
export class NotLeaderError extends Error {
  override readonly name = 'NotLeaderError';
  readonly reason = 'NotLeader';
}

/** Whether the API server says that the object, or its whole resource, does not exist. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** What is read; undefined where there is no such thing. */
export async function unlessGone<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Whether a write was refused because the namespace is about to be gone: nobody has to mend that. */
export function isNamespaceTerminating(error: unknown): boolean {
  return error instanceof ApiError && error.causes.includes('NamespaceTerminating');
}

interface Status {
  code?: number;
  reason?: string;
  message?: string;
  details?: { retryAfterSeconds?: number; causes?: unknown };
}

/** What the API server puts before the words of a webhook that denies. */
const DENIAL = /^admission webhook "[^"]*" denied the request/;

/**
 * The error for a Status object, or for a body that is none. `code` is the HTTP code, used where the
 * Status has none; `retryAfterHeader` is the Retry-After header, in seconds or as an HTTP date. A webhook
 * may deny with any code, as of a conflict or of an object that is not there: its denials are all Forbidden.
 */
export function apiErrorFrom(
  call: Call,
  answer: { code: number; body: unknown; retryAfterHeader?: string | undefined },
): ApiError {
  const body = answer.body;
  const status: Status = typeof body === 'object' && body !== null ? body : {};
  const code = typeof status.code === 'number' ? status.code : answer.code;
  const reason = KNOWN_REASONS.has(status.reason ?? '') ? (status.reason as string) : undefined;
  const text =
    typeof status.message === 'string' ? status.message : typeof body === 'string' ? body : '';
  if (DENIAL.test(text))
    return new ApiError(call, { status: 403, reason: 'Forbidden', message: oneLine(text) });
  return new ApiError(call, {
    status: code,
    reason: reason ?? REASON_BY_CODE.get(code) ?? 'UnexpectedStatus',
    message: oneLine(text) || `the API server answered ${code}`,
    retryAfterSeconds:
      retryAfter(answer.retryAfterHeader) ?? bounded(status.details?.retryAfterSeconds),
    causes: reasonsOf(status.details?.causes),
  });
}

function reasonsOf(causes: unknown): string[] {
  const reasons = Array.isArray(causes) ? causes.map((cause) => cause?.reason) : [];
  return reasons.filter((reason) => typeof reason === 'string');
}

/**
 * `text` on one line of at most 1,000 characters, with nothing in it that a terminal acts on. Messages end up in
 * logs, conditions and Events, and a webhook may answer anything.
 */
export function oneLine(text: string): string {
  const line = visible(text.replaceAll(/\s+/g, ' ').trim());
  return line.length > 1000 ? `${visibleWithin(line, 999)}…` : line;
}

function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return bounded(Number(header));
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : bounded(Math.ceil((date - Date.now()) / 1000));
}

function bounded(seconds: number | undefined): number | undefined {
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) return undefined;
  return Math.min(Math.max(seconds, 0), LONGEST_RETRY_AFTER_SECONDS);
}
