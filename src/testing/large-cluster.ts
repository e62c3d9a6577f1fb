import type { KeptObject, KeptObjects } from './kept-objects.ts';

/** How much a cluster holds. */
export interface ClusterSize {
  namespaces: number;
  deployments: number;
  podsEach: number;
  /** ReplicaSets of earlier revisions that each Deployment still has. */
  formerRevisions: number;
}

/** Workloads as people have them: with a Service each, a sidecar, probes, environment, and what an API server adds. */
export function fillCluster(kept: KeptObjects, size: ClusterSize): void {
  for (let index = 0; index < size.namespaces; index++)
    put(kept, '/api/v1/namespaces', { metadata: { name: namespaceAt(index) } });
  for (let index = 0; index < size.deployments; index++) {
    const namespace = namespaceAt(index % size.namespaces);
    fillWorkload(kept, { namespace, name: `workload-${index}`, index }, size);
  }
}

/** An object of any kind. */
interface Manifest {
  metadata: KeptObject['metadata'];
  [field: string]: unknown;
}

interface Place {
  namespace: string;
  name: string;
  index: number;
}

function fillWorkload(kept: KeptObjects, { namespace, name, index }: Place, size: ClusterSize) {
  const labels = labelsOf(name);
  const at = (group: string, plural: string) => `${group}/namespaces/${namespace}/${plural}`;
  put(kept, at('/apis/apps/v1', 'deployments'), deploymentOf(namespace, name));
  for (let revision = 0; revision <= size.formerRevisions; revision++)
    put(kept, at('/apis/apps/v1', 'replicasets'), {
      metadata: {
        ...metadataOf(namespace, `${name}-rev${revision}`, 'kube-controller-manager'),
        labels: { ...labels, 'pod-template-hash': `rev${revision}` },
        ownerReferences: [controller('apps/v1', 'Deployment', name)],
      },
      spec: { selector: { matchLabels: labels }, template: templateOf(name) },
    });
  for (let pod = 0; pod < size.podsEach; pod++)
    put(kept, at('/api/v1', 'pods'), podOf(namespace, name, index * size.podsEach + pod));
  put(kept, at('/api/v1', 'services'), {
    metadata: { ...metadataOf(namespace, name, 'helm'), labels },
    spec: {
      selector: { 'app.kubernetes.io/name': name },
      ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 'http' }],
      clusterIP: '10.96.0.1',
    },
  });
  put(kept, at('/apis/discovery.k8s.io/v1', 'endpointslices'), {
    metadata: {
      ...metadataOf(namespace, `${name}-x`, 'kube-controller-manager'),
      labels: {
        'kubernetes.io/service-name': name,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
    },
    addressType: 'IPv4',
    endpoints: [],
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  });
}

function put(kept: KeptObjects, collection: string, object: Manifest): void {
  kept.put(`${collection}/${object.metadata.name}`, object);
}

function namespaceAt(index: number): string {
  return `team-${index}`;
}

function labelsOf(name: string): Record<string, string> {
  return {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/instance': `${name}-production`,
    'app.kubernetes.io/part-of': 'shop',
    'helm.sh/chart': `${name}-1.24.3`,
  };
}

function uidOf(name: string): string {
  return `7d1f9c0e-2b64-4c1d-9a53-${name.padStart(12, '0')}`;
}

function metadataOf(namespace: string, name: string, manager: string): KeptObject['metadata'] {
  return { name, namespace, uid: uidOf(name), managedFields: [{ manager }] };
}

function controller(apiVersion: string, kind: string, name: string) {
  const owner = { apiVersion, kind, name, uid: uidOf(name) };
  return { ...owner, controller: true, blockOwnerDeletion: true };
}

function deploymentOf(namespace: string, name: string): Manifest {
  return {
    metadata: {
      ...metadataOf(namespace, name, 'helm'),
      labels: { ...labelsOf(name), 'portlock.dev/mode': 'enforce' },
      annotations: { 'deployment.kubernetes.io/revision': '3', 'team.example/contact': 'nobody' },
    },
    spec: {
      replicas: 3,
      selector: { matchLabels: { 'app.kubernetes.io/name': name } },
      template: templateOf(name),
    },
  };
}

function templateOf(name: string) {
  return {
    metadata: {
      labels: labelsOf(name),
      annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9090' },
    },
    spec: { containers: containersOf(name), serviceAccountName: name },
  };
}

function containersOf(name: string) {
  const env = Array.from({ length: 20 }, (_, at) => ({
    name: `SETTING_${at}`,
    value: `a value of ${name} that is as long as they usually are, ${at}`,
  }));
  const probe = (path: string) => ({ httpGet: { path, port: 'http' }, periodSeconds: 10 });
  const port = (containerPort: number, title: string) => ({
    containerPort,
    name: title,
    protocol: 'TCP',
  });
  return [
    {
      name: 'app',
      image: `registry.example/${name}:1.24.3`,
      env,
      ports: [port(8080, 'http'), port(9090, 'metrics')],
      livenessProbe: probe('/live'),
      readinessProbe: probe('/ready'),
      volumeMounts: env.slice(0, 6).map(({ name: mount }) => ({ name: mount, mountPath: mount })),
    },
    { name: 'log', image: 'registry.example/log:3', env: env.slice(0, 8), ports: [] },
  ];
}

/** At a loopback address of its own, on which nothing listens. */
function podOf(namespace: string, name: string, index: number): Manifest {
  const pod = `${name}-rev0-${index}`;
  const ip = `127.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
  const { metadata, spec } = templateOf(name);
  const since = '2026-01-02T03:04:05Z';
  const containerStatuses = spec.containers.map((container) => ({
    name: container.name,
    image: container.image,
    imageID: `${container.image}@sha256:${'0123456789abcdef'.repeat(4)}`,
    containerID: `containerd://${'0123456789abcdef'.repeat(4)}`,
    state: { running: { startedAt: since } },
    ready: true,
  }));
  const status = {
    phase: 'Running',
    podIP: ip,
    podIPs: [{ ip }],
    conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
      type,
      status: 'True',
      lastTransitionTime: since,
    })),
    containerStatuses,
  };
  return {
    metadata: {
      ...metadataOf(namespace, pod, 'kubelet'),
      ...metadata,
      labels: { ...metadata.labels, 'pod-template-hash': 'rev0' },
      ownerReferences: [controller('apps/v1', 'ReplicaSet', `${name}-rev0`)],
    },
    spec: { ...spec, nodeName: `node-${index % 300}` },
    status,
  };
}
