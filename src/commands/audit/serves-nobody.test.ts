import { describe, expect, test } from 'vitest';
import { deployment } from '../../testing/deployments.ts';
import { readAll, serviceTo } from '../../testing/read-texts.ts';
import { judgeEnforced } from '../manifests/judge.ts';
import { runsToCompletion, servesNobody } from './serves-nobody.ts';

function isServing(...objects: readonly object[]): boolean {
  const { found, snapshots } = readAll(...objects);
  return !servesNobody(judgeEnforced(snapshots.snapshotOf(found.value), found.value));
}

const { template } = deployment({ ports: [] }).spec;
const JOB = { ...deployment(), apiVersion: 'batch/v1', kind: 'Job', spec: { template } };
const CRON_JOB = { ...JOB, kind: 'CronJob', spec: { jobTemplate: { spec: { template } } } };
const onHost = { ...template, spec: { ...template.spec, hostNetwork: true } };

describe('who serves', () => {
  test.each<[string, boolean, readonly object[]]>([
    ['a Job without ports', false, [JOB]],
    ['a CronJob without ports', false, [CRON_JOB]],
    ['a Job to which a Service leads', true, [JOB, serviceTo(9090)]],
    [
      'a Job that declares a port',
      true,
      [{ ...JOB, spec: { template: deployment().spec.template } }],
    ],
    ['a Job on the network of its node', true, [{ ...JOB, spec: { template: onHost } }]],
    ['a Deployment without ports', true, [deployment({ ports: [] })]],
  ])('%s serves somebody: %s', (_which, isServed, objects) => {
    expect(isServing(...objects)).toBe(isServed);
  });
});

test.each([
  ['Job', true],
  ['CronJob', true],
  ['Deployment', false],
  ['DaemonSet', false],
])('a %s works and ends: %s', (kind, ends) => {
  expect(runsToCompletion(kind)).toBe(ends);
});
