import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { recordedLog } from '../testing/recorded-log.ts';
import { until } from '../testing/until.ts';
import { type ServingPair, selfSigned } from './self-signed.ts';
import { followServingFiles, readServingFiles } from './serving-files.ts';

test('a renewed certificate is taken; one that cannot be used is told of once, and the last one stays', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'portlock-certificate-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const replace = (name: string, text: string) => {
    const next = path.join(folder, 'next');
    writeFileSync(next, text);
    renameSync(next, path.join(folder, name));
  };
  const write = ({ cert, key }: ServingPair) => {
    replace('tls.crt', cert);
    replace('tls.key', key);
  };
  const [first, second] = [await selfSigned('a.test', 0), await selfSigned('b.test', 0)];
  write(first);
  const { log, lines } = recordedLog();
  const taken: ServingPair[] = [];
  const onChange = (pair: ServingPair) => taken.push(pair);
  const current = await readServingFiles(folder);
  onTestFinished(followServingFiles(folder, current, { log, onChange, every: 2 }));
  write({ ...first, key: 'none' });
  const warnings = () => lines.filter(({ line }) => line.startsWith('warn')).length;
  await until('the bad pair is told of', () => warnings() === 1);
  write(second);
  await until('the new pair is taken', () => taken.some(({ cert }) => cert === second.cert));
  // A key is replaced after its certificate: in between they may not belong together.
  if (warnings() > 2) throw new Error('told more than once');
});

/** A folder with these files, which goes with the test. */
function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'portlock-certificate-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

test('a certificate and its key are read as they are', async () => {
  const { cert, key } = await selfSigned('a.test', 0);
  const folder = folderOf({ 'tls.crt': cert, 'tls.key': key, 'ca.crt': 'other' });
  expect(await readServingFiles(folder)).toEqual({ cert, key });
});

test.each(['tls.crt', 'tls.key'])('where %s is missing, it is named', async (name) => {
  const { cert, key } = await selfSigned('a.test', 0);
  const folder = folderOf({ 'tls.crt': cert, 'tls.key': key });
  rmSync(path.join(folder, name));
  await expect(readServingFiles(folder)).rejects.toThrow(name);
});

test('a certificate with the key of another one is refused, and one that is none', async () => {
  const [first, second] = [await selfSigned('a.test', 0), await selfSigned('b.test', 0)];
  for (const cert of [second.cert, 'none']) {
    const folder = folderOf({ 'tls.crt': cert, 'tls.key': first.key });
    await expect(readServingFiles(folder)).rejects.toThrow(
      `tls.crt and tls.key in ${folder} cannot be used`,
    );
  }
});
