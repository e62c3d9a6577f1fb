import { describe, expect, test } from 'vitest';
import {
  carriedOut,
  pod,
  policy,
  port,
  snapshot,
  template as templateOf,
  workload,
} from '../testing/builders.ts';
import { applied, condition, reportOf } from '../testing/plans.ts';
import { decide } from './decide.ts';
import { canonicalJson } from './text/canonical.ts';

describe('a namespace that is being deleted', () => {
  const namespace = { name: 'shop', labels: {}, annotations: {}, terminating: true as const };
  const nothing = { policy: { do: 'nothing' }, report: { do: 'nothing' }, events: [] };

  test('gets nothing, though its policy went first', () => {
    const plan = decide(snapshot({ workload: workload(), namespace, pods: [pod()] }));
    expect(plan).toMatchObject(nothing);
    expect(plan.probe.round).toBeUndefined();
  });

  test('keeps what is there until it goes with the namespace', () => {
    const before = snapshot({ workload: workload() });
    const locked = carriedOut(before, decide(before));
    expect(decide({ ...locked, workload: undefined, namespace })).toMatchObject(nothing);
  });
});

describe('the policy', () => {
  test('enforce allows the declared ports from everywhere and nothing else', () => {
    const template = templateOf({
      ports: [port(9090), port(8080), port(53, 'UDP'), port(8080, 'TCP', 'sidecar')],
    });
    const plan = decide(snapshot({ workload: workload({ template }), pods: [] }));
    expect(applied(plan)).toEqual({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: {
        name: 'web-portlock',
        namespace: 'shop',
        labels: { 'app.kubernetes.io/managed-by': 'portlock' },
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            name: 'web',
            uid: 'uid-web',
            controller: true,
            blockOwnerDeletion: false,
          },
        ],
      },
      spec: {
        podSelector: { matchLabels: { app: 'web' } },
        policyTypes: ['Ingress'],
        ingress: [
          {
            ports: [
              { port: 53, protocol: 'UDP' },
              { port: 8080, protocol: 'TCP' },
              { port: 9090, protocol: 'TCP' },
            ],
          },
        ],
      },
    });
    expect(plan.events.map((event) => event.reason)).toEqual(['PolicyApplied']);
  });

  test('same-namespace emits from with the namespace and the prober in one peer', () => {
    const annotations = { 'portlock.dev/allow-from': 'same-namespace' };
    const plan = decide(snapshot({ workload: workload({ annotations }) }));
    expect(canonicalJson(applied(plan).spec.ingress)).toBe(
      '[{"from":[{"podSelector":{}},{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"portlock-system"}},' +
        '"podSelector":{"matchLabels":{"app.kubernetes.io/component":"operator","app.kubernetes.io/name":"portlock"}}}],' +
        '"ports":[{"port":8080,"protocol":"TCP"}]}]',
    );
  });

  test('ports of live pods and of the annotation are allowed too', () => {
    const annotations = { 'portlock.dev/extra-ports': '9102/TCP, 8125/UDP' };
    const injected = pod({ ports: [port(8080), port(15090, 'TCP', 'injected')] });
    const gone = pod({ name: 'web-0', uid: 'uid-pod-0', live: false, ports: [port(1234)] });
    const plan = decide(snapshot({ workload: workload({ annotations }), pods: [injected, gone] }));
    const ports = applied(plan).spec.ingress?.[0]?.ports?.map((each) => each.port);
    expect(ports).toEqual([8080, 8125, 9102, 15090]);
  });

  test('a policy that says the same is not written again', () => {
    const first = snapshot();
    const second = decide(carriedOut(first, decide(first)));
    expect(second.policy).toEqual({ do: 'nothing' });
    expect(second.events).toEqual([]);
  });

  test('an edit by somebody else is put back, with an Event', () => {
    const first = snapshot();
    const plan = decide(first);
    const after = carriedOut(first, plan);
    const own = applied(plan);
    const edited = { ...own, spec: { ...own.spec, ingress: [{}] } };
    const again = decide({ ...after, policies: [edited], lastApplied: canonicalJson(own) });
    expect(again.policy).toEqual({ do: 'apply', policy: own, live: edited });
    expect(again.events.map((event) => event.reason)).toEqual(['PolicyReverted']);
    const removed = decide({ ...after, policies: [], lastApplied: canonicalJson(own) });
    expect(removed.events[0]?.note).toContain('deleted by somebody else');
  });

  test('case 25: a recreated workload gets its policy back under the new uid', () => {
    const first = snapshot();
    const after = carriedOut(first, decide(first));
    const plan = decide({ ...after, workload: workload({ uid: 'uid-new' }) });
    expect(applied(plan).metadata.ownerReferences?.[0]?.uid).toBe('uid-new');
  });

  test('case 37: a stranger of the same name is left alone, and a person must act', () => {
    const foreign = policy('web-portlock');
    for (const mode of ['enforce', 'audit', 'off', undefined]) {
      const plan = decide(snapshot({ workload: workload({ mode }), policies: [foreign] }));
      expect(plan.policy).toEqual({ do: 'nothing' });
    }
    const plan = decide(snapshot({ policies: [foreign] }));
    expect(condition(plan, 'Stalled')).toMatchObject({
      status: 'True',
      reason: 'ForeignNetworkPolicy',
    });
    expect(plan.events.map((event) => event.reason)).toEqual(['ForeignNetworkPolicy']);
    expect(plan.probe.round).toBeDefined();
  });

  test('case 43: without a declared port nothing is written, and the last policy stays', () => {
    const template = templateOf({ ports: [] });
    const without = snapshot({ workload: workload({ template }), pods: [] });
    expect(decide(without).policy).toEqual({ do: 'nothing' });
    expect(condition(decide(without), 'PolicyInSync')).toMatchObject({
      status: 'False',
      reason: 'NoDeclaredPorts',
    });
    const before = snapshot();
    const after = {
      ...carriedOut(before, decide(before)),
      workload: workload({ template }),
      pods: [],
    };
    expect(decide(after).policy).toEqual({ do: 'nothing' });
  });

  test('case 44: pods on the network of their node get none, and no false word about it', () => {
    const template = templateOf({ hostNetwork: true });
    const onHost = snapshot({
      workload: workload({ template }),
      pods: [pod({ hostNetwork: true })],
    });
    const plan = decide(onHost);
    expect(plan.policy).toEqual({ do: 'nothing' });
    expect(plan.probe.round).toBeUndefined();
    expect(condition(plan, 'EnforcementVerified')).toMatchObject({
      status: 'False',
      reason: 'HostNetwork',
    });
    expect(reportOf(plan).status?.ports?.[0]).toMatchObject({
      finding: 'Unverifiable',
      observed: 'Unknown',
    });
  });
});

