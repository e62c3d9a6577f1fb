import { images } from '../cluster/base-images.ts';

export interface ApplicationFields {
  kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet';
  /** Undefined for no label. */
  mode?: string;
  replicas?: number;
  /** The ports that it listens on, over HTTP. */
  listens: readonly number[];
  /** The ports that it declares. */
  declares: readonly { containerPort: number; name?: string }[];
  /** Of the pod, in wire form. */
  readinessProbe?: object;
  lifecycle?: object;
  /** More containers, in wire form. */
  sidecars?: readonly object[];
  podLabels?: Readonly<Record<string, string>>;
}

/** Serves every port of its arguments, and ends when it is told to. */
const SERVER = `
  const { createServer } = require('node:http');
  for (const port of process.argv.slice(1)) {
    createServer((request, response) => response.end(port)).listen(Number(port));
  }
  process.on('SIGTERM', () => process.exit());
`;

/** The same that runs to an end, which it never reaches: a Job, or a CronJob whose runs are begun by hand. */
export function batchApplication(
  kind: 'Job' | 'CronJob',
  name: string,
  { mode, ...fields }: Omit<ApplicationFields, 'kind' | 'replicas'>,
): object {
  const { spec } = application(name, fields) as { spec: { template: { spec: object } } };
  const { template } = spec;
  const jobSpec = { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } };
  return {
    apiVersion: 'batch/v1',
    kind,
    metadata: { name, labels: mode === undefined ? {} : { 'portlock.dev/mode': mode } },
    // Once a year, and suspended.
    spec:
      kind === 'Job'
        ? jobSpec
        : { schedule: '0 0 1 1 *', suspend: true, jobTemplate: { spec: jobSpec } },
  };
}

/** A workload whose pods listen on more ports than they declare, or on fewer. */
export function application(name: string, fields: ApplicationFields): object {
  const { kind = 'Deployment', mode, replicas = 1, listens, declares } = fields;
  const labels = { app: name };
  const probe = { tcpSocket: { port: declares[0]?.containerPort }, periodSeconds: 1 };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, labels: mode === undefined ? {} : { 'portlock.dev/mode': mode } },
    spec: {
      ...(kind !== 'DaemonSet' && { replicas }),
      ...(kind === 'StatefulSet' && { serviceName: name }),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: { ...labels, ...fields.podLabels } },
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 10,
          containers: [
            {
              name: 'app',
              image: images.distrolessNode,
              imagePullPolicy: 'Never',
              args: ['-e', SERVER, '--', ...listens.map(String)],
              ports: declares,
              readinessProbe: fields.readinessProbe ?? probe,
              ...(fields.lifecycle && { lifecycle: fields.lifecycle }),
              volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
            },
            ...(fields.sidecars ?? []),
          ],
          volumes: [{ name: 'tmp', emptyDir: {} }],
        },
      },
    },
  };
}
