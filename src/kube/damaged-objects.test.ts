import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../domain/decide.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { canonicalJson } from '../domain/text/canonical.ts';
import { carriedOut, policy, probed, snapshot } from '../testing/builders.ts';
import { damaged } from '../testing/damaged.ts';
import { runs } from '../testing/property-runs.ts';
import { projectIngress } from './ingress-projection.ts';
import { projectMemberLease } from './members.ts';
import { projectMonitor } from './monitor-projection.ts';
import { projectPluginPolicy, projectTieredPolicy } from './policy-projections.ts';
import { projectNamespace, projectPod, projectPolicy } from './projections.ts';
import { projectReport } from './report-projection.ts';
import { CILIUM_POLICIES, TIERED_ADMIN } from './resources.ts';
import { checked, MalformedObjectError, type Schema } from './shape.ts';
import * as shapes from './shapes.ts';
import {
  projectApiService,
  projectDefinition,
  projectEndpointSlice,
  projectRoute,
  projectService,
  projectWebhookConfiguration,
} from './usage-projections.ts';
import { withoutNulls } from './wire-fields.ts';
import { projectOwner, projectWorkload } from './workload-projection.ts';

/** Objects of the API as somebody damaged them on the way: nothing of them crashes, and nothing is widened. */

const metadata = {
  name: 'web',
  namespace: 'shop',
  uid: 'uid-web',
  resourceVersion: '7',
  generation: 1,
  labels: { app: 'web', 'portlock.dev/mode': 'enforce' },
  annotations: { 'portlock.dev/extra-ports': '9102/TCP', 'portlock.dev/allow-from': 'any' },
};
const owner = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  name: 'web',
  uid: 'uid-web',
  controller: true,
  blockOwnerDeletion: false,
};
const podSpec = {
  nodeName: 'node-2',
  hostNetwork: false,
  containers: [
    {
      name: 'app',
      ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
      livenessProbe: { httpGet: { port: 'http', host: '' } },
      lifecycle: { preStop: { httpGet: { port: 8081 } } },
    },
  ],
  initContainers: [{ name: 'proxy', restartPolicy: 'Always', ports: [{ containerPort: 9000 }] }],
};
const WORKLOAD = {
  metadata,
  spec: {
    selector: {
      matchLabels: { app: 'web' },
      matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }],
    },
    template: { metadata: { labels: { app: 'web' }, annotations: { x: 'y' } }, spec: podSpec },
  },
};
const POD = {
  metadata: {
    ...metadata,
    labels: { app: 'web', 'pod-template-hash': 'a' },
    ownerReferences: [{ ...owner, kind: 'ReplicaSet' }],
    deletionTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: podSpec,
  status: {
    phase: 'Running',
    podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }],
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
  },
};
const STRANGERS_POLICY = {
  ...policy('other'),
  spec: {
    podSelector: { matchLabels: { app: 'web' } },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      {
        from: [
          { podSelector: { matchLabels: { a: 'b' } }, namespaceSelector: {} },
          { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
        ],
        ports: [
          { port: 9000, endPort: 9100, protocol: 'TCP' },
          { port: 'http', protocol: 'TCP' },
        ],
      },
    ],
    egress: [{}],
  },
};
const firstPlan = decide(snapshot());
const OURS = firstPlan.policy.do === 'apply' ? firstPlan.policy.policy : STRANGERS_POLICY;
const settledOnce = probed(
  probed(snapshot(), { open: [8080, 9090], otherwise: 'filtered' }),
  { open: [8080, 9090], otherwise: 'filtered' },
  90,
);
const full = carriedOut(settledOnce, decide(settledOnce)).report;
const REPORT = {
  ...full,
  status: {
    ...full?.status,
    secondProbe: {
      ...full?.status?.probe,
      fromNode: 'node-9',
      findings: [
        {
          port: 9090,
          protocol: 'TCP',
          finding: 'UndeclaredReachable',
          pods: 1,
          expected: 'Denied',
          observed: 'Open',
          message: 'open',
          firstSeenTime: '2026-01-01T00:00:00Z',
        },
      ],
    },
    brake: {
      state: 'Engaged',
      sinceTime: '2026-01-01T00:00:00Z',
      templateHash: 'a',
      watchedUids: ['uid-pod-1'],
      watchedAddresses: ['10.0.0.1'],
      pods: ['web-1'],
    },
  },
};

const meta = { name: 'x', namespace: 'shop' };
const reference = { name: 'web', namespace: 'shop', port: 443 };
const usage = (schema: Schema, project: (wire: object) => unknown) => (wire: object) =>
  checked(schema, project)(wire, () => {});

