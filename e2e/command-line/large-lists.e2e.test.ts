import { execFile } from 'node:child_process';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ScriptedApiServer } from '../../src/testing/scripted-api-server.ts';

const PROGRAM = path.join(import.meta.dirname, 'read-large.ts');
/** As much as the whole operator may use is more than twice that. */
const HEAP = '--max-old-space-size=100';
const LARGE = 28;
const SMALL = 600;
const EVENTS = 10_000;

function pod(index: number, bytes: number): string {
  const annotations = Object.fromEntries(
    Array.from({ length: Math.ceil(bytes / 1000) }, (_, at) => [`key-${at}`, 'x'.repeat(985)]),
  );
  const name = `pod-${index}`;
  const metadata = { namespace: 'ns', name, uid: name, resourceVersion: '5', annotations };
  return JSON.stringify({ metadata, spec: { containers: [{ name: 'app' }] } });
}

/** Writes no faster than it is read. */
async function write(response: ServerResponse, text: string): Promise<void> {
  if (!response.write(text)) await once(response, 'drain');
}

test('case 14: 44 MB of a list, objects of 1.5 MB, and ten thousand events at once hold no turn of the loop for 200 ms', async () => {
  const server = await ScriptedApiServer.start();
  const listed = [
    ...Array.from({ length: LARGE }, (_, index) => pod(index, 1_500_000)),
    ...Array.from({ length: SMALL }, (_, index) => pod(LARGE + index, 3_000)),
  ];
  const events = Array.from({ length: EVENTS }, (_, index) => {
    const object = JSON.parse(pod(listed.length + index, 2_000));
    object.metadata.resourceVersion = String(11 + index);
    return `${JSON.stringify({ type: 'ADDED', object })}\n`;
  }).join('');
  server.allow('GET /api/v1/pods', async (response, { query }) => {
    if (query.has('watch')) {
      response.writeHead(200);
      await write(response, events);
      return;
    }
    const from = Number(query.get('continue') ?? 0);
    const to = Math.min(listed.length, from + Number(query.get('limit')));
    const next = to < listed.length ? to : '';
    response.writeHead(200);
    response.write(`{"metadata":{"resourceVersion":"10","continue":"${next}"},"items":[`);
    for (let at = from; at < to; at++)
      await write(response, at === from ? (listed[at] ?? '') : `,${listed[at]}`);
    response.end(']}');
  });
  try {
    const words = [HEAP, PROGRAM, server.url, String(listed.length + EVENTS)];
    const { stdout } = await promisify(execFile)(process.execPath, words, { timeout: 120_000 });
    expect(JSON.parse(stdout).longest).toBeLessThan(200);
  } finally {
    await server.close();
  }
});
