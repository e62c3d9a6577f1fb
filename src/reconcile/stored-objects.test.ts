import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { decide } from '../domain/decide.ts';
import { projectReport } from '../kube/report-projection.ts';
import type { Wire } from '../testing/preflight-manifests.ts';
import { snapshotOf } from '../testing/snapshot-manifests.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** What a version's operator left in the API server, dumped from there. Kept for ever: a folder is added, and none is changed. */
const STORED = path.join(root, 'src/api/testdata/stored');
const definition = parse(
  readFileSync(path.join(root, 'crds/portlock.dev_portexposurereports.yaml'), 'utf8'),
);

type Stored = Wire & { status?: object };

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: unknown;
  [word: string]: unknown;
}

/** The schema which also refuses what the API server would drop in silence: a field that it does not name. */
function closed(schema: Schema): Schema {
  const { properties, items } = schema;
  return {
    ...schema,
    ...(items && { items: closed(items) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, each]) => [name, closed(each)]),
      ),
      additionalProperties: false,
    }),
  };
}

const versions: { name: string; served: boolean; schema: { openAPIV3Schema: Schema } }[] =
  definition.spec.versions;
const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });
const validators = new Map(
  versions
    .filter(({ served }) => served)
    .map(({ name, schema }) => [
      `${definition.spec.group}/${name}`,
      ajv.compile(closed(schema.openAPIV3Schema)),
    ]),
);

/** What is wrong with a report by the served version that it names. */
function troubleOf({ metadata: _, ...report }: Stored): unknown {
  const validate = validators.get(report.apiVersion ?? '');
  if (validate === undefined) return `${report.apiVersion} is not served`;
  validate(report);
  return validate.errors;
}

describe.each(readdirSync(STORED))('what %s stored', (version) => {
  const folder = path.join(STORED, version);
  describe.each(readdirSync(folder))('%s', (file) => {
    const text = readFileSync(path.join(folder, file), 'utf8');
    const objects = parseAllDocuments(text).map((document): Stored => document.toJS());
    const ofKind = (kind: string) => objects.find((object) => object.kind === kind);
    const report = ofKind('PortExposureReport') ?? { kind: 'none' };
    const policy = ofKind('NetworkPolicy');

    test('is as the definition says, and no field would be lost', () => {
      expect(troubleOf(report)).toBeNull();
    });

    test('is read whole', () => {
      const malformed: string[] = [];
      const { spec, status } = projectReport(report, (field) => malformed.push(field));
      expect(malformed).toEqual([]);
      expect({ spec, status }).toEqual({ spec: report.spec, status: report.status });
    });

    test('leaves the policy as it was', () => {
      const plan = decide(snapshotOf(objects));
      expect(plan.policy).toEqual({ do: 'nothing' });
      expect(plan.former.policies).toEqual([]);
      expect(plan.desired?.spec).toEqual(policy?.spec);
    });
  });
});
