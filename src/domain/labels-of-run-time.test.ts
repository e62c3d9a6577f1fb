import { describe, expect, test } from 'vitest';
import {
  carriedOut,
  NO_USAGE,
  namespace,
  pod,
  policy,
  port,
  probed,
  service,
  settled,
  snapshot,
  template,
  workload,
} from '../testing/builders.ts';
import { monitor } from '../testing/preflight-builders.ts';
import { decide } from './decide.ts';
import type { ClusterUsage } from './preflight/usage.ts';
import type { Snapshot } from './snapshot.ts';

const timing = { ...snapshot().timing, preflight: 10_000 };
const primary = { ...service(9090), name: 'primary', selector: { app: 'web', role: 'primary' } };
const selector = { matchLabels: primary.selector };
const usage = { ...NO_USAGE, services: [service(8080), primary] };
const labelled = (fields: Partial<Snapshot> = {}) => snapshot({ timing, usage, ...fields });
const without = (network: Parameters<typeof probed>[1], fields: Partial<Snapshot> = {}) =>
  decide(probed(labelled(fields), network));
const ofRole = (role: string) => [pod({ labels: { app: 'web', role } })];

describe('a Service that selects by a label which no pod has', () => {
  test('holds a first policy where a ready pod listens: a leader may be elected anew this moment', () => {
    const plan = without({ open: [8080, 9090], otherwise: 'refused' });
    expect(plan.policy.do).toBe('nothing');
    expect(plan.found.findings).toMatchObject([{ port: 9090, awaited: true, holds: true }]);
  });

  test('holds none where no ready pod listens, whatever it says instead', () => {
    for (const otherwise of ['refused', 'filtered'] as const) {
      const plan = without({ open: [8080], otherwise });
      expect(plan.policy.do, otherwise).toBe('apply');
      expect(plan.found.findings).toMatchObject([{ port: 9090, awaited: true, holds: false }]);
    }
  });

  test('holds none for UDP, of which nobody knows it', () => {
    const gossip = { ...primary, ports: [{ ...service(9090).ports[0], protocol: 'UDP' as const }] };
    const services = [gossip as typeof primary];
    const plan = without(
      { open: [8080, 9090], otherwise: 'refused' },
      { usage: { ...usage, services } },
    );
    expect(plan.found.findings).toMatchObject([{ protocol: 'UDP', awaited: true, holds: false }]);
  });

  test('holds as any other once a pod has the label', () => {
    const pods = ofRole('primary');
    const plan = without({ open: [8080], otherwise: 'filtered' }, { pods });
    const users = ['Service shop/primary port 80'];
    expect(plan.found.findings).toMatchObject([{ port: 9090, users, holds: true }]);
    expect(plan.found.findings[0]).not.toHaveProperty('awaited');
  });

  test('holds for users that allow-from keeps out of a declared port', () => {
    const annotations = { 'portlock.dev/allow-from': 'same-namespace' };
    const exposure = 'LoadBalancer' as const;
    const services = [{ ...primary, ...service(8080), name: 'primary', exposure }].map((each) => ({
      ...each,
      selector: primary.selector,
    }));
    const plan = without(
      { open: [8080], otherwise: 'refused' },
      { usage: { ...usage, services }, workload: workload({ annotations }) },
    );
    expect(plan.found.findings).toMatchObject([{ declared: true, awaited: true, holds: true }]);
  });
});

test.each<[string, Partial<ClusterUsage>]>([
  [
    'a PodMonitor',
    { podMonitors: [monitor({ targetPort: 9090 }, { kind: 'PodMonitor', selector })] },
  ],
  [
    'an InferencePool',
    {
      inferencePools: [
        { namespace: 'shop', name: 'web', selector: primary.selector, targetPorts: [9090] },
      ],
    },
  ],
])('%s alone by such a label is found before there are pods', (_what, fields) => {
  const plan = decide(labelled({ usage: { ...NO_USAGE, ...fields }, pods: [] }));
  const [finding] = plan.found.findings;
  expect(finding).toMatchObject({ port: 9090, awaited: true, holds: true });
  expect(finding?.users).toEqual([expect.stringContaining('(once a pod has role=primary)')]);
});

