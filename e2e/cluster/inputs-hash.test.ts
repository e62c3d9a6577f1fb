import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { filesIn, hashInputs } from './inputs-hash.ts';

describe('the hash of inputs', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inputs-hash-'));
    await mkdir(join(folder, 'sub'));
    await writeFile(join(folder, 'go.mod'), 'module a\n');
    await writeFile(join(folder, 'sub/main.go'), 'package main\n');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const hash = async (...values: string[]) => hashInputs({ values, files: await filesIn(folder) });

  it('is the same for the same inputs', async () => {
    expect(await hash('go1.24')).toMatch(/^[0-9a-f]{16}$/);
    expect(await hash('go1.24')).toBe(await hash('go1.24'));
  });

  it('does not depend on the order or the place of the files', async () => {
    const files = await filesIn(folder);
    const reversed = Object.fromEntries(Object.entries(files).reverse());
    const values = ['go1.24'];
    expect(await hashInputs({ values, files: reversed })).toBe(await hashInputs({ values, files }));
  });

  it('changes with a value, a content, a name and an additional file', async () => {
    const hashes = [await hash('go1.24'), await hash('go1.25'), await hash('go1.', '24')];
    await writeFile(join(folder, 'sub/main.go'), 'package other\n');
    hashes.push(await hash('go1.24'));
    await writeFile(join(folder, 'sub/more.go'), '');
    hashes.push(await hash('go1.24'));
    await rm(join(folder, 'sub/more.go'));
    await writeFile(join(folder, 'sub/less.go'), '');
    hashes.push(await hash('go1.24'));
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
