/**
 * Generates src/api/port-exposure-report.ts from the CRD, which is the source.
 * `--check` writes nothing and exits 1 when the committed file is stale.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { compile } from 'json-schema-to-typescript';
import { parse } from 'yaml';

const crdPath = new URL('../crds/portlock.dev_portexposurereports.yaml', import.meta.url);
const outPath = new URL('../src/api/port-exposure-report.ts', import.meta.url);

const crd = parse(await readFile(crdPath, 'utf8'));
const version = crd.spec.versions[0];
const schema = structuredClone(version.schema.openAPIV3Schema);
closeObjects(schema);
schema.properties.apiVersion.enum = [`${crd.spec.group}/${version.name}`];
schema.properties.kind.enum = [crd.spec.names.kind];
schema.required = ['apiVersion', 'kind', 'metadata', 'spec'];
schema.properties.metadata.tsType = 'ObjectMeta';

const generated = await compile(schema, crd.spec.names.kind, {
  bannerComment:
    '// Generated from crds/portlock.dev_portexposurereports.yaml by `npm run generate`. Do not edit.\n' +
    "import type { ObjectMeta } from './object-meta.ts';",
  additionalProperties: false,
  ignoreMinAndMaxItems: true,
  style: { singleQuote: true, printWidth: 100 },
});

const current = await readFile(outPath, 'utf8').catch(() => '');
if (process.argv.includes('--check')) {
  if (current !== generated) {
    console.error(
      'src/api/port-exposure-report.ts is stale: run `npm run generate` and commit it.',
    );
    process.exit(1);
  }
} else if (current !== generated) {
  await writeFile(outPath, generated);
  console.log('Wrote src/api/port-exposure-report.ts');
}

/** JSON Schema leaves objects open by default; a structural CRD schema prunes what it does not name. */
function closeObjects(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const object = node as Record<string, unknown>;
  if (object.type === 'object' && object.properties) object.additionalProperties = false;
  for (const child of Object.values(object)) closeObjects(child);
}
