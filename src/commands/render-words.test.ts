import { describe, expect, test } from 'vitest';
import { policy } from '../testing/builders.ts';
import { MANIFESTS } from '../testing/command-flags.ts';
import { saidBy } from '../testing/command-streams.ts';
import { deployment } from '../testing/deployments.ts';
import { documentsOf, serviceTo } from '../testing/read-texts.ts';
import { type RenderFlags, runRender } from './render.ts';

function rendered(objects: readonly object[], given: Partial<RenderFlags> = {}) {
  const flags = {
    ...MANIFESTS,
    paths: ['-'],
    all: false,
    outDir: undefined,
    check: false,
    ...given,
  };
  return saidBy((streams) => runRender(flags, streams), documentsOf(...objects));
}

const OFF = deployment({ name: 'off', mode: undefined });
const OWN = policy('web-portlock', {
  podSelector: { matchLabels: { app: 'web' } },
  ingress: [{ ports: [{ port: 8080, protocol: 'TCP' }] }],
});
const { template } = deployment({ ports: [] }).spec;
const JOB = { ...deployment(), apiVersion: 'batch/v1', kind: 'Job', spec: { template } };
const HINT = '; a workload opts in by the label portlock.dev/mode, and --all takes them all';

describe('a rendering ends', () => {
  test.each<[string, readonly object[], Partial<RenderFlags>, number, string]>([
    [
      'with 0 where policies are made',
      [deployment(), serviceTo(8080)],
      {},
      0,
      '1 workload: 1 policy, 0 held, 0 findings, 0 notes',
    ],
    [
      'with 0 where none is asked for',
      [OFF],
      {},
      0,
      `1 workload: 0 policies, 0 held, 0 findings, 0 notes${HINT}`,
    ],
    [
      'with 0 where something is only noted',
      [deployment(), serviceTo('gone')],
      {},
      0,
      '1 workload: 1 policy, 0 held, 0 findings, 1 note',
    ],
    [
      'with 0 where a Job serves nobody',
      [JOB],
      {},
      0,
      '1 workload: 0 policies, 1 held, 0 findings, 1 note',
    ],
    [
      'with 1 where something is found',
      [deployment(), serviceTo(9090)],
      {},
      1,
      '1 workload: 0 policies, 1 held, 1 finding, 0 notes',
    ],
    [
      'with 1 where something stands against a policy',
      [deployment({ mode: 'on' })],
      {},
      1,
      '1 workload: 0 policies, 1 held, 1 finding, 0 notes',
    ],
    [
      'without a hint where one opted in',
      [deployment(), OFF],
      {},
      0,
      '2 workloads: 1 policy, 0 held, 0 findings, 0 notes',
    ],
    [
      'with all that did not opt in',
      [deployment(), OFF],
      { all: true },
      0,
      '2 workloads: 2 policies, 0 held, 0 findings, 0 notes',
    ],
    [
      'without a hint where all are taken',
      [deployment({ mode: 'off' })],
      { all: true },
      0,
      '1 workload: 0 policies, 0 held, 0 findings, 0 notes',
    ],
    [
      'with 0 where what is committed is as it should be',
      [deployment(), OWN],
      { check: true },
      0,
      '1 workload: 1 policy, 0 held, 0 findings, 0 notes, 0 differences to what is committed',
    ],
    [
      'with 1 where it is not',
      [deployment()],
      { check: true },
      1,
      '1 workload: 1 policy, 0 held, 0 findings, 0 notes, 1 difference to what is committed',
    ],
    [
      'with 2 where something could not be read',
      [deployment(), { kind: 'x' }],
      {},
      2,
      '1 workload: 1 policy, 0 held, 0 findings, 0 notes',
    ],
  ])('%s', async (_how, objects, flags, exitCode, last) => {
    const said = await rendered(objects, flags);
    expect(said.stderr.trimEnd().split('\n').at(-1)).toBe(last);
    expect(said.exitCode).toBe(exitCode);
  });

  test('with 2 and no count where there is no workload', async () => {
    const { stderr, exitCode } = await rendered([OWN]);
    expect(stderr).toMatch(/^There is no workload in what was read: [^\n]*\n$/);
    expect(exitCode).toBe(2);
  });
});

test('the policies are documents, in the order of their workloads', async () => {
  const { stdout } = await rendered([deployment(), deployment({ name: 'api' })]);
  expect(stdout.match(/^---$|^ {2}name: .*$/gm)).toEqual([
    '---',
    '  name: api-portlock',
    '---',
    '  name: web-portlock',
  ]);
});

test('a check makes nothing', async () => {
  const { stdout, stderr } = await rendered([deployment()], { check: true });
  expect(stdout).toBe('');
  expect(stderr).toContain('-:1: Deployment shop/web lacks its policy web-portlock\n');
});

test('quiet, what is found is told, and what differs, and no more', async () => {
  const found = await rendered([deployment(), serviceTo(9090)], { quiet: true });
  expect(found.stderr).toMatch(/^-:1: PL003 UndeclaredInUse: Deployment shop\/web: [^\n]*\n$/);
  const differs = await rendered([deployment()], { quiet: true, check: true });
  expect(differs.stderr).toBe('-:1: Deployment shop/web lacks its policy web-portlock\n');
  expect((await rendered([deployment()], { quiet: true })).stderr).toBe('');
});
