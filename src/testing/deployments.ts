/** What differs between Deployments of tests; the Deployment web of the namespace shop, enforced, where nothing does. */
export interface DeploymentFields {
  name?: string;
  namespace?: string;
  uid?: string;
  /** Undefined for none. */
  mode?: string | undefined;
  annotations?: Record<string, string>;
  ports?: readonly { containerPort: number; protocol?: string; name?: string }[];
}

/** A Deployment as its owner would send it. */
export function deployment(fields: DeploymentFields = {}) {
  const { name = 'web', namespace = 'shop', annotations = {} } = fields;
  const { ports = [{ containerPort: 8080 }] } = fields;
  const mode = 'mode' in fields ? fields.mode : 'enforce';
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace,
      uid: fields.uid ?? `uid-${name}`,
      generation: 1,
      labels: mode === undefined ? {} : { 'portlock.dev/mode': mode },
      annotations,
    },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'app', image: 'example.test/app', ports }] },
      },
    },
  };
}

/** The same, whose pods use the network of their node. */
export function onHostNetwork(made: ReturnType<typeof deployment>) {
  const { template } = made.spec;
  const spec = { ...template.spec, hostNetwork: true };
  return { ...made, spec: { ...made.spec, template: { ...template, spec } } };
}

/** A Rollout of the pods `app: web` that has the template of a Deployment of that name. */
export function rolloutOf(name: string) {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'roll', namespace: 'shop' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    },
  };
}