const KINDS: [string, object, (wire: object) => unknown][] = [
  ['Deployment', WORKLOAD, projectWorkload('Deployment')],
  ['Pod', POD, projectPod],
  [
    'ReplicaSet',
    { ...POD, metadata: { ...POD.metadata, ownerReferences: [owner] } },
    projectOwner('ReplicaSet'),
  ],
  ['Namespace', { metadata }, projectNamespace],
  ['NetworkPolicy', STRANGERS_POLICY, projectPolicy],
  ['PortExposureReport', REPORT, projectReport],
  [
    'Lease',
    { metadata: meta, spec: { holderIdentity: 'a', leaseDurationSeconds: 15 } },
    projectMemberLease,
  ],
  [
    'Service',
    {
      metadata: meta,
      spec: {
        type: 'ClusterIP',
        clusterIP: 'None',
        selector: { app: 'web' },
        ports: [{ name: 'a', port: 80, targetPort: 'http', protocol: 'TCP' }],
      },
    },
    usage(shapes.SERVICE, projectService),
  ],
  [
    'EndpointSlice',
    {
      metadata: meta,
      addressType: 'IPv4',
      ports: [{ name: 'a', port: 80 }],
      endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
    },
    usage(shapes.ENDPOINT_SLICE, projectEndpointSlice),
  ],
  [
    'Ingress',
    {
      metadata: meta,
      spec: {
        defaultBackend: { service: { name: 'web', port: { number: 80 } } },
        rules: [
          { http: { paths: [{ backend: { service: { name: 'web', port: { name: 'a' } } } }] } },
        ],
      },
    },
    usage(shapes.INGRESS, projectIngress),
  ],
  [
    'HTTPRoute',
    {
      metadata: meta,
      spec: {
        rules: [
          {
            backendRefs: [
              { ...reference, filters: [{ requestMirror: { backendRef: reference } }] },
            ],
            filters: [{ externalAuth: { backendRef: reference } }],
          },
        ],
      },
    },
    usage(shapes.ROUTE, projectRoute('HTTPRoute')),
  ],
  ...(['endpoints', 'podMetricsEndpoints'] as const).map(
    (field): [string, object, (wire: object) => unknown] => [
      `monitor by ${field}`,
      {
        metadata: meta,
        spec: {
          selector: WORKLOAD.spec.selector,
          namespaceSelector: { matchNames: ['shop'] },
          [field]: [
            {
              port: 'http',
              portNumber: 80,
              targetPort: 8080,
              relabelings: [{ targetLabel: '__address__', replacement: '$1:9102' }],
            },
          ],
        },
      },
      usage(
        shapes.MONITOR,
        projectMonitor(field === 'endpoints' ? 'ServiceMonitor' : 'PodMonitor'),
      ),
    ],
  ),
  [
    'ValidatingWebhookConfiguration',
    { metadata: meta, webhooks: [{ clientConfig: { service: reference } }] },
    usage(
      shapes.WEBHOOK_CONFIGURATION,
      projectWebhookConfiguration('ValidatingWebhookConfiguration'),
    ),
  ],
  [
    'CustomResourceDefinition',
    {
      metadata: meta,
      spec: {
        versions: [{ name: 'v1', served: true }],
        conversion: { strategy: 'Webhook', webhook: { clientConfig: { service: reference } } },
      },
    },
    usage(shapes.DEFINITION, projectDefinition),
  ],
  [
    'APIService',
    { metadata: meta, spec: { service: reference } },
    usage(shapes.API_SERVICE, projectApiService),
  ],
  [
    'AdminNetworkPolicy',
    { metadata: meta, spec: STRANGERS_POLICY.spec },
    usage(shapes.OTHER_POLICY, projectTieredPolicy('AdminNetworkPolicy', TIERED_ADMIN)),
  ],
  [
    'CiliumNetworkPolicy',
    { metadata: meta, spec: STRANGERS_POLICY.spec, specs: [{}] },
    usage(shapes.OTHER_POLICY, projectPluginPolicy('CiliumNetworkPolicy', CILIUM_POLICIES)),
  ],
];

/** What comes through; undefined where nothing is of use. Anything else that is thrown is a mistake of ours. */
function projected<T>(project: (wire: object) => T, wire: object): T | undefined {
  try {
    return project(wire);
  } catch (error) {
    if (error instanceof MalformedObjectError) return undefined;
    throw error;
  }
}

describe.each(KINDS)('%s', (_kind, whole, project) => {
  test('comes through whole, and damaged never throws anything but that it is', () => {
    const told: string[] = [];
    const telling = project as (wire: object, onMalformed: (field: string) => void) => unknown;
    telling(whole, (field) => told.push(field));
    expect(told).toEqual([]);
    fc.assert(
      fc.property(damaged(whole), (wire) => {
        projected(project, wire);
      }),
      runs(20),
    );
  });
});

