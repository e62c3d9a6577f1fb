import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { DEFAULT_IMAGE } from '../../src/commands/default-image.ts';
import { deployment } from '../harness/deployment.ts';
import { kubectlOf, loadOperatorImage, repository } from '../harness/environment.ts';
import { Kubectl } from '../harness/kubectl.ts';
import { commandsOf } from '../harness/page-commands.ts';
import { Sample } from '../harness/sample.ts';
import { helmProgram } from './helm.ts';
import { applyFolder, removeOperator } from './no-operator.ts';

const environment = inject('environment');
const kubectl = kubectlOf(environment);

/** Each in a folder and a namespace with the sample; the README installs the operator and takes it away. */
const PAGES = ['audit', 'check', 'fix', 'gitops', 'migrate', 'platform', 'probe', 'reports'].map(
  (name) => `docs/${name}.md`,
);
/** Those that look at an installation and at a report, all in one namespace. */
const RUNBOOKS = ['docs/metrics.md', ...globSync('docs/runbooks/*.md', { cwd: repository }).sort()];
/** Those run in readme.e2e.test.ts, and what looks at signatures asks Sigstore and the registry. */
const ELSEWHERE = ['docs/getting-started.md', 'docs/events.md', 'docs/security.md'];
/** What needs a registry, or is what runs this. */
const NOT_HERE = /^(docker|npm) /;
/** The images of the pages, which this test puts on the nodes as a registry would. */
const README_IMAGE = 'registry.example/portlock:v0.1.0';
const POD = 'web-7d9c5b8f6d-2xkqn';
const NAMESPACES = ['shop', 'argocd'];

const say = (line: string) => process.stderr.write(`${line}\n`);
let folder: string;
let podAddress: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'portlock-pages-'));
  await removeOperator(kubectl);
  for (const tag of [DEFAULT_IMAGE, README_IMAGE])
    await loadOperatorImage({ tree: repository, tag }, undefined, say);
  for (const name of NAMESPACES) await kubectl.run(['create', 'namespace', name]);
  await kubectl.run(['create', 'configmap', 'argocd-cm', '--namespace', 'argocd']);
  // The sample's image has what a look inside needs.
  const samples = await kubectl.run(['kustomize', path.join(repository, 'e2e/config/samples')]);
  const renamed = samples.replaceAll('multi-port-app', 'web');
  await kubectl.run(['apply', '--namespace', 'shop', '--filename', '-'], renamed);
  const rolledOut = ['rollout', 'status', 'deployment/web', '--namespace', 'shop'];
  await kubectl.run([...rolledOut, '--timeout', '180s']);
  const pods = await kubectl.get('pods', '--namespace', 'shop', '--selector', 'app=web');
  podAddress = pods.items[0].status.podIP;
  await writePrograms();
  await writeManifests();
});
afterAll(async () => {
  await removeOperator(kubectl);
  for (const name of NAMESPACES) await kubectl.run(['delete', 'namespace', name]);
  await rm(folder, { recursive: true, force: true });
});

/** The programs of the pages under their names: this checkout's, kubectl of the cluster, the real Helm. */
async function writePrograms(): Promise<void> {
  const programs = {
    portlock: [process.execPath, path.join(repository, 'src/cli.ts')],
    kubectl: environment.kubectlCommand,
    helm: [await helmProgram()],
  };
  await mkdir(path.join(folder, 'bin'));
  for (const [name, words] of Object.entries(programs)) {
    const file = path.join(folder, 'bin', name);
    const quoted = words.map((word) => `'${word}'`).join(' ');
    await writeFile(file, `#!/bin/sh\nexec ${quoted} "$@"\n`);
    await chmod(file, 0o755);
  }
}

async function writeManifests(): Promise<void> {
  for (const name of ['config', 'charts'])
    await symlink(path.join(repository, name), path.join(folder, name));
  for (const name of ['deploy', 'chart/templates'])
    await mkdir(path.join(folder, name), { recursive: true });
  const web = JSON.stringify(deployment('web', { mode: 'enforce' }));
  await writeFile(path.join(folder, 'deploy/web.yaml'), web);
  await writeFile(path.join(folder, 'chart/templates/web.yaml'), web);
  const chart = 'apiVersion: v2\nname: web\nversion: 0.1.0\n';
  await writeFile(path.join(folder, 'chart/Chart.yaml'), chart);
  // What an audit of before has left.
  await runs('portlock audit -f deploy/ -o json > audit.json', 'default');
}

