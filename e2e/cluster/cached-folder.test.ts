import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { cachedFolder, isAbandoned } from './cached-folder.ts';
import { formatIdentity, ownIdentity } from './process-identity.ts';

describe('a cached folder', () => {
  let parent: string;
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'cached-folder-'));
  });
  afterEach(() => rm(parent, { recursive: true }));

  const make = (content: string) => (folder: string) => writeFile(join(folder, 'file'), content);

  it('is made once per hash', async () => {
    const version = { parent, name: 'kubernetes', hash: 'a1' };
    const folder = await cachedFolder(version, make('first'));
    const again = await cachedFolder(version, () => Promise.reject(new Error('made again')));
    expect(again).toBe(folder);
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('takes the place of its other versions, and of nothing else', async () => {
    await cachedFolder({ parent, name: 'kubernetes', hash: 'a1' }, make('old'));
    await cachedFolder({ parent, name: 'cilium', hash: 'c3' }, make('other'));
    await cachedFolder({ parent, name: 'kubernetes', hash: 'b2' }, make('new'));
    expect((await readdir(parent)).sort()).toEqual(['cilium-c3', 'kubernetes-b2']);
  });

  it('is not there when making it failed', async () => {
    const version = { parent, name: 'kubernetes', hash: 'a1' };
    const failing = cachedFolder(version, async (folder) => {
      await writeFile(join(folder, 'half'), '');
      throw new Error('interrupted');
    });
    await expect(failing).rejects.toThrow('interrupted');
    expect(await readdir(parent)).toEqual([]);
  });

  it('is made anew after its maker was killed, and what that left is removed', async () => {
    const dead = formatIdentity({ pid: process.pid, startTime: '1' });
    await mkdir(join(parent, `.kubernetes-a1.${dead}`));
    const folder = await cachedFolder({ parent, name: 'kubernetes', hash: 'a1' }, make('whole'));
    expect(await readdir(parent)).toEqual(['kubernetes-a1']);
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('leaves alone what a living process is making', () => {
    expect(isAbandoned(`.kubernetes-b2.${formatIdentity(ownIdentity())}`)).toBe(false);
  });
});
