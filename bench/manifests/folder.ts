import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const WORKLOADS_A_FILE = 10;
const NAMESPACES = 100;

/** @returns a new folder with so many Deployments and a Service for each, ten of both in a file */
export function folderOfManifests(workloads: number): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'portlock-bench-'));
  for (let from = 0; from < workloads; from += WORKLOADS_A_FILE) {
    const indices = Array.from({ length: WORKLOADS_A_FILE }, (_, index) => from + index);
    writeFileSync(path.join(folder, `${from}.yaml`), indices.map(manifests).join(''));
  }
  return folder;
}

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
