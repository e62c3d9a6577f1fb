import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_IMAGE } from './default-image.ts';

test('pods of a command run the image of the same release as the operator', () => {
  const manifests = readFileSync(path.join(import.meta.dirname, '../../dist/install.yaml'), 'utf8');
  const [, image] = /image: (\S+\/portlock\S*)/.exec(manifests) ?? [];
  expect(DEFAULT_IMAGE.split('@')[0]).toBe(image?.split('@')[0]);
});
