import type { IncomingMessage } from 'node:http';
import { type Answer, plainText, type Routes } from './http-endpoint.ts';
import { describeError, type Log } from './log.ts';
import { type TokenAccess, TooManyReviews } from './token-access.ts';

/** Whoever is refused has to connect again: connections are few. */
const CLOSED = { connection: 'close' };

/** What mends it where the operator itself may not ask. */
const NEEDED =
  'the ClusterRole portlock-metrics-auth (config/rbac) for the operator, or --metrics-secure=false';

/**
 * A route for those alone whose bearer token is known and allowed, as controller-runtime's filter does: 401 without
 * one, 403 for one that may not, 500 where that cannot be found out.
 */
export function bearerGuard(
  route: Routes[string],
  access: TokenAccess,
  log: Log,
): (request: IncomingMessage) => Promise<Answer> {
  let told = '';
  const cannotTell = (error: unknown): Answer => {
    if (error instanceof TooManyReviews)
      return refusal(503, 'too many tokens are being reviewed', { 'retry-after': '1' });
    const why = describeError(error);
    // Every scrape fails alike until somebody mends it.
    if (why !== told)
      log.warn('Could not find out who may read the metrics', { error: why, needed: NEEDED });
    told = why;
    return refusal(
      500,
      'cannot find out whether you may read this; the log of the operator says why',
    );
  };
  return async (request) => {
    const token = bearerToken(request.headers.authorization);
    if (token === undefined) return unauthenticated();
    try {
      const found = await access.of(token);
      told = '';
      if (found === 'allowed') return await route(request);
      return found === 'forbidden'
        ? refusal(
            403,
            'forbidden; the ClusterRole portlock-metrics-reader lets an account read metrics',
          )
        : unauthenticated();
    } catch (error) {
      return cannotTell(error);
    }
  };
}

/** `"Bearer" 1*SP b64token` (RFC 6750, 2.1; the scheme in any case). */
function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +([\w\-.~+/]+=*)$/i.exec(authorization ?? '')?.[1];
}

function unauthenticated(): Answer {
  return refusal(401, 'unauthorized; a bearer token of the cluster is needed', {
    'www-authenticate': 'Bearer',
  });
}

function refusal(status: number, line: string, headers: Record<string, string> = {}): Answer {
  return { ...plainText(status, line), headers: { ...CLOSED, ...headers } };
}
