/**
 * What `audit -A` costs on 1,000 workloads with two pods and a Service each and 500 policies, as the built program reads
 * them from an API server that has them ready. The goal: 5 s. What follows --probe and --inside hangs on the network.
 *
 *     npm run bench:audit
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { kubeconfigFile } from '../src/testing/kubeconfig-file.ts';
import { ScriptedApiServer, sendJson } from '../src/testing/scripted-api-server.ts';
import { hundredths, median } from './statistics.ts';

const WORKLOADS = 1_000;
const NAMESPACES = 50;
const RUNS = 5;
const program = fileURLToPath(new URL('../dist/portlock.js', import.meta.url));

const lists = new Map<string, object[]>();
function add(collection: string, object: object): void {
  const list = lists.get(collection) ?? [];
  list.push(object);
  lists.set(collection, list);
}

for (let index = 0; index < WORKLOADS; index += 1) {
  addWorkload(index);
  addPods(index);
  addUse(index);
}
for (let index = 0; index < NAMESPACES; index += 1)
  add('/api/v1/namespaces', { metadata: { name: `team-${index}`, uid: `n${index}`, labels: {} } });

/** @param name as the object is called; @param owner who controls it */
function metadata(index: number, name: string, owner?: { kind: string; name: string }): object {
  const reference = owner && {
    apiVersion: 'apps/v1',
    controller: true,
    uid: `uid-${owner.kind}-${owner.name}`,
    ...owner,
  };
  return {
    namespace: `team-${index % NAMESPACES}`,
    name,
    labels: labelsOf(index),
    ownerReferences: reference ? [reference] : [],
  };
}

function labelsOf(index: number): Record<string, string> {
  return { app: `web-${index}` };
}

function podSpec(): object {
  const env = Array.from({ length: 20 }, (_, each) => ({
    name: `E${each}`,
    value: 'x'.repeat(40),
  }));
  const ports = [{ name: 'http', containerPort: 8080 }];
  return { containers: [{ name: 'app', image: 'registry.example/web:1', ports, env }] };
}

function addWorkload(index: number): void {
  const name = `web-${index}`;
  const selector = { matchLabels: labelsOf(index) };
  const template = { metadata: { labels: labelsOf(index) }, spec: podSpec() };
  const deployment = { kind: 'Deployment', name };
  add('/apis/apps/v1/deployments', {
    metadata: { ...metadata(index, name), uid: `uid-Deployment-${name}` },
    spec: { selector, template },
  });
  add('/apis/apps/v1/replicasets', {
    metadata: { ...metadata(index, `${name}-1`, deployment), uid: `uid-ReplicaSet-${name}-1` },
    spec: { selector, template },
  });
}

function addPods(index: number): void {
  const ready = { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' };
  const owner = { kind: 'ReplicaSet', name: `web-${index}-1` };
  for (const pod of [0, 1])
    add('/api/v1/pods', {
      metadata: { ...metadata(index, `web-${index}-1-${pod}`, owner), uid: `pod-${index}-${pod}` },
      spec: podSpec(),
      status: {
        phase: 'Running',
        podIPs: [{ ip: `10.${pod}.${index >> 8}.${index & 255}` }],
        conditions: [ready],
      },
    });
}

/** A Service, which in one of ten leads to an undeclared port, and a policy for every second. */
function addUse(index: number): void {
  const targetPort = index % 10 === 0 ? 9090 : 'http';
  add('/api/v1/services', {
    metadata: { ...metadata(index, `web-${index}`), uid: `service-${index}` },
    spec: { selector: labelsOf(index), ports: [{ port: 80, targetPort }] },
  });
  if (index % 2 === 0)
    add('/apis/networking.k8s.io/v1/networkpolicies', {
      metadata: { ...metadata(index, `web-${index}`), uid: `policy-${index}` },
      spec: {
        podSelector: { matchLabels: labelsOf(index) },
        policyTypes: ['Ingress'],
        ingress: [{ ports: [{ port: 8080 }] }],
      },
    });
}

const server = await ScriptedApiServer.start();
server.otherwise((response, { path: collection, query }) => {
  const items = lists.get(collection) ?? [];
  const from = Number(query.get('continue') ?? 0);
  const to = from + Number(query.get('limit') ?? items.length);
  const next = to < items.length ? { continue: `${to}` } : {};
  sendJson(response, { metadata: { resourceVersion: '1', ...next }, items: items.slice(from, to) });
});
const { file, remove } = kubeconfigFile(server);
const report = path.join(path.dirname(file), 'report.mjs');
writeFileSync(
  report,
  `import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, JSON.stringify(process.resourceUsage())));`,
);

const runs: { seconds: number; cpu: number; megabytes: number }[] = [];
for (let run = 0; run < RUNS; run += 1) {
  const from = performance.now();
  const command = [
    '--import',
    report,
    program,
    'audit',
    '-A',
    '-q',
    '-o',
    'json',
    '--kubeconfig',
    file,
  ];
  const child = spawn(process.execPath, command, {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  let usage = '';
  child.stdio[3]?.on('data', (text) => {
    usage += text;
  });
  await once(child, 'close');
  const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(usage);
  const seconds = (performance.now() - from) / 1_000;
  runs.push({ seconds, cpu: (userCPUTime + systemCPUTime) / 1e6, megabytes: maxRSS / 1_000 });
}
const middle = (of: keyof (typeof runs)[number]) => hundredths(median(runs.map((run) => run[of])));
console.table({
  'audit -A': { seconds: middle('seconds'), cpu: middle('cpu'), megabytes: middle('megabytes') },
});
remove();
await server.close();
