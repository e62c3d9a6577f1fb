import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { NO_CLUSTER, OBJECTS_ALONE } from '../../testing/command-flags.ts';
import { saidBy } from '../../testing/command-streams.ts';
import { checkerOf } from '../../testing/json-schema.ts';
import { runAudit } from '../audit.ts';

const CASES = path.join(import.meta.dirname, '../testdata/manifests');
const wrongIn = checkerOf('schemas/audit-result.v1alpha1.json');

test.each(readdirSync(CASES))('an audit is as its published schema says: %s', async (name) => {
  const { stdout } = await audited(path.join(CASES, name, 'input'));
  if (stdout === '') return;
  expect(wrongIn(JSON.parse(stdout))).toEqual([]);
});

test('the schema takes nothing else', async () => {
  const { stdout } = await audited(path.join(CASES, 'undeclared-in-use/input'));
  const { workloads, ...audit } = JSON.parse(stdout);
  const [{ allowed, ...workload }] = workloads;
  expect(wrongIn({ ...audit, workloads: [workload] })).toEqual([
    "/workloads/0 must have required property 'allowed'",
  ]);
  expect(wrongIn({ ...audit, workloads, verdict: 'Fine' })).not.toEqual([]);
});

function audited(input: string) {
  return saidBy((streams) =>
    runAudit(
      {
        paths: [input],
        namespace: 'default',
        operatorNamespace: 'portlock-system',
        widening: 'explicit',
        quiet: true,
        ...NO_CLUSTER,
        ...OBJECTS_ALONE,
        allNamespaces: false,
        output: 'json',
        color: false,
      },
      streams,
      new AbortController().signal,
    ),
  );
}