describe('under a policy', () => {
  const ports = [port(8080), port(9090)];
  const wide = settled(
    labelled({ workload: workload({ template: template({ ports }) }), pods: [pod({ ports })] }),
    { open: [8080, 9090], otherwise: 'filtered' },
  );

  test('a port stays that such a Service names, while no pod has the label and while one has', () => {
    for (const role of ['replica', 'primary']) {
      const pods = ofRole(role);
      const selected = pods.map((each) => ({ ...each, owner: 'Deployment/web' }));
      const plan = decide({ ...wide, workload: workload(), pods, selected });
      expect(plan.policy, role).toEqual({ do: 'nothing' });
    }
  });

  test('that goes, as audit is asked for, nothing waits that would not without it', () => {
    const audited = labelled({ workload: workload({ mode: 'audit' }), policies: wide.policies });
    const { evidence } = probed(labelled(), { open: [8080], otherwise: 'refused' });
    const going = { ...audited, evidence };
    const plan = decide(going);
    expect(plan.policy.do).toBe('delete');
    expect(plan.found.findings).toMatchObject([{ port: 9090, awaited: true, holds: false }]);
    const gone = decide(carriedOut(going, plan));
    expect(gone.found.findings).toEqual(plan.found.findings);
  });

  test('nobody is warned of such a Service that comes later', () => {
    const before = labelled({ usage: { ...usage, services: [service(8080)] } });
    const first = settled(before, { open: [8080], otherwise: 'filtered' });
    const plan = decide({ ...first, usage });
    expect(plan.events).toEqual([]);
    expect(plan.found.findings).toMatchObject([{ port: 9090, awaited: true, holds: false }]);
    expect(carriedOut(first, plan).report?.status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'PreflightPassed', status: 'True', reason: 'LabelsAwaited' }),
    );
  });

  test('everybody is once a pod has the label', () => {
    const before = labelled({ usage: { ...usage, services: [service(8080)] } });
    const first = settled(before, { open: [8080], otherwise: 'filtered' });
    const pods = ofRole('primary');
    const selected = pods.map((each) => ({ ...each, owner: 'Deployment/web' }));
    const events = decide({ ...first, usage, pods, selected }).events;
    expect(events.map(({ reason }) => reason)).toEqual(['UserCutOff']);
  });
});

test('a port that such a Service names is not said to be in use', () => {
  const bare = workload({ template: template({ ports: [] }) });
  const plan = decide(labelled({ workload: bare, pods: [pod({ ports: [] })] }));
  const { status } = carriedOut(labelled(), plan).report ?? {};
  const message = status?.conditions?.find(({ type }) => type === 'PolicyInSync')?.message;
  expect(message).toContain('8080/TCP is in use');
});

