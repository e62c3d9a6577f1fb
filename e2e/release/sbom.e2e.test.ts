import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { builtBundle } from '../../scripts/bundle/built-bundle.ts';
import { LICENSES_FILE, TITLE } from '../../scripts/bundle/third-party-licenses.ts';
import type { BillOfMaterials, Component } from '../../scripts/release/bill-of-materials.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** The rest of what is read of it, by the specification of CycloneDX 1.5. */
interface Sbom extends BillOfMaterials {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly version: number;
  readonly components: readonly Library[];
}

interface Library extends Component {
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly unknown[];
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
}

async function write(): Promise<string> {
  const PATH = [path.join(root, 'node_modules/.bin'), process.env.PATH].join(path.delimiter);
  const env = { ...process.env, PATH, SOURCE_DATE_EPOCH: '1000000000' };
  const script = path.join(root, 'scripts/release/sbom.ts');
  return (await promisify(execFile)(process.execPath, [script], { env })).stdout;
}

describe('the list of what the bundle consists of', () => {
  let text: string;
  let sbom: Sbom;
  beforeAll(async () => {
    text = await write();
    sbom = JSON.parse(text);
  });

  test('is about this version of portlock, in CycloneDX', () => {
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1 });
    const { name, version } = packageJson;
    const purl = `pkg:npm/${name}@${version}`;
    expect(sbom.metadata.component).toMatchObject({ type: 'application', name, version, purl });
    expect(sbom.metadata.timestamp).toBe('2001-09-09T01:46:40.000Z');
  });

  test('lists each library that the program is written with, and none that is for development', () => {
    const names = sbom.components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(packageJson.dependencies)));
    const others = Object.keys(packageJson.devDependencies);
    expect(names.filter((name) => others.includes(name))).toEqual([]);
    // Types only, and what only typed clients need: installed, and in no file of the bundle.
    expect(names).not.toContain('@types/js-yaml');
    expect(names).not.toContain('form-data');
  });

  test('says of each where it comes from, its hash and its licence', () => {
    for (const { name, version, purl, licenses, hashes } of sbom.components) {
      expect(purl).toBe(`pkg:npm/${name.replace('@', '%40')}@${version}`);
      expect(licenses, name).toHaveLength(1);
      expect(hashes, name).toEqual([
        { alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) },
      ]);
    }
  });

  test('lists the packages whose licences stand beside the bundle', async () => {
    const { assets } = await builtBundle();
    const titles = assets.get(LICENSES_FILE)?.match(TITLE) ?? [];
    const keys = sbom.components.map(({ name, version }) => `${name}@${version}`);
    expect(titles.map((title) => title.split(' ')[0]).sort()).toEqual(keys.sort());
  });

  test('refers to nothing that it does not list', () => {
    const known = [sbom.metadata.component, ...sbom.components].map((each) => each['bom-ref']);
    const refs = sbom.dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]);
    expect(new Set(refs)).toEqual(new Set(known));
  });

  test('is the same again, and names no registry', async () => {
    expect(await write()).toBe(text);
    expect(text.match(/https?:\/\/[^"/]+/g)).toEqual(['http://cyclonedx.org']);
  });
});
