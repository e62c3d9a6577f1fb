/**
 * What `report -o html` makes of 5,000 workloads: at most 3 MB. What `render` and `audit -f` cost on 10,000 workloads with a Service each in 1,000 files, as the built program runs them,
 * and what the program takes to say its version and its help. The goals: 3 s, 500 MB, and 120 ms.
 *
 *     npm run bench:manifests
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { hundredths, median } from './statistics.ts';

const FILES = 1_000;
const WORKLOADS_A_FILE = 10;
const NAMESPACES = 100;
const RUNS = 5;
const REPORTED = 5_000;
const program = fileURLToPath(new URL('../dist/portlock.js', import.meta.url));

/** A Deployment as people write it, and a Service, which in one of ten leads to an undeclared port. */
function manifests(index: number): string {
  const [name, namespace] = [`web-${index}`, `team-${index % NAMESPACES}`];
  return `---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: ${namespace}
  labels:
    app.kubernetes.io/name: ${name}
    portlock.dev/mode: enforce
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: ${name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: ${name}
    spec:
      containers:
        - name: app
          image: "registry.example/web:v1.2.3"
          args: ["--port", "8080"]
          env:
            - name: LOG_LEVEL
              value: info
          ports:
            - name: http
              containerPort: 8080
          readinessProbe:
            httpGet:
              path: /healthz
              port: http
          resources:
            limits:
              memory: 128Mi
---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  selector:
    app.kubernetes.io/name: ${name}
  ports:
    - name: http
      port: 80
      targetPort: ${index % 10 === 0 ? 9090 : 'http'}
`;
}

/** What the process itself says that it used, on a descriptor of its own. */
const REPORT = `data:text/javascript,import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, JSON.stringify(process.resourceUsage())));`;

function measured(...args: string[]) {
  const runs = Array.from({ length: RUNS }, () => {
    const from = performance.now();
    const { output } = spawnSync(process.execPath, ['--import', REPORT, program, ...args], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(output[3] ?? '');
    const seconds = (performance.now() - from) / 1_000;
    return { seconds, cpu: (userCPUTime + systemCPUTime) / 1e6, megabytes: maxRSS / 1_000 };
  });
  const middle = (of: keyof (typeof runs)[number]) =>
    hundredths(median(runs.map((run) => run[of])));
  return { seconds: middle('seconds'), cpu: middle('cpu'), megabytes: middle('megabytes') };
}

/** @returns the size of the page in megabytes, and how long it takes to make in seconds */
function htmlOf(files: string[]) {
  const maxBuffer = 1e9;
  const run = (args: string[], input?: string) =>
    spawnSync(process.execPath, [program, ...args], { input, maxBuffer, encoding: 'utf8' }).stdout;
  const audit = run(['audit', '-o', 'json', '-q', ...files.flatMap((file) => ['-f', file])]);
  const from = performance.now();
  const html = run(['report', '-o', 'html', '-q'], audit);
  const seconds = (performance.now() - from) / 1_000;
  return { seconds: hundredths(seconds), megabytes: hundredths(Buffer.byteLength(html) / 1e6) };
}

const folder = mkdtempSync(path.join(tmpdir(), 'portlock-bench-'));
try {
  for (let file = 0; file < FILES; file += 1) {
    const indices = Array.from({ length: WORKLOADS_A_FILE }, (_, k) => file * WORKLOADS_A_FILE + k);
    writeFileSync(path.join(folder, `${file}.yaml`), indices.map(manifests).join(''));
  }
  console.table({
    render: measured('render', folder),
    'audit -f': measured('audit', '-f', folder),
    '--version': measured('--version'),
    '--help': measured('--help'),
  });
  const reported = Array.from({ length: REPORTED / WORKLOADS_A_FILE }, (_, file) =>
    path.join(folder, `${file}.yaml`),
  );
  console.table({ 'report -o html': htmlOf(reported) });
} finally {
  rmSync(folder, { recursive: true });
}
