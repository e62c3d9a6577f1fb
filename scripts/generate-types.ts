/**
 * Generates src/api/port-exposure-report.ts, and the schema of its status, from the CRD, which is the source; and
 * src/api/audit-result.ts from the published schema of an audit. `--check` writes nothing and exits 1 when a committed file is stale.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { compile } from 'json-schema-to-typescript';
import { parse } from 'yaml';

const crdPath = new URL('../crds/portlock.dev_portexposurereports.yaml', import.meta.url);

const crd = parse(await readFile(crdPath, 'utf8'));
const version = crd.spec.versions[0];
const schema = structuredClone(version.schema.openAPIV3Schema);
closeObjects(schema);
schema.properties.apiVersion.enum = [`${crd.spec.group}/${version.name}`];
schema.properties.kind.enum = [crd.spec.names.kind];
schema.required = ['apiVersion', 'kind', 'metadata', 'spec'];
schema.properties.metadata.tsType = 'ObjectMeta';

const BANNER =
  '// Generated from crds/portlock.dev_portexposurereports.yaml by `npm run generate`. Do not edit.\n';
const types = await compile(schema, crd.spec.names.kind, {
  bannerComment: `${BANNER}import type { ObjectMeta } from './object-meta.ts';`,
  additionalProperties: false,
  ignoreMinAndMaxItems: true,
  style: { singleQuote: true, printWidth: 100 },
});

const status = checked(version.schema.openAPIV3Schema.properties.status);
const statusSchema = `${BANNER}
/** The status of a report as the definition says it, to check what is read: any editor of reports may have written it. */
export const REPORT_STATUS_SCHEMA = ${JSON.stringify(status, undefined, 1)} as const;
`;

await generate('src/api/port-exposure-report.ts', types);
await generate('src/api/port-exposure-report-schema.ts', statusSchema);
await generateAuditResult('schemas/audit-result.v1alpha1.json');

async function generateAuditResult(source: string): Promise<void> {
  const banner = `// Generated from ${source} by \`npm run generate\`. Do not edit.\n`;
  const published = JSON.parse(await readFile(new URL(`../${source}`, import.meta.url), 'utf8'));
  const compiled = await compile(published, 'AuditResult', {
    bannerComment: banner,
    additionalProperties: false,
    style: { singleQuote: true, printWidth: 100 },
  });
  await generate('src/api/audit-result.ts', compiled);
  await generate(
    'src/api/audit-result-schema.ts',
    `${banner}
/** An audit as its schema says it, to check what is read: anybody may have written it. */
export const AUDIT_RESULT_SCHEMA = ${JSON.stringify(checked(published), undefined, 1)} as const;
`,
  );
}

async function generate(file: string, content: string): Promise<void> {
  const path = new URL(`../${file}`, import.meta.url);
  const current = await readFile(path, 'utf8').catch(() => '');
  if (current === content) return;
  if (process.argv.includes('--check')) {
    console.error(`${file} is stale: run \`npm run generate\` and commit it.`);
    process.exitCode = 1;
    return;
  }
  await writeFile(path, content);
  console.log(`Wrote ${file}`);
}

/** A schema with those of its words that say types and ranges; a field may always be null. */
function checked(schema: Record<string, unknown>): object {
  const { format, minimum, maximum, properties, items } = schema;
  const each = Object.entries((properties ?? {}) as Record<string, Record<string, unknown>>);
  const [type] = [schema.type].flat();
  const isNullable = (name: string) =>
    [each.find(([key]) => key === name)?.[1].type].flat().includes('null');
  const required = (schema.required as string[] | undefined)?.filter((name) => !isNullable(name));
  return {
    type,
    format,
    minimum,
    maximum,
    required,
    enum: schema.enum,
    ...(properties !== undefined && {
      properties: Object.fromEntries(each.map(([name, field]) => [name, checked(field)])),
    }),
    ...(items !== undefined && { items: checked(items as Record<string, unknown>) }),
  };
}

/** JSON Schema leaves objects open by default; a structural CRD schema prunes what it does not name. */
function closeObjects(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const object = node as Record<string, unknown>;
  if (object.type === 'object' && object.properties) object.additionalProperties = false;
  for (const child of Object.values(object)) closeObjects(child);
}
