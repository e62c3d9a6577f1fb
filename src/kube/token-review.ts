import type { KubeClient } from './client.ts';
import { type Resource, resourcePath } from './resource.ts';
import { SUBJECT_ACCESS_REVIEWS, TOKEN_REVIEWS } from './resources.ts';

/** Milliseconds for each of the two questions: whoever scrapes waits for them. */
const TIMEOUT = 10_000;

/** What of a TokenReview's status is read: who has the token. */
interface TokenReviewStatus {
  authenticated?: boolean;
  user?: { username?: string; uid?: string; groups?: string[]; extra?: Record<string, string[]> };
}

/** A request that is about no object of the API: `get /metrics`. */
export interface NonResourceRequest {
  verb: string;
  path: string;
}

/**
 * Whether the owner of a bearer token may make a request, as the API server's own authenticators and authorizers say.
 *
 * @throws ApiError, ApiUnreachableError, as where the operator itself may not ask
 */
export async function reviewToken(
  client: KubeClient,
  token: string,
  request: NonResourceRequest,
): Promise<'allowed' | 'forbidden' | 'unauthenticated'> {
  const { authenticated, user } = await review<TokenReviewStatus>(client, TOKEN_REVIEWS, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token },
  });
  if (authenticated !== true || !user?.username) return 'unauthenticated';
  const { username, uid, groups, extra } = user;
  const { allowed } = await review<{ allowed?: boolean }>(client, SUBJECT_ACCESS_REVIEWS, {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user: username, uid, groups, extra, nonResourceAttributes: request },
  });
  return allowed === true ? 'allowed' : 'forbidden';
}

/** A review is never kept: its answer is its status. */
async function review<Status>(
  client: KubeClient,
  resource: Resource,
  body: object,
): Promise<Partial<Status>> {
  const path = resourcePath(resource, {});
  const signal = AbortSignal.timeout(TIMEOUT);
  const answer = await client.request({ method: 'POST', resource, path, body, signal });
  const { status } = (answer ?? {}) as { status?: Partial<Status> };
  return status ?? {};
}
