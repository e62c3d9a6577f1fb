import { expect, test } from 'vitest';
import { ApiError } from './errors.ts';
import { readWatch, type WatchEvent } from './watch-events.ts';
import { MalformedLineError, TruncatedLineError } from './watch-lines.ts';

const call = { method: 'GET', path: '/api/v1/pods' };

/** The events of a stream of these chunks, and how it ended. */
async function read(...chunks: string[]): Promise<{ events: WatchEvent[]; error: unknown }> {
  const events: WatchEvent[] = [];
  async function* source() {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  try {
    for await (const event of readWatch(source(), call)) events.push(event);
    return { events, error: undefined };
  } catch (error) {
    return { events, error };
  }
}

const object = { metadata: { name: 'a', resourceVersion: '7' } };

test.each(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'])('%s is an event', async (type) => {
  const { events, error } = await read(`${JSON.stringify({ type, object })}\n`);
  expect(events).toEqual([{ type, object }]);
  expect(error).toBeUndefined();
});

test('events come in the order of their lines, wherever the chunks are cut', async () => {
  const { events } = await read(
    '{"type":"ADDED","object":{"metadata":{"resourceVersion":"1"}}}\n{"type":"DEL',
    'ETED","object":{"metadata":{"resourceVersion":"2"}}}\n',
  );
  expect(events.map(({ type }) => type)).toEqual(['ADDED', 'DELETED']);
});

test.each([
  ['no JSON', '{"type":}', 'a line of the watch is not JSON'],
  ['null', 'null', 'a line of the watch is no event with an object'],
  ['a number', '7', 'a line of the watch is no event with an object'],
  ['of no known type', JSON.stringify({ type: 'NEWS', object }), 'no event'],
  ['of a type that every object has', JSON.stringify({ type: 'constructor', object }), 'no event'],
  ['of no type', JSON.stringify({ object }), 'no event'],
  ['without an object', '{"type":"ADDED"}', 'no event'],
  ['with null for an object', '{"type":"ADDED","object":null}', 'no event'],
  ['without metadata', '{"type":"ADDED","object":{}}', 'no event'],
  ['with null for metadata', '{"type":"ADDED","object":{"metadata":null}}', 'no event'],
  ['without a resourceVersion', '{"type":"DELETED","object":{"metadata":{}}}', 'no event'],
  [
    'with a number for a resourceVersion',
    '{"type":"ADDED","object":{"metadata":{"resourceVersion":7}}}',
    'no event',
  ],
])('a line that is %s may be a lost event', async (_, line, message) => {
  const before = `${JSON.stringify({ type: 'ADDED', object })}\n`;
  const { events, error } = await read(`${before}${line}\n${before}`);
  expect(events).toHaveLength(1);
  expect(error).toBeInstanceOf(MalformedLineError);
  expect((error as Error).message).toContain(message);
});

test('the cause of a line that is not JSON is kept', async () => {
  const { error } = await read('{\n');
  expect((error as Error).cause).toBeInstanceOf(SyntaxError);
});

test('an ERROR event is the ApiError that it stands for', async () => {
  const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
  const { error } = await read(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: 410, reason: 'Expired', message: 'too old', ...call });
});

test.each(['{"type":"ERROR"}', '{"type":"ERROR","object":null}', '{"type":"ERROR","object":{}}'])(
  'an ERROR event that says nothing is a failure of the server: %s',
  async (line) => {
    const { error } = await read(`${line}\n`);
    expect(error).toMatchObject({ status: 500, reason: 'InternalError' });
  },
);

test('a stream that ends inside a line gives the events before it', async () => {
  const { events, error } = await read(`${JSON.stringify({ type: 'ADDED', object })}\n{"type":`);
  expect(events).toHaveLength(1);
  expect(error).toBeInstanceOf(TruncatedLineError);
});