describe('what comes through of a damaged object', () => {
  const base = snapshot();

  test('of a workload makes no policy about other pods, and none with a port that is not there', () => {
    fc.assert(
      fc.property(damaged(WORKLOAD), (wire) => {
        const workload = projected(projectWorkload('Deployment'), wire);
        if (workload === undefined) return;
        const { policy: step } = decide({ ...base, workload, pods: [], selected: [] });
        if (step.do !== 'apply') return;
        const { podSelector, ingress = [] } = step.policy.spec;
        expect(podSelector).toEqual(withoutNulls(wire.spec.selector));
        const { matchLabels = {}, matchExpressions = [] } = podSelector;
        expect(Object.keys(matchLabels ?? {}).length + (matchExpressions ?? []).length).not.toBe(0);
        const text = JSON.stringify(wire);
        for (const { port } of ingress.flatMap(({ ports = [] }) => ports))
          expect(text).toContain(String(port));
      }),
      runs(20),
    );
  });

  test('of a pod can be decided about', () => {
    fc.assert(
      fc.property(damaged(POD), (wire) => {
        const each = projected(projectPod, wire);
        if (each === undefined) return;
        decide({ ...base, pods: [each], selected: [{ ...each, owner: 'Deployment/web' }] });
      }),
      runs(20),
    );
  });

  test('of a policy of another can be decided about', () => {
    fc.assert(
      fc.property(damaged(STRANGERS_POLICY), (wire) => {
        decide({ ...base, policies: [projectPolicy(wire)] });
      }),
      runs(20),
    );
  });

  test('of our policy is put right', () => {
    fc.assert(
      fc.property(damaged(OURS.spec), (spec) => {
        const { policy: step } = decide({ ...base, policies: [projectPolicy({ ...OURS, spec })] });
        const isSame = canonicalJson(withoutNulls(spec)) === canonicalJson(OURS.spec);
        expect(step).toMatchObject(isSame ? { do: 'nothing' } : { do: 'apply', policy: OURS });
      }),
      runs(20),
    );
  });

  test('of a report can be decided about, by whoever takes over', () => {
    const roles: Snapshot['role'][] = [
      base.role,
      { policy: false, probe: true, secondProbe: false, hasSecond: true },
      { policy: false, probe: false, secondProbe: true, hasSecond: true },
    ];
    fc.assert(
      fc.property(damaged(REPORT), fc.constantFrom(...roles), (wire, role) => {
        const report = projectReport(wire);
        const plan = decide({ ...base, role, report, policies: [OURS] });
        expect(plan.report.do).toBe('ensure');
      }),
      runs(20),
    );
  });
});

test('a policy whose spec cannot be read closes all that it may select', () => {
  const told: string[] = [];
  const wire = { ...OURS, spec: { ...OURS.spec, ingress: 'everybody' } };
  expect(projectPolicy(wire, (field) => told.push(field)).spec).toEqual({
    podSelector: OURS.spec.podSelector,
    policyTypes: ['Ingress'],
    ingress: [],
  });
  expect(told).toEqual(['spec.ingress']);
});

test('of a report, what is as the definition says stays', () => {
  const told: string[] = [];
  const wire = { ...REPORT, status: { ...REPORT.status, ports: { 8080: 'open' }, summary: 7 } };
  const { status } = projectReport(wire, (field) => told.push(field));
  const { ports: _, summary: __, ...rest } = REPORT.status;
  expect(status).toEqual(rest);
  expect(told.sort()).toEqual(['status.ports', 'status.summary']);
});

test.each([
  ['no metadata', { ...WORKLOAD, metadata: null }, 'metadata'],
  [
    'labels that are none',
    { ...WORKLOAD, metadata: { ...metadata, labels: 7 } },
    'metadata.labels',
  ],
  [
    'an annotation that is no text',
    { ...WORKLOAD, metadata: { ...metadata, annotations: { 'portlock.dev/allow-from': [] } } },
    'metadata.annotations.portlock.dev/allow-from',
  ],
  ['no selector', { ...WORKLOAD, spec: { ...WORKLOAD.spec, selector: null } }, 'spec.selector'],
  ['an empty one', { ...WORKLOAD, spec: { ...WORKLOAD.spec, selector: {} } }, 'spec.selector'],
  ['no spec', { metadata }, 'spec'],
])('a workload with %s is of no use', (_what, wire, wrong) => {
  expect(() => projectWorkload('Deployment')(wire)).toThrow(new MalformedObjectError(wrong));
});

test.each([
  ['containers that are no list', { containers: {} }, 'spec.containers'],
  ['a null among them', { containers: [null] }, 'spec.containers[0]'],
  [
    'a port that is no number',
    { containers: [{ name: 'a', ports: [{ containerPort: 'x' }] }] },
    'spec.containers[0].ports[0].containerPort',
  ],
])('a pod with %s is of no use', (_what, spec, wrong) => {
  expect(() => projectPod({ ...POD, spec })).toThrow(new MalformedObjectError(wrong));
});

test('a pod with an address that is none is of no use', () => {
  const status = { podIPs: [null] };
  expect(() => projectPod({ ...POD, status })).toThrow(
    new MalformedObjectError('status.podIPs[0]'),
  );
});
