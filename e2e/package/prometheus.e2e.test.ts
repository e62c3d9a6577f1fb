import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { stringify } from 'yaml';
import { dashboardQueries, type NamedQuery } from '../../config/metrics-queries.ts';
import { loadKubeConfig } from '../../src/kube/kubeconfig.ts';
import { until } from '../../src/testing/until.ts';
import { installRequired } from '../cluster/packages.ts';
import { searchPath } from '../cluster/search-path.ts';
import { kubectlOf, repository } from '../harness/environment.ts';
import { freePort } from '../harness/free-port.ts';
import { OperatorProcess } from '../harness/operator-process.ts';
import { PROMETHEUS, writeRules } from '../metrics/prometheus-rules.ts';
import { removeOperator } from './no-operator.ts';

const environment = inject('environment');
const kubectl = kubectlOf(environment);
const NAMESPACE = 'portlock-system';
const HANGS = 180_000;

/** These tell of what is wrong, or of pods, of which none is labelled. */
const MAY_BE_EMPTY = [
  'portlock_undeclared_reachable_ports',
  'portlock_declared_unreachable_ports',
  'portlock_held_enforcement',
  'portlock_enforcement_delay_seconds',
  'portlock_blind_reflectors',
  'portlock_malformed_objects_total',
];

const dashboard = JSON.parse(
  await readFile(path.join(repository, 'config/metrics/dashboard.json'), 'utf8'),
);

/** A real Prometheus that scrapes a real operator as the ServiceMonitor says: on https, with a token. */
describe('Prometheus', () => {
  let folder: string;
  let operator: OperatorProcess;
  let prometheus: ChildProcess;
  let url: string;

  beforeAll(async () => {
    await installRequired(PROMETHEUS, console.error, undefined);
    folder = await mkdtemp(path.join(tmpdir(), 'portlock-prometheus-'));
    await removeOperator(kubectl);
    await kubectl.run(['apply', '--kustomize', path.join(repository, 'crds')]);
    const token = await readersToken();
    operator = await OperatorProcess.start({
      kubeConfig: loadKubeConfig({ kubeconfig: environment.kubeconfig }),
      flags: ['--metrics-secure=true'],
    });
    await operator.untilReady();
    url = `http://127.0.0.1:${await freePort()}`;
    prometheus = await started(folder, url, { token, target: operator.metricsAddress });
  }, 600_000);

  afterAll(async () => {
    if (prometheus?.exitCode === null) {
      prometheus.kill('SIGTERM');
      await once(prometheus, 'exit');
    }
    await operator?.end('SIGTERM');
    await removeOperator(kubectl);
    await kubectl.run(['delete', 'clusterrolebinding', 'metrics-reader', '--ignore-not-found']);
    await rm(folder, { recursive: true, force: true });
  });

  test('may scrape with the ClusterRole for it, and takes the certificate', async () => {
    await until('the target is up', async () => (await query(url, 'up == 1')).length === 1, HANGS);
    expect(await query(url, 'leader_election_master_status == 1')).toHaveLength(1);
  });

  test('is refused without it', async () => {
    const token = (
      await kubectl.run(['create', 'token', 'stranger', '--namespace', NAMESPACE])
    ).trim();
    const other = `http://127.0.0.1:${await freePort()}`;
    const inFolder = await mkdtemp(path.join(tmpdir(), 'portlock-prometheus-'));
    const scraper = await started(inFolder, other, { token, target: operator.metricsAddress });
    try {
      const refused = await until(
        'the target is refused',
        async () => {
          const [target] = (await api(other, 'targets')).activeTargets as { lastError: string }[];
          return target?.lastError || undefined;
        },
        HANGS,
      );
      expect(refused).toContain('403 Forbidden');
    } finally {
      scraper.kill('SIGTERM');
      await once(scraper, 'exit');
      await rm(inFolder, { recursive: true, force: true });
    }
  });

  test.each(dashboardQueries(dashboard))('panel $name: $expr', async ({ expr }: NamedQuery) => {
    const mayBeEmpty = MAY_BE_EMPTY.some((metric) => expr.includes(metric));
    await until(
      `something comes of ${expr}`,
      async () => (await query(url, expr)).length > 0 || mayBeEmpty,
      HANGS,
    );
  });

  test('takes the alerts, of which none fires at an operator that is well', async () => {
    const { groups } = (await until(
      'all are evaluated',
      async () => {
        const found = (await api(url, 'rules')) as unknown as Rules;
        return (
          found.groups.every(({ rules }) => rules.every(({ health }) => health === 'ok')) && found
        );
      },
      HANGS,
    )) as Rules;
    const states = groups.flatMap(({ rules }) => rules.map(({ name, state }) => [name, state]));
    expect(states).toEqual(states.map(([name]) => [name, 'inactive']));
    expect(states).toHaveLength(7);
  });
});

interface Rules {
  groups: { rules: { name: string; state: string; health: string }[] }[];
}

/** What Prometheus answers to a call of its API. */
interface Answered {
  status: string;
  data: Record<string, unknown>;
  error?: string;
}

/** The token of an account that may read metrics; another account, that may not, is made as well. */
async function readersToken(): Promise<string> {
  await kubectl.run(['create', 'namespace', NAMESPACE]).catch(() => {});
  for (const name of ['reader', 'stranger'])
    await kubectl.run(['create', 'serviceaccount', name, '--namespace', NAMESPACE]).catch(() => {});
  const role = path.join(repository, 'config/rbac/metrics-reader-role.yaml');
  await kubectl.run(['apply', '--filename', role]);
  const words = ['--clusterrole=portlock-metrics-reader', `--serviceaccount=${NAMESPACE}:reader`];
  await kubectl.run(['create', 'clusterrolebinding', 'metrics-reader', ...words]).catch(() => {});
  return (await kubectl.run(['create', 'token', 'reader', '--namespace', NAMESPACE])).trim();
}

async function started(
  folder: string,
  url: string,
  { token, target }: { token: string; target: string },
): Promise<ChildProcess> {
  await writeFile(path.join(folder, 'token'), token, { mode: 0o600 });
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [await writeRules(folder)],
    scrape_configs: [
      {
        job_name: 'portlock-metrics',
        scheme: 'https',
        honor_labels: true,
        authorization: { credentials_file: path.join(folder, 'token') },
        tls_config: { insecure_skip_verify: true },
        static_configs: [{ targets: [target] }],
      },
    ],
  };
  const file = path.join(folder, 'prometheus.yaml');
  await writeFile(file, stringify(config));
  const words = [`--config.file=${file}`, `--storage.tsdb.path=${path.join(folder, 'data')}`];
  const prometheus = spawn('prometheus', [...words, `--web.listen-address=${new URL(url).host}`], {
    stdio: 'ignore',
    env: { ...process.env, PATH: searchPath() },
  });
  const isReady = async () => (await fetch(`${url}/-/ready`)).ok;
  await until('Prometheus is ready', () => isReady().catch(() => false), HANGS);
  return prometheus;
}

async function api(url: string, call: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${url}/api/v1/${call}`);
  const { status, data, error } = (await answer.json()) as Answered;
  if (status !== 'success') throw new Error(`${call}: ${error}`);
  return data;
}

async function query(url: string, expr: string): Promise<unknown[]> {
  const { result } = await api(url, `query?${new URLSearchParams({ query: expr })}`);
  return result as unknown[];
}
