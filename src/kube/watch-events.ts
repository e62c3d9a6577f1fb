import { apiErrorFrom, type Call } from './errors.ts';
import type { KubernetesObject } from './resource.ts';
import { MalformedLineError, splitLines } from './watch-lines.ts';

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';

/** One event of a watch; a bookmark's object has a resourceVersion and nothing else that counts. */
export interface WatchEvent {
  type: WatchEventType;
  object: KubernetesObject;
}

const EVENT_TYPES: ReadonlySet<unknown> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK']);

/**
 * Parses the bytes of a watch, one event a line.
 * @throws ApiError for an ERROR event, MalformedLineError, TruncatedLineError
 */
export async function* readWatch(
  source: AsyncIterable<Uint8Array>,
  call: Call,
): AsyncGenerator<WatchEvent, void, void> {
  for await (const line of splitLines(source)) {
    const event = parseEvent(line);
    if (event.type === 'ERROR') throw apiErrorFrom(call, { code: 500, body: event.object });
    yield event as WatchEvent;
  }
}

function parseEvent(line: string): { type: WatchEventType | 'ERROR'; object: unknown } {
  let event: { type?: unknown; object?: { metadata?: { resourceVersion?: unknown } } } | null;
  try {
    event = JSON.parse(line);
  } catch (error) {
    throw new MalformedLineError('a line of the watch is not JSON', { cause: error });
  }
  const { type, object } = event ?? {};
  if (type === 'ERROR') return { type, object };
  if (!EVENT_TYPES.has(type) || typeof object?.metadata?.resourceVersion !== 'string') {
    throw new MalformedLineError('a line of the watch is no event with an object');
  }
  return { type: type as WatchEventType, object };
}
