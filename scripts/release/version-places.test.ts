import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { VERSION_PLACES } from './version-places.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const { version } = packageJson;

test.each(VERSION_PLACES)('$file names the version of package.json', ({ file, pattern }) => {
  const found = read(file).match(pattern) ?? [];
  expect(new Set(found)).toEqual(new Set([version]));
});

test('package-lock.json names it twice', () => {
  const place = VERSION_PLACES.find(({ file }) => file === 'package-lock.json');
  expect(read('package-lock.json').match(place?.pattern ?? '')).toHaveLength(2);
});

test('the chart has the version, and the image of the same', () => {
  expect(parse(read('charts/portlock/Chart.yaml'))).toMatchObject({
    version,
    appVersion: `v${version}`,
  });
});

test('the installation in one file names no image of another version', () => {
  const images = read('dist/install.yaml').match(/(?<=image: ).*/g);
  expect(images).toEqual([`ghcr.io/portlock/portlock:v${version}`]);
});
