import { describe, expect, test } from 'vitest';
import {
  janitor,
  ownerJob,
  type PeerPod,
  type Place,
  peerPod,
  policyOf,
  throwawayNamespace,
} from './objects.ts';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const PLACE: Place = {
  name: 'portlock-check-1a2b',
  namespace: 'shop',
  namespaceEnds: false,
  purpose: 'portlock-check',
  lifetime: 90,
  placement: undefined,
};
const OWNER = { name: 'portlock-check-1a2b', uid: 'uid-job' };
const LABELS = {
  'app.kubernetes.io/name': 'portlock',
  'app.kubernetes.io/component': 'portlock-check',
  'portlock.dev/throwaway': 'portlock-check-1a2b',
};

/** What the Pod Security Standard "restricted" asks of a pod; what is missing there, by path. */
function unrestricted(spec: Record<string, unknown>): string[] {
  const { securityContext: pod, containers } = spec as {
    securityContext: { runAsNonRoot: boolean; seccompProfile: { type: string } };
    containers: {
      securityContext: { allowPrivilegeEscalation: boolean; capabilities: { drop: string[] } };
    }[];
  };
  return [
    ...(pod.runAsNonRoot === true ? [] : ['runAsNonRoot']),
    ...(pod.seccompProfile.type === 'RuntimeDefault' ? [] : ['seccompProfile']),
    ...containers.flatMap(({ securityContext }) => [
      ...(securityContext.allowPrivilegeEscalation === false ? [] : ['allowPrivilegeEscalation']),
      ...(securityContext.capabilities.drop.includes('ALL') ? [] : ['capabilities']),
    ]),
    ...['hostNetwork', 'hostPID', 'hostIPC', 'volumes'].filter((field) => field in spec),
  ];
}

describe('the namespace', () => {
  const made = throwawayNamespace({ ...PLACE, namespace: 'own' }, NOW);

  test('is restricted, and none of the operator', () => {
    expect(made).toMatchObject({ apiVersion: 'v1', kind: 'Namespace' });
    expect(made.metadata).toMatchObject({
      name: 'own',
      labels: {
        ...LABELS,
        'portlock.dev/mode': 'off',
        'pod-security.kubernetes.io/enforce': 'restricted',
      },
    });
  });

  test('says when it is over: half a minute after what is in it', () => {
    expect(made.metadata.annotations).toEqual({
      'portlock.dev/ends-at': '2026-01-02T03:06:05.000Z',
    });
  });
});

test('what deletes the namespace may do that, and nothing else', () => {
  const { account, role, binding } = janitor(PLACE);
  expect(role.rules).toEqual([
    { apiGroups: [''], resources: ['namespaces'], resourceNames: ['shop'], verbs: ['delete'] },
  ]);
  expect([account, role, binding].map(({ kind }) => kind)).toEqual([
    'ServiceAccount',
    'Role',
    'RoleBinding',
  ]);
  for (const { metadata } of [account, role, binding])
    expect(metadata).toEqual({ name: PLACE.name, namespace: 'shop' });
  expect(binding).toMatchObject({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: PLACE.name },
    subjects: [{ kind: 'ServiceAccount', name: PLACE.name, namespace: 'shop' }],
  });
});

test('the Job runs nothing, ends when its time is over, and is then deleted at once', () => {
  const job = ownerJob(PLACE, 'portlock:1');
  expect(job).toMatchObject({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: PLACE.name, namespace: 'shop', labels: LABELS },
    spec: {
      parallelism: 0,
      completions: 1,
      backoffLimit: 0,
      activeDeadlineSeconds: 90,
      ttlSecondsAfterFinished: 0,
    },
  });
  const { template } = job.spec as { template: { spec: Record<string, unknown> } };
  expect(template).toMatchObject({
    metadata: { labels: LABELS },
    spec: { restartPolicy: 'Never' },
  });
  expect(unrestricted(template.spec)).toEqual([]);
});

describe('a pod', () => {
  const made = (fields: Partial<PeerPod> = {}) => {
    const pod = { name: 'a', args: ['--listen', '80'], labels: {}, serviceAccount: undefined };
    const wire = peerPod(PLACE, OWNER, { ...pod, ...fields }, 'portlock:1');
    return { metadata: wire.metadata, spec: wire.spec as Record<string, unknown> };
  };

  test('goes with the Job that owns it, and ends by itself', () => {
    expect(made().metadata).toMatchObject({
      name: 'a',
      namespace: 'shop',
      ownerReferences: [
        {
          apiVersion: 'batch/v1',
          kind: 'Job',
          name: 'portlock-check-1a2b',
          uid: 'uid-job',
          controller: false,
          blockOwnerDeletion: false,
        },
      ],
    });
    expect(made().spec).toMatchObject({ restartPolicy: 'Never', activeDeadlineSeconds: 90 });
  });

  test('is let in where pods must be restricted', () => {
    expect(unrestricted(made().spec)).toEqual([]);
    expect(made().spec).toMatchObject({
      containers: [
        {
          securityContext: { readOnlyRootFilesystem: true },
          resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '256Mi' } },
        },
      ],
    });
  });

  test('runs the image as a peer, on Linux', () => {
    expect(made().spec).toMatchObject({
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      containers: [{ image: 'portlock:1', args: ['peer', '--listen', '80'] }],
    });
  });

  test('has no token, no environment of Services, and no mesh before it', () => {
    const { metadata, spec } = made();
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 1,
    });
    expect(spec).not.toHaveProperty('serviceAccountName');
    expect(spec).not.toHaveProperty('affinity');
    expect(metadata.annotations).toEqual({
      'sidecar.istio.io/inject': 'false',
      'linkerd.io/inject': 'disabled',
    });
  });

  test('that deletes the namespace has the token for it, and time to do so', () => {
    expect(made({ serviceAccount: 'janitor' }).spec).toMatchObject({
      serviceAccountName: 'janitor',
      automountServiceAccountToken: true,
      terminationGracePeriodSeconds: 10,
    });
  });

  test('has the labels of its place beside its own', () => {
    const { metadata } = made({ labels: { role: 'first' } });
    expect(metadata.labels).toEqual({ ...LABELS, role: 'first' });
  });

  test('goes to the node that it is told', () => {
    const affinity = { podAffinity: {} };
    expect(made({ affinity }).spec).toMatchObject({ affinity });
  });
});

test('the policy lets everybody in to one port of the pods of this place, and goes with them', () => {
  const policy = policyOf(PLACE, OWNER, 8080);
  expect(policy.spec).toEqual({
    podSelector: { matchLabels: { 'portlock.dev/throwaway': 'portlock-check-1a2b' } },
    policyTypes: ['Ingress'],
    ingress: [{ ports: [{ port: 8080, protocol: 'TCP' }] }],
  });
  expect(policy.metadata).toMatchObject({
    name: PLACE.name,
    namespace: 'shop',
    labels: LABELS,
    ownerReferences: [{ kind: 'Job', uid: 'uid-job' }],
  });
});
