import { describe, expect, it } from 'vitest';
import { sendJson } from '../testing/scripted-api-server.ts';
import { scriptedClient } from '../testing/scripted-client.ts';
import type { KubernetesObject } from './resource.ts';
import { PODS } from './resources.ts';

const CALL = 'GET /api/v1/pods';
const scripted = scriptedClient();

async function read(options: { limit?: number } = {}) {
  const objects: KubernetesObject[] = [];
  const resourceVersion = await scripted.client.forEach(PODS, options, (each) =>
    objects.push(each),
  );
  return { resourceVersion, objects };
}

/** Answers with as many objects of `bytes` as are asked for, in `pages` pages. */
function expectPages(pages: number, bytes: number): void {
  const metadata = { name: 'x'.repeat(bytes) };
  for (let page = 1; page <= pages; page += 1)
    scripted.server.expect(CALL, (response, { query }) =>
      sendJson(response, {
        kind: 'PodList',
        apiVersion: 'v1',
        metadata: { resourceVersion: '7', continue: page < pages ? `page ${page}` : '' },
        items: new Array(Number(query.get('limit') ?? 1)).fill({ metadata }),
      }),
    );
}

const asked = (name: string) => scripted.server.requests.map(({ query }) => query.get(name));

describe('reading a collection an object at a time', () => {
  it('case 14: asks for few objects first, and then for as many as their size allows', async () => {
    expectPages(3, 100_000);
    const { resourceVersion, objects } = await read();
    expect(resourceVersion).toBe('7');
    expect(asked('limit')).toEqual(['50', '83', '83']);
    expect(asked('continue')).toEqual([null, 'page 1', 'page 2']);
    expect(objects).toHaveLength(50 + 83 + 83);
    expect(objects[0]).toMatchObject({ apiVersion: 'v1', kind: 'Pod' });
  });

  it('asks for all in one page where that is wanted', async () => {
    expectPages(1, 10);
    await read({ limit: 0 });
    expect(asked('limit')).toEqual([null]);
  });

  it.each([
    ['is cut off', '{"metadata":{"resourceVersion":"7"},"items":[{"metadata":{}},{"meta', 'JSON'],
    ['has no resourceVersion', '{"metadata":{},"items":[]}', 'it has no resourceVersion'],
    ['is no list', '<html>', 'JSON'],
    ['is no object', 'null', 'a list is no object'],
    ['is a number', '7', 'a list is no object'],
  ])('fails as unreachable where the answer %s', async (_, body, why) => {
    scripted.server.expect(CALL, (response) => response.end(body));
    await expect(read()).rejects.toMatchObject({
      name: 'ApiUnreachableError',
      reason: 'ApiServerResponseInvalid',
      message: expect.stringMatching(new RegExp(`^what came is no list: .*${why}`)),
    });
  });

  it('gives objects the kind that their list is of', async () => {
    scripted.server.expect(CALL, (response) =>
      sendJson(response, {
        kind: 'ListenerList',
        metadata: { resourceVersion: '7' },
        items: [{ metadata: { name: 'a' } }, { kind: 'Own', metadata: { name: 'b' } }],
      }),
    );
    const { objects } = await read();
    expect(objects.map(({ kind }) => kind)).toEqual(['Listener', 'Own']);
    expect(objects[0], 'of which the list did not tell the version').not.toHaveProperty(
      'apiVersion',
    );
  });

  it('passes on what is no object as it came', async () => {
    scripted.server.expect(CALL, (response) =>
      sendJson(response, {
        kind: 'PodList',
        apiVersion: 'v1',
        metadata: { resourceVersion: '7' },
        items: [null, 7, 'a'],
      }),
    );
    expect((await read()).objects).toEqual([null, 7, 'a']);
  });

  it('throws what the receiver of an object throws', async () => {
    expectPages(1, 10);
    const mistake = new Error('mistake');
    const reading = scripted.client.forEach(PODS, {}, () => {
      throw mistake;
    });
    await expect(reading).rejects.toBe(mistake);
  });
});