describe('bad input never widens and never removes', () => {
  const before = snapshot();
  const enforced = carriedOut(before, decide(before));
  const BAD: [string, Partial<ReturnType<typeof workload>>, string][] = [
    ['an unknown mode', { mode: 'enforced' }, 'InvalidMode'],
    ['an empty mode', { mode: '' }, 'InvalidMode'],
    ['a bad port', { annotations: { 'portlock.dev/extra-ports': '0/TCP' } }, 'InvalidAnnotation'],
    [
      'a port too high',
      { annotations: { 'portlock.dev/extra-ports': '65536/TCP' } },
      'InvalidAnnotation',
    ],
    [
      'a lower-case protocol',
      { annotations: { 'portlock.dev/extra-ports': '80/tcp' } },
      'InvalidAnnotation',
    ],
    [
      'a huge annotation',
      { annotations: { 'portlock.dev/extra-ports': '80/TCP,'.repeat(40_000) } },
      'InvalidAnnotation',
    ],
    [
      'an unknown source',
      { annotations: { 'portlock.dev/allow-from': 'everywhere' } },
      'InvalidAnnotation',
    ],
    [
      '__proto__',
      { annotations: { 'portlock.dev/extra-ports': '__proto__' } },
      'InvalidAnnotation',
    ],
  ];
  test.each(BAD)('%s', (_name, fields, reason) => {
    const plan = decide({ ...enforced, workload: workload(fields) });
    expect(plan.policy).toEqual({ do: 'nothing' });
    expect(condition(plan, 'Stalled')).toMatchObject({ status: 'True', reason });
    expect(plan.events.map((event) => event.reason)).toEqual([reason]);
    expect(reportOf(plan).status?.policy?.state).toBe('Held');
    const told = carriedOut({ ...enforced, workload: workload(fields) }, plan);
    expect(decide(told).events).toEqual([]);
  });

  test('what is said of it in any script is short enough for an Event', () => {
    const keys = ['extra-ports', 'allow-from', 'probe', 'accept-cuts'];
    const annotations = Object.fromEntries(
      keys.map((key) => [`portlock.dev/${key}`, '端口'.repeat(40)]),
    );
    const { events } = decide({ ...enforced, workload: workload({ annotations }) });
    expect(Buffer.byteLength(events[0]?.note ?? '')).toBeLessThanOrEqual(1000);
    expect(events[0]?.note).toMatch(/口|端…$/);
  });

  test('an unreadable probe annotation keeps portlock from connecting', () => {
    const plan = decide(
      snapshot({ workload: workload({ annotations: { 'portlock.dev/probe': 'Off' } }) }),
    );
    expect(plan.probe.round).toBeUndefined();
  });
});

test('the policy that portlock keeps for another workload closes no port of this one', () => {
  const other = workload({ name: 'other', uid: 'uid-other' });
  const others = applied(decide(snapshot({ workload: other, key: other, pods: [] })));
  const first = snapshot({ policies: [others] });
  const enforced = carriedOut(first, decide(first));
  const template = templateOf({ ports: [port(8080), port(9090)] });
  const plan = decide({ ...enforced, workload: workload({ template }) });
  expect(applied(plan).spec.ingress?.[0]?.ports?.map((each) => each.port)).toEqual([8080, 9090]);
});

describe('leaving', () => {
  test('off, no label and no workload take policy and report away', () => {
    const before = snapshot();
    const enforced = carriedOut(before, decide(before));
    for (const gone of [workload({ mode: 'off' }), workload({ mode: undefined }), undefined]) {
      const plan = decide({ ...enforced, workload: gone });
      expect(plan.policy).toMatchObject({
        do: 'delete',
        live: { metadata: { name: 'web-portlock' } },
      });
      expect(plan.report.do).toBe('delete');
      expect(plan.probe.nextAt).toBeUndefined();
    }
  });

  test('audit takes the policy away, and shows what enforce would make', () => {
    const before = snapshot();
    const enforced = carriedOut(before, decide(before));
    const plan = decide({ ...enforced, workload: workload({ mode: 'audit' }) });
    expect(plan.policy.do).toBe('delete');
    expect(reportOf(plan).status?.policy).toMatchObject({
      state: 'Proposed',
      name: 'web-portlock',
    });
    expect(reportOf(plan).status?.policy?.manifest).toContain('port: 8080');
    expect(reportOf(plan).status?.policy?.manifest).not.toContain('ownerReferences');
  });
});
