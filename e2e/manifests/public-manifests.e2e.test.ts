/**
 * What portlock would do with public applications, which docs/public-manifests.md tells.
 * UPDATE_GOLDENS=1 writes that page anew. Needs Go; no cluster.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { runAudit } from '../../src/commands/audit.ts';
import { runFix } from '../../src/commands/fix.ts';
import { NO_CLUSTER, OBJECTS_ALONE } from '../../src/testing/command-flags.ts';
import { saidBy } from '../../src/testing/command-streams.ts';
import { judge } from './judge.ts';
import { type JudgedApplication, page } from './page.ts';
import { type Rendered, render, renderedApplications } from './rendered.ts';

const document = fileURLToPath(new URL('../../docs/public-manifests.md', import.meta.url));

const OPERATOR = { operatorNamespace: 'portlock-system', widening: 'explicit' } as const;
const AUDIT = {
  ...NO_CLUSTER,
  ...OBJECTS_ALONE,
  allNamespaces: false,
  output: 'json',
  color: false,
} as const;
const KINDS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Service']);

describe('public manifests', () => {
  let applications: readonly Rendered[];
  let judged: readonly JudgedApplication[];
  beforeAll(async () => {
    applications = await renderedApplications(AbortSignal.timeout(590_000));
    judged = applications.map((each) => ({ ...each, workloads: judge(each) }));
  }, 600_000);

  test('the page says what comes out', async () => {
    const text = page(judged);
    if (process.env.UPDATE_GOLDENS) await writeFile(document, text);
    expect(text).toBe(await readFile(document, 'utf8'));
  });

  test('are enough to show something', () => {
    expect(applications.length).toBeGreaterThanOrEqual(45);
    expect(judged.flatMap(({ workloads }) => workloads).length).toBeGreaterThanOrEqual(250);
    for (const { application, workloads } of judged) {
      expect(workloads.length, application.name).toBeGreaterThan(0);
    }
  });

  test('nobody is cut without a word', () => {
    const cuts = judged.flatMap(({ application, workloads }) =>
      workloads.flatMap(({ workload, silent }) =>
        silent.map(
          ({ port, because }) =>
            `${application.name}: ${workload.kind} ${workload.name} port ${port}, ${because}`,
        ),
      ),
    );
    expect(cuts).toEqual([]);
  });

  test('a fix leaves nothing that a fix could do', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'portlock-fixed-'));
    let changed = 0;
    try {
      for (const [index, { objects }] of applications.entries()) {
        const file = join(folder, `${index}.yaml`);
        const before = objects.map((each) => stringify(each)).join('---\n');
        await writeFile(file, before);
        const shared = { paths: [file], namespace: 'default', quiet: true, ...OPERATOR };
        const { stderr } = await saidBy((streams) =>
          runFix({ ...shared, dryRun: false, patch: false }, streams),
        );
        if ((await readFile(file, 'utf8')) !== before) changed += 1;
        const byHand = stderr.match(/ by hand: /g)?.length ?? 0;
        const { stdout } = await saidBy((streams) =>
          runAudit({ ...AUDIT, ...shared }, streams, AbortSignal.timeout(60_000)),
        );
        expect(stdout.match(/"patch": ".*containerPort/g)?.length ?? 0, file).toBe(byHand);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
    expect(changed).toBeGreaterThan(10);
  });

  test('no application has a workload or a Service twice, as a cluster would not', () => {
    for (const { application, objects } of applications) {
      const names = objects
        .filter(({ kind }) => KINDS.has(kind))
        .map(({ kind, metadata }) =>
          [kind, metadata?.namespace ?? application.namespace, metadata?.name].join('/'),
        );
      const twice = names.filter((name, index) => names.indexOf(name) !== index);
      expect(twice, application.name).toEqual([]);
    }
  });
});

test('what is no manifest is skipped, and the rest of the file is not', async () => {
  const module = await mkdtemp(join(tmpdir(), 'portlock-manifests-'));
  try {
    const documents = [
      '# nothing',
      'name: {{ .Name }}',
      'a: b',
      'kind: Service',
      'kind: List\nitems: [{kind: Pod}]',
    ];
    await writeFile(join(module, 'a.yaml'), documents.join('\n---\n'));
    await writeFile(join(module, 'README.md'), 'kind: Service');
    const sources = [{ manifests: '.' }];
    expect(
      await render({ module, namespace: 'shop', sources }, AbortSignal.timeout(590_000)),
    ).toEqual({
      objects: [{ kind: 'Service' }, { kind: 'Pod' }],
      skipped: [
        { file: 'a.yaml', reason: 'not YAML' },
        { file: 'a.yaml', reason: 'no kind' },
      ],
    });
  } finally {
    await rm(module, { recursive: true });
  }
}, 600_000);
