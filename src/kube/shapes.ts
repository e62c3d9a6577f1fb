import type { Schema } from './shape.ts';

/** Of each kind that is read, the shape of what is read of it, after the API's own definitions. */

export const text: Schema = { type: 'string' };
export const integer: Schema = { type: 'integer' };
const flag: Schema = { type: 'boolean' };
const labels: Schema = { type: 'object', additionalProperties: text };
export const anything: Schema = {};

export function object(properties: Record<string, Schema>, ...required: string[]): Schema {
  return { type: 'object', properties, required };
}

export function list(items: Schema): Schema {
  return { type: 'array', items };
}

const reference = object(
  { apiVersion: text, kind: text, name: text, uid: text, controller: flag },
  'kind',
  'name',
  'uid',
);

export const OWNER_REFERENCES = list(reference);

/** What every object has. */
export const metadata = object(
  {
    name: text,
    namespace: text,
    uid: text,
    resourceVersion: text,
    generation: integer,
    creationTimestamp: text,
    deletionTimestamp: text,
    labels,
    annotations: labels,
    ownerReferences: OWNER_REFERENCES,
  },
  'name',
);

/** An object of which nothing but the metadata is read: a Namespace, a ReplicaSet of a Deployment. */
export const METADATA_ONLY = object({ metadata }, 'metadata');

export const SELECTOR = object({
  matchLabels: labels,
  matchExpressions: list(
    object({ key: text, operator: text, values: list(text) }, 'key', 'operator'),
  ),
});

const container = object(
  {
    name: text,
    restartPolicy: text,
    ports: list(
      object(
        { containerPort: integer, hostPort: integer, hostIP: text, protocol: text, name: text },
        'containerPort',
      ),
    ),
  },
  'name',
);

const podSpec = object({
  nodeName: text,
  hostNetwork: flag,
  containers: list(container),
  initContainers: list(container),
});

export const POD = object(
  {
    metadata,
    spec: podSpec,
    status: object({
      phase: text,
      podIPs: list(object({ ip: text }, 'ip')),
      conditions: list(object({ type: text, status: text, lastTransitionTime: text }, 'type')),
    }),
  },
  'metadata',
);

const template = object({ metadata: object({ labels, annotations: labels }), spec: podSpec });

/** A Deployment, StatefulSet, DaemonSet or ReplicaSet. */
export const WORKLOAD = object(
  { metadata, spec: object({ selector: SELECTOR, template }, 'selector') },
  'metadata',
  'spec',
);

/** A Job; its selector is made for it. */
export const JOB = object(
  { metadata, spec: object({ selector: SELECTOR, template }) },
  'metadata',
  'spec',
);

export const CRON_JOB = object(
  { metadata, spec: object({ jobTemplate: object({ spec: object({ template }) }) }) },
  'metadata',
  'spec',
);

/** A Rollout of Argo; with a reference to a workload it needs neither selector nor template. */
export const ROLLOUT = object(
  {
    metadata,
    spec: object({
      selector: SELECTOR,
      template,
      workloadRef: object({ kind: text, name: text }),
    }),
  },
  'metadata',
  'spec',
);

/** "An entry that is null means to the API server what an empty one does." */
const peer: Schema = {
  ...object({
    podSelector: SELECTOR,
    namespaceSelector: SELECTOR,
    ipBlock: object({ cidr: text, except: list(text) }, 'cidr'),
  }),
  nullable: true,
};
const port: Schema = {
  ...object({ protocol: text, port: anything, endPort: integer }),
  nullable: true,
};
const rule: Schema = { ...object({ from: list(peer), ports: list(port) }), nullable: true };

/** The spec of a NetworkPolicy. */
export const POLICY_SPEC = object({
  podSelector: SELECTOR,
  policyTypes: list(text),
  ingress: list(rule),
});

export const LEASE = object(
  { metadata, spec: object({ holderIdentity: text, leaseDurationSeconds: { type: 'number' } }) },
  'metadata',
);

/** A policy of another kind: what its fields mean is for those who evaluate it. */
export const OTHER_POLICY = object({ metadata, spec: object({}) }, 'metadata');

export const SERVICE = object(
  {
    metadata,
    spec: object({
      type: text,
      clusterIP: text,
      externalIPs: list(text),
      externalName: text,
      selector: labels,
      ports: list(object({ name: text, port: integer, protocol: text }, 'port')),
    }),
  },
  'metadata',
);

export const ENDPOINT_SLICE = object(
  {
    metadata,
    addressType: text,
    ports: list(object({ name: text, protocol: text, port: integer })),
    endpoints: list(object({ addresses: list(text), conditions: object({ ready: flag }) })),
  },
  'metadata',
);

const ingressBackend = object({
  service: object({ name: text, port: object({ number: integer, name: text }) }, 'name'),
});

export const INGRESS = object(
  {
    metadata,
    spec: object({
      ingressClassName: text,
      defaultBackend: ingressBackend,
      rules: list(object({ http: object({ paths: list(object({ backend: ingressBackend })) }) })),
    }),
  },
  'metadata',
);

const routeBackend = object({
  group: text,
  kind: text,
  namespace: text,
  name: text,
  port: integer,
});
const filter = object({
  requestMirror: object({ backendRef: routeBackend }),
  externalAuth: object({ backendRef: routeBackend }),
});

/** A route of the Gateway API. */
export const ROUTE = object(
  {
    metadata,
    spec: object({
      rules: list(
        object({
          backendRefs: list(object({ ...routeBackend.properties, filters: list(filter) }, 'name')),
          filters: list(filter),
        }),
      ),
    }),
  },
  'metadata',
);

const relabelings = list(
  object({
    targetLabel: text,
    target_label: text,
    replacement: text,
    sourceLabels: list(text),
    source_labels: list(text),
  }),
);
const endpoints = list(
  object({
    // A number, too, in Google's.
    port: anything,
    portNumber: integer,
    relabelings,
    relabelConfigs: relabelings,
  }),
);

/** A ServiceMonitor or PodMonitor, and what means the same to VictoriaMetrics or Google. */
export const MONITOR = object(
  {
    metadata,
    spec: object({
      selector: SELECTOR,
      namespaceSelector: object({ any: flag, matchNames: list(text) }),
      endpoints,
      podMetricsEndpoints: endpoints,
    }),
  },
  'metadata',
);

/** An InferencePool; of its selector, v1 and v1alpha2 differ. */
export const INFERENCE_POOL = object(
  {
    metadata,
    spec: object({
      selector: anything,
      targetPorts: list(object({ number: integer })),
      targetPortNumber: integer,
      endpointPickerRef: object({ kind: text, name: text, port: object({ number: integer }) }),
      extensionRef: object({ kind: text, name: text, portNumber: integer }),
    }),
  },
  'metadata',
);

const serviceReference = object({ namespace: text, name: text, port: integer }, 'name');

export const WEBHOOK_CONFIGURATION = object(
  {
    metadata,
    webhooks: list(object({ clientConfig: object({ service: serviceReference }) })),
  },
  'metadata',
);

export const DEFINITION = object(
  {
    metadata,
    spec: object({
      versions: list(object({ name: text, served: flag }, 'name')),
      conversion: object({
        strategy: text,
        webhook: object({ clientConfig: object({ service: serviceReference }) }),
      }),
    }),
  },
  'metadata',
);

export const API_SERVICE = object(
  { metadata, spec: object({ service: serviceReference }) },
  'metadata',
);