describe('a policy of others that selects by a label which no pod has', () => {
  const podSelector = { matchLabels: { app: 'web', role: 'primary' } };
  const leader = policy('leader', { podSelector, ingress: [] });
  const untold = (fields: Partial<Snapshot> = {}) =>
    snapshot({ pods: [], policies: [leader], ...fields });
  const heldBy = (fields: Partial<Snapshot>) => {
    const plan = decide(untold(fields));
    const { conditions = [] } = carriedOut(untold(fields), plan).report?.status ?? {};
    const inSync = conditions.find(({ type }) => type === 'PolicyInSync');
    return plan.policy.do === 'apply' ? undefined : `${inSync?.reason}: ${inSync?.message}`;
  };

  test('holds a first policy before there are pods: it may close what ours would open', () => {
    expect(heldBy({})).toMatch(
      /^WouldWiden: The pods may be isolated by leader once one has role=primary; a policy would open 8080\/TCP to everybody\. Decide who may connect/,
    );
  });

  test.each<[string, Partial<Snapshot>, string]>([
    ['while no pod is ready', { pods: [pod({ ready: false })] }, 'once one has role=primary'],
    [
      'also one that asks for what a controller adds',
      {
        policies: [
          policy('leader', {
            podSelector: { matchLabels: { ...podSelector.matchLabels, 'pod-template-hash': 'b' } },
            ingress: [],
          }),
        ],
      },
      'isolated by leader once one has role=primary',
    ],
    [
      'that a baseline policy says it of',
      {
        policies: [],
        tieredPolicies: [
          {
            apiVersion: 'policy.networking.k8s.io/v1alpha1',
            kind: 'BaselineAdminNetworkPolicy',
            metadata: { name: 'default' },
            spec: {
              subject: { pods: { namespaceSelector: {}, podSelector } },
              ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }],
            },
          } as never,
        ],
      },
      'isolated by BaselineAdminNetworkPolicy/default once',
    ],
    [
      'where the owner decided who may connect, and may not',
      { widening: 'never', workload: said('any') },
      'This portlock runs with --widening never',
    ],
  ])('holds it %s', (_what, fields, message) => {
    expect(heldBy(fields)).toContain(message);
  });

  test.each<[string, Partial<Snapshot>]>([
    ['once a pod is ready: the program has had its chance', { pods: [pod()] }],
    ['that lets everybody in', { policies: [policy('leader', { podSelector, ingress: [{}] })] }],
    ['that does so together with another of that label', { policies: [leader, opening()] }],
    ['where the owner decided who may connect', { workload: said('same-namespace') }],
    [
      'that asks for less than the workload itself does',
      {
        policies: [policy('role', { podSelector: { matchLabels: { role: 'primary' } } })],
      },
    ],
    [
      'that asks for another value than the template has',
      {
        workload: workload({ template: template({ labels: { app: 'web', role: 'replica' } }) }),
      },
    ],
    [
      'that is about egress',
      { policies: [{ ...leader, spec: { podSelector, policyTypes: ['Egress'] } }] },
    ],
  ])('holds none %s', (_what, fields) => {
    expect(heldBy(fields)).toBeUndefined();
  });

  test('names the first that would be overruled, by its label', () => {
    const other = { matchLabels: { app: 'web', active: 'yes' } };
    const open = policy('a', { podSelector: other, ingress: [{}] });
    expect(heldBy({ policies: [leader, open] })).toContain('by leader once one has role=primary;');
  });

  const istio = namespace({ labels: { 'istio-injection': 'enabled' } });
  const linkerd = namespace({ annotations: { 'linkerd.io/inject': 'enabled' } });
  const closing = (matchLabels: Record<string, string>) => [
    policy('meshed', { podSelector: { matchLabels }, ingress: [] }),
  ];
  const named = (labels: Record<string, string>) =>
    workload({ template: template({ labels: { app: 'web', ...labels } }) });

  test.each<[string, Partial<Snapshot>, Record<string, string>]>([
    ['Istio', { namespace: istio }, { 'security.istio.io/tlsMode': 'istio' }],
    ['Istio by name', { namespace: istio }, { 'service.istio.io/canonical-name': 'web' }],
    [
      'Istio by name and revision of the template',
      {
        namespace: istio,
        workload: named({ 'app.kubernetes.io/name': 'shop', version: 'v2' }),
      },
      {
        'service.istio.io/canonical-name': 'shop',
        'service.istio.io/canonical-revision': 'v2',
      },
    ],
    ['Linkerd', { namespace: linkerd }, { 'linkerd.io/control-plane-ns': 'linkerd' }],
    [
      'Linkerd by workload',
      { namespace: linkerd },
      { 'linkerd.io/workload-ns': 'shop', 'linkerd.io/proxy-deployment': 'web' },
    ],
  ])('holds it that selects by what %s puts on all pods', (_what, fields, matchLabels) => {
    const held = heldBy({ ...fields, policies: closing(matchLabels) });
    expect(held).toContain('may be isolated by meshed once one has the labels of its mesh;');
  });

  test.each<[string, Partial<Snapshot>, Record<string, string>]>([
    ['without a mesh', {}, { 'security.istio.io/tlsMode': 'istio' }],
    ['of another mesh', { namespace: linkerd }, { 'security.istio.io/tlsMode': 'istio' }],
    ['of another name', { namespace: istio }, { 'service.istio.io/canonical-name': 'db' }],
    [
      'where the template says another',
      { namespace: istio, workload: named({ 'security.istio.io/tlsMode': 'disabled' }) },
      { 'security.istio.io/tlsMode': 'istio' },
    ],
    [
      'once a pod is ready',
      { namespace: istio, pods: [pod()] },
      { 'security.istio.io/tlsMode': 'istio' },
    ],
  ])('holds none by labels of a mesh %s', (_what, fields, matchLabels) => {
    expect(heldBy({ ...fields, policies: closing(matchLabels) }) ?? '').not.toContain('WouldWiden');
  });

  test('does not withdraw a policy that is in force', () => {
    const first = carriedOut(snapshot({ pods: [] }), decide(snapshot({ pods: [] })));
    expect(decide({ ...first, policies: [...first.policies, leader] }).policy).toEqual({
      do: 'nothing',
    });
    // Somebody deleted it.
    expect(decide({ ...first, policies: [leader] }).policy.do).toBe('apply');
  });

  function said(allowFrom: string) {
    return workload({ annotations: { 'portlock.dev/allow-from': allowFrom } });
  }

  function opening() {
    return policy('open', { podSelector, ingress: [{}] });
  }
});