/** Runs a line of a page in bash; its exit code, and what it wrote to stderr. */
async function runLine(line: string, namespace: string): Promise<{ code: number; stderr: string }> {
  const kubeconfig = path.join(folder, 'kubeconfig');
  await writeFile(kubeconfig, await readFile(environment.kubeconfig));
  const own = new Kubectl(environment.kubectlCommand, kubeconfig);
  await own.run(['config', 'set-context', '--current', '--namespace', namespace]);
  const script = line
    .replaceAll('10.244.1.0/24', `${podAddress}/31`)
    .replaceAll('10.244.1.7', podAddress);
  const child = spawn('bash', ['-o', 'pipefail', '-c', script], {
    cwd: folder,
    env: { ...process.env, PATH: `${folder}/bin:${process.env.PATH}`, KUBECONFIG: kubeconfig },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 300_000,
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code, stderr };
}

async function runs(line: string, namespace: string): Promise<void> {
  const { code, stderr } = await runLine(line, namespace);
  // Findings are 1, and no failure.
  const expected =
    /^portlock (audit|explain|diff|render|fix|migrate|probe|report)|\| portlock/.test(line)
      ? [0, 1]
      : [0];
  expect(expected, stderr).toContain(code);
}

test('every page that has commands is run', () => {
  const all = globSync('docs/**/*.md', { cwd: repository });
  const having = all.filter((page) => commandsOf(page).length > 0);
  expect(having.toSorted()).toEqual([...PAGES, ...RUNBOOKS, ...ELSEWHERE].toSorted());
});

describe.each(PAGES)('the commands of %s', (page) => {
  const namespace = `portlock-page-${path.basename(page, '.md')}`;
  let sample: Sample;
  beforeAll(async () => {
    await applyFolder(kubectl, 'config/crd');
    sample = await Sample.create(kubectl, namespace);
    const { spec } = deployment(POD) as { spec: { template: { spec: object } } };
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: POD },
      spec: spec.template.spec,
    };
    await sample.run('wait', 'deployment/multi-port-app', '--for=condition=Available');
    await kubectl.apply(pod, '--namespace', namespace);
    await sample.run('wait', `pod/${POD}`, '--for=condition=Ready', '--timeout=180s');
  });
  afterAll(() => sample?.remove());

  const commands = commandsOf(page);
  test.each(commands)('%s', (line) => runs(line, namespace));
});

describe('the commands of the runbooks', () => {
  const namespace = 'portlock-page-runbooks';
  const NAME = 'multi-port-app';
  let sample: Sample;
  beforeAll(async () => {
    await applyFolder(kubectl, 'config/crd');
    sample = await Sample.create(kubectl, namespace);
    const report = {
      apiVersion: 'portlock.dev/v1alpha1',
      kind: 'PortExposureReport',
      metadata: { name: NAME },
      spec: { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: NAME } },
    };
    await kubectl.apply(report, '--namespace', namespace);
  });
  afterAll(async () => {
    await sample?.remove();
    const made = ['clusterrolebinding', 'portlock-metrics-reader', '--ignore-not-found'];
    await kubectl.run(['delete', ...made]);
  });

  const commands = RUNBOOKS.flatMap((page) => commandsOf(page).map((line) => ({ page, line })));
  test.each(commands)('$page: $line', ({ line }) =>
    runs(line.replaceAll(/\bNAMESPACE\b/g, namespace).replaceAll(/\bNAME\b/g, NAME), namespace),
  );
});

describe('the commands of README.md', () => {
  let sample: Sample;
  beforeAll(async () => {
    await removeOperator(kubectl);
    sample = await Sample.create(kubectl, 'portlock-page-readme');
  });
  afterAll(() => sample?.remove());

  const commands = commandsOf('README.md').filter((command) => !NOT_HERE.test(command));
  test.each(commands)('%s', (line) => runs(line, sample.namespace));
});
