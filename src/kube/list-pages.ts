import type { ListOptions } from './client.ts';
import { ApiUnreachableError, oneLine } from './errors.ts';
import { ListSplitter } from './list-splitter.ts';
import { type KubernetesObject, type Resource, resourcePath } from './resource.ts';
import type { Transport, TransportRequest } from './transport.ts';

/** What is known at the end of a page. */
export interface PageEnd {
  resourceVersion: string;
  /** Where the next page begins, if there is one. */
  continue: string | undefined;
  items: number;
  bytes: number;
}

/** The call for a page of a collection; a limit of 0 is none. */
export function listCall(
  resource: Resource,
  { signal, pool, namespace, limit: _, ...selectors }: ListOptions,
  page: { limit: number; continue: string | undefined },
): TransportRequest {
  const query = { ...selectors, limit: page.limit || undefined, continue: page.continue };
  return { method: 'GET', path: resourcePath(resource, { namespace }), query, signal, pool };
}

/**
 * Reads one page while it comes, and calls `onObject` with one object at a time. That gets the apiVersion and kind that
 * the server leaves out in lists.
 * @throws ApiError, ApiUnreachableError
 */
export async function readPage(
  transport: Transport,
  call: TransportRequest,
  onObject: (object: KubernetesObject) => void,
): Promise<PageEnd> {
  let items = 0;
  let bytes = 0;
  const splitter = new ListSplitter((item, { apiVersion, kind }) => {
    items += 1;
    onObject(withType(item as KubernetesObject, apiVersion, kind));
  });
  try {
    for await (const chunk of transport.stream(call)) {
      bytes += chunk.length;
      splitter.push(chunk);
    }
    const { metadata } = splitter.end() as { metadata?: Partial<PageEnd> };
    const { resourceVersion, continue: token } = metadata ?? {};
    if (typeof resourceVersion !== 'string') throw new SyntaxError('it has no resourceVersion');
    return { resourceVersion, continue: token || undefined, items, bytes };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const message = `what came is no list: ${oneLine(error.message)}`;
    throw new ApiUnreachableError(call, 'ApiServerResponseInvalid', message, error);
  }
}

/** What is no object is told by whoever reads it. */
function withType(item: KubernetesObject, apiVersion: unknown, kind: unknown): KubernetesObject {
  if (typeof item !== 'object' || item === null) return item;
  if (typeof apiVersion === 'string') item.apiVersion ??= apiVersion;
  if (typeof kind === 'string') item.kind ??= kind.replace(/List$/, '');
  return item;
}
