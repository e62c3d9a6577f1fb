import { createCertificate } from '../../src/testing/certificate.ts';
import { images } from '../cluster/base-images.ts';
import type { Namespace } from './deployment.ts';
import type { Kubectl } from './kubectl.ts';

/** Where it listens; its Service is at 443. */
export const WEBHOOK_PORT = 8443;

export interface AdmissionWebhook {
  /** What it is asked about when such an object is created in its namespace: the plural name of a kind of the core group. */
  resource: string;
  /** What it does to each of them (RFC 6902); nothing without. */
  patch?: readonly object[];
}

/** Admits whatever it is asked about, over a new connection each time: one that is kept would tell nothing of a policy. */
const SERVER = `
  const { cert, key, patch, port } = JSON.parse(process.env.WEBHOOK);
  const { createServer } = require('node:https');
  const server = createServer({ cert, key }, async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { apiVersion, kind, request: { uid } } = JSON.parse(body);
    const answer = { uid, allowed: true };
    if (patch) Object.assign(answer, { patchType: 'JSONPatch', patch: btoa(JSON.stringify(patch)) });
    response.setHeader('Content-Type', 'application/json');
    response.setHeader('Connection', 'close');
    response.end(JSON.stringify({ apiVersion, kind, response: answer }));
  });
  server.listen(port);
  process.on('SIGTERM', () => process.exit());
`;

/** Runs an admission webhook as the Deployment `webhook`, and has the API server ask it: without its answer nothing is created. */
export async function startWebhook(
  kubectl: Kubectl,
  namespace: Namespace,
  webhook: AdmissionWebhook,
): Promise<void> {
  const { certificate, key } = createCertificate([`webhook.${namespace.name}.svc`]);
  await namespace.apply(server({ cert: certificate, key, patch: webhook.patch }));
  await namespace.apply({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'webhook' },
    spec: { selector: { app: 'webhook' }, ports: [{ port: 443, targetPort: WEBHOOK_PORT }] },
  });
  await namespace.run('rollout', 'status', 'deployment/webhook', '--timeout=180s');
  await kubectl.apply(configuration(namespace, webhook.resource, certificate));
}

/** Has the API server ask it no more. */
export async function removeWebhook(kubectl: Kubectl, namespace: Namespace): Promise<void> {
  const name = ['mutatingwebhookconfiguration', namespace.name];
  await kubectl.run(['delete', ...name, '--ignore-not-found']);
}

function server(settings: object): object {
  const labels = { app: 'webhook' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'webhook' },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          containers: [
            {
              name: 'webhook',
              image: images.distrolessNode,
              imagePullPolicy: 'Never',
              args: ['-e', SERVER],
              env: [
                { name: 'WEBHOOK', value: JSON.stringify({ ...settings, port: WEBHOOK_PORT }) },
              ],
              ports: [{ containerPort: WEBHOOK_PORT }],
              readinessProbe: { tcpSocket: { port: WEBHOOK_PORT }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  };
}

function configuration({ name }: Namespace, resource: string, certificate: string): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: `webhook.${name}.test`,
        sideEffects: 'None',
        failurePolicy: 'Fail',
        admissionReviewVersions: ['v1'],
        timeoutSeconds: 5,
        clientConfig: {
          service: { namespace: name, name: 'webhook' },
          caBundle: btoa(certificate),
        },
        rules: [
          { apiGroups: [''], apiVersions: ['v1'], resources: [resource], operations: ['CREATE'] },
        ],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
      },
    ],
  };
}
