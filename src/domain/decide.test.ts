import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../api/kubernetes.ts';
import {
  calibration,
  carriedOut,
  NO_USAGE,
  NOW,
  pod,
  policy,
  port,
  probed,
  service,
  settled,
  snapshot,
  template as templateOf,
  workload,
} from '../testing/builders.ts';
import { decide } from './decide.ts';
import type { Plan } from './plan.ts';
import type { Calibration } from './probing/calibration.ts';
import { withSweep } from './probing/evidence.ts';
import { type ConditionType, conditionOf } from './report/conditions.ts';
import type { Snapshot } from './snapshot.ts';
import { canonicalJson } from './text/canonical.ts';

function reportOf(plan: Plan) {
  if (plan.report.do !== 'ensure') throw new Error(`no report: ${plan.report.do}`);
  return plan.report.report;
}

function condition(from: Plan | Snapshot, type: ConditionType) {
  const report = 'probe' in from ? reportOf(from) : from.report;
  const { status, reason, message } = conditionOf(report, type) ?? {};
  return { status, reason, message };
}

function applied(plan: Plan): NetworkPolicy {
  if (plan.policy.do !== 'apply') throw new Error(`no apply: ${plan.policy.do}`);
  return plan.policy.policy;
}

const LOCKED = { open: [8080], otherwise: 'filtered' } as const;
const OPEN = { open: [8080, 9090, 5000], otherwise: 'refused' } as const;

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

describe('pre-flight', () => {
  const usage = { ...NO_USAGE, services: [service(9090)] };
  const portOfService = { name: '', port: 80, protocol: 'TCP' } as const;

  test('a Service on an undeclared port holds the first policy', () => {
    const plan = decide(snapshot({ usage }));
    expect(plan.policy).toEqual({ do: 'nothing' });
    expect(condition(plan, 'PreflightPassed')).toMatchObject({
      status: 'False',
      message: expect.stringContaining('9090/TCP is used by Service shop/web port 80'),
    });
    expect(condition(plan, 'PolicyInSync')).toMatchObject({
      status: 'False',
      reason: 'PreflightFailed',
    });
    expect(condition(plan, 'Stalled').status).toBe('False');
    expect(plan.events.map((event) => event.reason)).toEqual(['PreflightFailed']);
    expect(decide(carriedOut(snapshot({ usage }), plan)).events).toEqual([]);
  });

  test('accept-cuts releases exactly what it names', () => {
    const accepts = (text: string) =>
      workload({ annotations: { 'portlock.dev/accept-cuts': text } });
    expect(decide(snapshot({ usage, workload: accepts('9090/UDP') })).policy.do).toBe('nothing');
    const plan = decide(snapshot({ usage, workload: accepts('9090/TCP') }));
    expect(applied(plan).spec.ingress?.[0]?.ports).toEqual([{ port: 8080, protocol: 'TCP' }]);
    expect(condition(plan, 'PreflightPassed')).toMatchObject({
      status: 'True',
      reason: 'CutsAccepted',
    });
  });

  test('a policy in force is not withdrawn by a later finding, and goes on being kept', () => {
    const before = snapshot();
    const enforced = { ...carriedOut(before, decide(before)), usage };
    const plan = decide(enforced);
    expect(plan.policy).toEqual({ do: 'nothing' });
    expect(condition(plan, 'PolicyInSync').status).toBe('True');
    expect(condition(plan, 'PreflightPassed').status).toBe('False');
    const edited = enforced.policies.map((each) => ({
      ...each,
      spec: { ...each.spec, ingress: [{}] },
    }));
    expect(decide({ ...enforced, policies: edited }).policy.do).toBe('apply');
  });

  test('a port name that no container has is told, and holds nothing', () => {
    const named = { ...service(8080), ports: [{ ...portOfService, targetPort: 'admin' }] };
    const plan = decide(snapshot({ usage: { ...NO_USAGE, services: [named] } }));
    expect(plan.policy.do).toBe('apply');
    expect(condition(plan, 'PreflightPassed')).toMatchObject({
      status: 'True',
      reason: 'UnknownPortNames',
      message: expect.stringContaining('admin/TCP is used by Service shop/web'),
    });
  });

  test('a declared port that nobody uses is a note', () => {
    const done = settled(snapshot({ usage: NO_USAGE }), LOCKED);
    expect(done.report?.status?.ports?.[0]).toMatchObject({
      port: 8080,
      finding: 'DeclaredUnused',
    });
    expect(condition(done, 'DriftDetected').status).toBe('False');
  });
});

describe('pods that another policy isolates', () => {
  const deny = policy('default-deny');
  const explicit = (source: string) =>
    workload({ annotations: { 'portlock.dev/allow-from': source } });

  test('are never opened by the label alone', () => {
    const plan = decide(snapshot({ policies: [deny] }));
    expect(plan.policy).toEqual({ do: 'nothing' });
    expect(condition(plan, 'PolicyInSync')).toMatchObject({
      status: 'False',
      reason: 'WouldWiden',
      message: expect.stringContaining('isolated by default-deny; a policy would open 8080/TCP'),
    });
    expect(plan.events.map((event) => event.reason)).toEqual(['WouldWiden']);
  });

  test('are opened where the owner says to whom', () => {
    for (const source of ['any', 'same-namespace']) {
      const plan = decide(snapshot({ policies: [deny], workload: explicit(source) }));
      expect(plan.policy.do).toBe('apply');
    }
  });

  test('are not opened to the namespace either where that is forbidden, and that is said', () => {
    const asked = { policies: [deny], workload: explicit('same-namespace') };
    const plan = decide(snapshot({ ...asked, widening: 'never' }));
    expect(plan.policy).toEqual({ do: 'nothing' });
    expect(condition(plan, 'PolicyInSync').message).toContain(
      'would open 8080/TCP to all pods of the namespace',
    );
  });

  test('a policy that opens the same to everybody already holds nothing', () => {
    const same = policy('same', { ingress: [{ ports: [{ port: 8080 }] }] });
    expect(decide(snapshot({ policies: [deny, same] })).policy.do).toBe('apply');
    const narrow = policy('narrow', { ingress: [{ from: [{ podSelector: {} }] }] });
    expect(decide(snapshot({ policies: [deny, narrow] })).policy.do).toBe('nothing');
  });

  test('pods of other owners under the selector are not opened either', () => {
    const ofDatabase = policy('database', { podSelector: { matchLabels: { tier: 'database' } } });
    const labels = { app: 'web', tier: 'database' };
    const database = pod({ name: 'db-0', uid: 'uid-db-0', ownerUid: 'uid-db', labels });
    const selected = [
      { ...pod(), owner: 'Deployment/web' },
      { ...database, owner: 'StatefulSet/db' },
    ];
    const plan = decide(snapshot({ policies: [ofDatabase], selected }));
    expect(plan.policy).toEqual({ do: 'nothing' });
    expect(condition(plan, 'PolicyInSync')).toMatchObject({
      status: 'False',
      reason: 'WouldWiden',
      message: expect.stringContaining('isolated by database; a policy would open 8080/TCP'),
    });
  });

  test('are not opened by a workload made anew with another selector', () => {
    const before = snapshot();
    const enforced = carriedOut(before, decide(before));
    const labels = { app: 'other' };
    const ofOther = policy('other', { podSelector: { matchLabels: labels } });
    const anew = {
      ...enforced,
      workload: workload({
        uid: 'uid-new',
        selector: { matchLabels: labels },
        template: templateOf({ labels }),
      }),
      pods: [],
      selected: [],
      usage: NO_USAGE,
    };
    const plan = decide({ ...anew, policies: [...enforced.policies, ofOther] });
    expect(plan.policy).toEqual({ do: 'nothing' });
    expect(condition(plan, 'PolicyInSync').reason).toBe('WouldWiden');
    const usage = { ...NO_USAGE, services: [{ ...service(9090), selector: labels }] };
    expect(condition(decide({ ...anew, usage }), 'PolicyInSync').reason).toBe('PreflightFailed');
  });

  test('are opened no further where the policy was deleted and only the report remembers it', () => {
    const before = snapshot();
    const enforced = { ...carriedOut(before, decide(before)), policies: [deny] };
    expect(decide(enforced).policy.do).toBe('apply');
    const annotations = { 'portlock.dev/extra-ports': '2222/TCP' };
    const plan = decide({ ...enforced, workload: workload({ annotations }) });
    expect(plan.policy).toEqual({ do: 'nothing' });
    expect(condition(plan, 'PolicyInSync').message).toContain('would open 2222/TCP to everybody');
  });

  test('a policy in force is put back, whatever isolates the pods by now', () => {
    const before = snapshot();
    const enforced = carriedOut(before, decide(before));
    expect(decide({ ...enforced, policies: [deny] }).policy.do).toBe('apply');
  });
});

describe('the brake', () => {
  test('watches from the first application on, also where the report of that was not written', () => {
    const first = snapshot();
    const enforced = carriedOut(first, decide(first));
    const untold = { ...enforced, report: undefined, now: NOW + 2000 };
    expect(reportOf(decide(untold)).status?.brake).toMatchObject({
      state: 'Watching',
      watchedUids: ['uid-pod-1'],
    });
    const old = decide({ ...untold, now: NOW + 60_000 });
    expect(reportOf(old).status?.brake).toBeUndefined();
  });
});

describe('the brake, when a watched pod drops', () => {
  const first = snapshot();
  const enforced = carriedOut(first, decide(first));
  const dropped = (readySince: number, fields = {}): Snapshot => {
    const pods = [pod({ ready: false, readySince })];
    const selected = pods.map((each) => ({ ...each, owner: 'Deployment/web' }));
    return { ...enforced, now: NOW + 6000, pods, selected, workload: workload(fields) };
  };

  test('takes the policy back, whatever the clock of the node says', () => {
    for (const ahead of [0, 600_000]) {
      const plan = decide(dropped(NOW + 5000 + ahead));
      expect(plan.policy.do).toBe('delete');
      expect(condition(plan, 'Stalled').reason).toBe('AutoBrake');
    }
  });

  test('takes it back also while an annotation cannot be read, which is said then', () => {
    const annotations = { 'portlock.dev/extra-ports': 'typo' };
    const before = dropped(NOW + 5000, { annotations });
    const plan = decide(before);
    expect(plan.policy.do).toBe('delete');
    expect(plan.events.map((event) => event.reason)).toEqual(['PolicyDeleted', 'AutoBrake']);
    const after = decide(carriedOut(before, plan));
    expect(after.policy.do).toBe('nothing');
    expect(condition(after, 'Stalled').reason).toBe('InvalidAnnotation');
    expect(reportOf(after).status?.brake?.state).toBe('Engaged');
  });
});

describe('a policy that is held', () => {
  const first = snapshot();
  const plan = decide(first);
  const own = applied(plan);
  const held = {
    ...carriedOut(first, plan),
    workload: workload({ mode: 'enforced' }),
    lastApplied: canonicalJson(own),
  };

  test('is put back when somebody edits or deletes it', () => {
    const edited = { ...own, spec: { ...own.spec, ingress: [{}] } };
    const again = decide({ ...held, policies: [edited] });
    expect(again.policy).toEqual({ do: 'apply', policy: own, live: edited });
    expect(again.events.map(({ reason }) => reason)).toContain('PolicyReverted');
    expect(decide({ ...held, policies: [] }).policy.do).toBe('apply');
    expect(decide(held).policy.do).toBe('nothing');
    expect(decide(held).desired).toEqual(own);
  });

  test('is not made anew for another workload of its name, nor over a stranger’s', () => {
    const recreated = workload({ mode: 'enforced', uid: 'uid-new' });
    expect(decide({ ...held, workload: recreated, policies: [] }).policy.do).toBe('nothing');
    expect(decide({ ...held, policies: [policy('web-portlock')] }).policy.do).toBe('nothing');
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

test('good news ends at once where another policy may open more', () => {
  const done = settled(snapshot(), LOCKED);
  const policies = [...done.policies, policy('allow-all', { ingress: [{}] })];
  const plan = decide({ ...done, policies });
  expect(condition(plan, 'EnforcementVerified')).toMatchObject({
    status: 'Unknown',
    message: expect.stringContaining('NetworkPolicy allow-all'),
  });
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

describe('verdicts', () => {
  test('a locked pod on a dropping network is verified by the first round; the sweep is to come', () => {
    const begun = decide(snapshot());
    expect(condition(begun, 'EnforcementVerified')).toMatchObject({
      status: 'Unknown',
      reason: 'Probing',
    });
    expect(condition(begun, 'Ready').status).toBe('Unknown');
    expect(condition(begun, 'Reconciling').status).toBe('True');
    const first = decide(probed(snapshot(), LOCKED));
    expect(condition(first, 'EnforcementVerified').status).toBe('True');
    expect(condition(first, 'EnforcementVerified').message).toContain('still to come');
    expect(condition(first, 'Ready').status).toBe('True');
    const done = settled(snapshot(), LOCKED);
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'True',
      reason: 'Enforced',
    });
    expect(condition(done, 'DriftDetected').status).toBe('False');
    expect(condition(done, 'Ready').status).toBe('True');
    expect(condition(done, 'Reconciling').status).toBe('False');
    expect(done.report?.status?.summary).toMatchObject({ declared: 1, undeclaredReachable: 0 });
    expect(decide(done).report).toMatchObject({
      do: 'ensure',
      report: { status: done.report?.status },
    });
  });

  test('audit reports what is reachable, and enforces nothing', () => {
    const done = settled(snapshot({ workload: workload({ mode: 'audit' }) }), OPEN);
    expect(done.policies).toEqual([]);
    expect(done.report?.status?.summary?.undeclaredReachable).toBe(2);
    expect(done.report?.status?.ports?.map((row) => [row.port, row.finding])).toEqual([
      [5000, 'UndeclaredReachable'],
      [9090, 'UndeclaredReachable'],
      [8080, undefined],
    ]);
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'False',
      reason: 'AuditMode',
    });
    expect(condition(done, 'DriftDetected').status).toBe('True');
    expect(condition(done, 'Ready').status).toBe('True');
  });

  test('a network that enforces nothing is called so', () => {
    const calibrations = [calibration('NotEnforced')];
    const done = settled(snapshot({ calibrations }), OPEN);
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'False',
      reason: 'NotEnforced',
    });
    const silent = settled(snapshot({ calibrations }), { open: [8080], otherwise: 'refused' });
    expect(condition(silent, 'EnforcementVerified')).toMatchObject({
      status: 'False',
      reason: 'NotEnforced',
    });
  });

  test('another policy that opens more is named', () => {
    const allowAll = policy('allow-all', { ingress: [{}] });
    const done = settled(snapshot({ policies: [allowAll] }), OPEN);
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'False',
      reason: 'Widened',
    });
    expect(done.report?.status?.ports?.[0]?.message).toBe('Widened by allow-all');
    expect(done.report?.status?.policies).toEqual([
      {
        group: 'networking.k8s.io',
        kind: 'NetworkPolicy',
        name: 'allow-all',
        effect: 'Widens',
        message: 'Allows every port, which the workload does not declare',
      },
      {
        group: 'networking.k8s.io',
        kind: 'NetworkPolicy',
        name: 'web-portlock',
        effect: 'Managed',
        message: 'Kept by portlock',
      },
    ]);
  });

  test.each([
    ['Unknown', 'NotCalibrated'],
    ['Rejected', 'RefusalsProveNothing'],
  ] as const)('with calibration %s nothing is claimed', (state, reason) => {
    const done = settled(snapshot({ calibrations: [calibration(state)] }), LOCKED);
    expect(condition(done, 'EnforcementVerified')).toMatchObject({ status: 'Unknown', reason });
  });

  test('refusals on a dropping network mean that this pod is not locked', () => {
    const done = settled(snapshot(), { open: [8080], otherwise: 'refused' });
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'False',
      reason: 'NotEnforced',
    });
  });

  test('silence of everything proves nothing, and a filtered declared port is drift', () => {
    const done = settled(snapshot(), { open: [], otherwise: 'filtered' });
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'Unknown',
      reason: 'NoPositiveControl',
    });
    expect(condition(done, 'DriftDetected')).toMatchObject({
      status: 'True',
      reason: 'DeclaredUnreachable',
    });
  });

  test('a declared port that refuses is a note where refusals are answers', () => {
    const template = templateOf({ ports: [port(8080), port(8081)] });
    const done = settled(snapshot({ workload: workload({ template }) }), {
      open: [8080],
      refused: [8081],
      otherwise: 'filtered',
    });
    expect(done.report?.status?.ports?.[0]).toMatchObject({
      port: 8081,
      finding: 'DeclaredNotListening',
    });
    expect(condition(done, 'DriftDetected').status).toBe('False');
    expect(condition(done, 'EnforcementVerified').status).toBe('True');
  });

  test('ports that could not be tried prove nothing', () => {
    const short = { open: [8080], otherwise: 'error' } as const;
    const first = decide(probed(snapshot(), short));
    expect(condition(first, 'EnforcementVerified').reason).toBe('Probing');
    let current = snapshot();
    for (let round = 0; round < 6; round += 1) current = probed(current, short, 6);
    for (const type of ['EnforcementVerified', 'DriftDetected'] as const)
      expect(condition(decide(current), type)).toMatchObject({
        status: 'Unknown',
        reason: 'ProbeIncomplete',
        message: expect.stringMatching(/^Of \d+ undeclared ports nothing could be told/),
      });
    expect(condition(decide(current), 'Ready').status).toBe('True');
  });

  test('a declared port to which there is no way is not called as declared', () => {
    const done = settled(snapshot(), { open: [], otherwise: 'unreachable' });
    expect(done.report?.status?.ports?.[0]).toMatchObject({ port: 8080, observed: 'Unknown' });
    expect(condition(done, 'DriftDetected')).toMatchObject({
      status: 'Unknown',
      reason: 'ProbeIncomplete',
      message: expect.stringContaining('8080/TCP'),
    });
  });

  test('a pod on the network of its node beside others leaves enforcement unverified', () => {
    const onHost = pod({ name: 'web-2', uid: 'uid-pod-2', hostNetwork: true });
    const done = settled(snapshot({ pods: [pod(), onHost] }), LOCKED);
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'Unknown',
      reason: 'HostNetwork',
      message: expect.stringContaining('web-2'),
    });
  });

  test('bad news waits for three equal readings of pods and policies that are old enough', () => {
    let current = probed(snapshot(), OPEN);
    for (let round = 0; round < 11; round += 1) {
      expect(condition(decide(current), 'DriftDetected').status).toBe('Unknown');
      current = probed(current, OPEN, 5);
    }
    expect(current.now - NOW).toBeLessThan(60_000);
    for (let round = 0; round < 8; round += 1) current = probed(current, OPEN, 5);
    expect(condition(decide(current), 'DriftDetected').status).toBe('True');
  });

  test('good news counts at once', () => {
    const allowAll = policy('allow-all', { ingress: [{}] });
    const drifted = settled(snapshot({ policies: [allowAll] }), OPEN);
    const mended = { ...drifted, policies: drifted.policies.filter((each) => each !== allowAll) };
    const after = probed(mended, LOCKED);
    expect(reportOf(decide(after)).status?.summary?.undeclaredReachable).toBe(0);
  });

  test('where three ports answer on which nothing listens, nothing is claimed', () => {
    const done = settled(snapshot(), { open: [], otherwise: 'open' });
    for (const type of ['EnforcementVerified', 'DriftDetected'] as const)
      expect(condition(done, type)).toMatchObject({
        status: 'Unknown',
        reason: 'AcceptsEverything',
      });
    expect(condition(done, 'Ready').status).toBe('True');
    expect(done.report?.status?.ports).toEqual([
      expect.objectContaining({ port: 8080, observed: 'Unknown', finding: 'Unverifiable' }),
    ]);
    expect(done.report?.status?.summary?.undeclaredReachable).toBeUndefined();
    const mended = probed({ ...done, now: done.now + 3_600_000 }, LOCKED);
    expect(condition(decide(mended), 'EnforcementVerified').status).toBe('True');
  });

  test('the calibration of a pod’s own node counts, or else the most cautious one', () => {
    const to = (toNode: string, state: Calibration['state']): Calibration => ({
      ...calibration(state),
      between: { fromNode: 'node-1', toNode },
    });
    const calibrations = [to('node-2', 'Dropped'), to('node-3', 'NotEnforced')];
    const verdict = (node: string) =>
      condition(
        settled(snapshot({ calibrations, pods: [pod({ node })] }), LOCKED),
        'EnforcementVerified',
      );
    expect(verdict('node-2')).toMatchObject({ status: 'True', reason: 'Enforced' });
    expect(verdict('node-3')).toMatchObject({ status: 'False', reason: 'NotEnforced' });
    expect(verdict('node-4')).toMatchObject({ status: 'False', reason: 'NotEnforced' });
  });

  test('drift says since when it is, also after a restart', () => {
    const allowAll = policy('allow-all', { ingress: [{}] });
    const drifted = settled(snapshot({ policies: [allowAll] }), OPEN);
    const row = drifted.report?.status?.ports?.[0];
    expect(Date.parse(row?.firstSeenTime ?? '')).toBeGreaterThan(NOW);
    const restarted = { ...drifted, evidence: undefined, now: drifted.now + 7_200_000 };
    const later = settled(restarted, OPEN).report?.status?.ports?.[0];
    expect(later?.firstSeenTime).toBe(row?.firstSeenTime);
    expect(Date.parse(later?.lastSeenTime ?? '')).toBeGreaterThan(restarted.now);
  });

  test('a sweep that is still fresh is not repeated after a restart, unless the policies changed', () => {
    const done = settled(snapshot(), LOCKED);
    const restarted = probed({ ...done, evidence: undefined }, LOCKED);
    expect(decide(restarted).probe.sweeps).toEqual([]);
    expect(decide(restarted).probe.unswept).toBe(0);
    const allowAll = policy('allow-all', { ingress: [{}] });
    const policies = [...done.policies, allowAll];
    const changed = probed({ ...done, policies, evidence: undefined }, LOCKED);
    expect(decide(changed).probe.sweeps).toHaveLength(1);
  });

  test('without a ready pod nothing is claimed', () => {
    const done = decide(snapshot({ pods: [pod({ ready: false })] }));
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'Unknown',
      reason: 'NoPods',
    });
    expect(condition(done, 'Ready').status).toBe('True');
    const drifted = settled(snapshot({ workload: workload({ mode: 'audit' }) }), OPEN);
    const scaled = decide({ ...drifted, pods: [] });
    expect(reportOf(scaled).status?.summary?.undeclaredReachable).toBeUndefined();
    expect(condition(scaled, 'DriftDetected').status).toBe('Unknown');
  });

  test('after a restart the report stands until the pods are probed again', () => {
    const done = settled(snapshot(), LOCKED);
    const restarted = decide({ ...done, evidence: undefined });
    expect(reportOf(restarted).status).toEqual(done.report?.status);
    expect(restarted.probe.round).toBeDefined();
  });

  test('after a restart drift stands while it is read again', () => {
    const allowAll = policy('allow-all', { ingress: [{}] });
    const drifted = settled(snapshot({ policies: [allowAll] }), OPEN);
    let current: Snapshot = { ...drifted, evidence: undefined, now: drifted.now + 7_200_000 };
    for (let round = 0; round < 8; round += 1) {
      const plan = decide(current);
      expect(condition(plan, 'DriftDetected')).toEqual(condition(drifted, 'DriftDetected'));
      expect(reportOf(plan).status?.ports?.[0]?.message).toBe('Widened by allow-all');
      current = probed(current, OPEN, 5);
    }
    const mended = probed({ ...drifted, evidence: undefined }, LOCKED);
    expect(condition(decide(mended), 'DriftDetected').status).toBe('False');
  });

  test('a clock that was ahead does not keep bad news and sweeps away', () => {
    const done = settled(snapshot(), LOCKED);
    const now = NOW - 86_400_000;
    const pods = [pod({ readySince: now - 3_600_000 })];
    const drifted = settled({ ...done, evidence: undefined, now, pods }, OPEN);
    expect(condition(drifted, 'DriftDetected').status).toBe('True');
    expect(drifted.now).toBeLessThan(NOW);
  });

  test('conditions keep their transition time while the status stays', () => {
    const done = settled(snapshot(), LOCKED);
    const before = conditionOf(done.report, 'PolicyInSync')?.lastTransitionTime;
    const later = decide({ ...done, now: done.now + 60_000 });
    expect(conditionOf(reportOf(later), 'PolicyInSync')?.lastTransitionTime).toBe(before);
  });

  test('good news from young policies is looked at once more when they have settled', () => {
    const done = settled(snapshot(), LOCKED);
    expect(decide(done).probe.nextAt).toBe(NOW + 60_000);
    const later = { ...done, now: NOW + 60_000 };
    expect(decide(later).probe.round).toBeDefined();
  });

  test('a plan that was carried out leads to no other', () => {
    const done = probed({ ...settled(snapshot(), LOCKED), now: NOW + 60_000 }, LOCKED);
    const plan = decide(done);
    expect(plan.probe.round).toBeUndefined();
    expect(plan.probe.sweeps).toEqual([]);
    expect(plan.probe.nextAt).toBeGreaterThan(done.now + 3_000_000);
  });

  test('what was read under other policies is not held against those of now', () => {
    const audited = settled(snapshot({ workload: workload({ mode: 'audit' }) }), OPEN);
    const enforced = decide({ ...audited, workload: workload() });
    expect(condition(enforced, 'EnforcementVerified')).toMatchObject({
      status: 'Unknown',
      reason: 'Probing',
    });
    expect(reportOf(enforced).status?.ports?.[0]).toMatchObject({
      port: 5000,
      finding: 'UndeclaredReachable',
      message: 'Seen before the policies or the pods changed; being probed again',
    });
  });

  test('drift that is mended is not told any more', () => {
    const allowAll = policy('allow-all', { ingress: [{}] });
    const drifted = settled(snapshot({ policies: [allowAll] }), OPEN);
    const mended = { ...drifted, policies: drifted.policies.filter((each) => each !== allowAll) };
    const atOnce = decide(mended);
    expect(condition(atOnce, 'DriftDetected').status).toBe('Unknown');
    expect(condition(atOnce, 'EnforcementVerified').status).toBe('Unknown');
    const after = decide(probed(mended, LOCKED));
    expect(condition(after, 'DriftDetected').status).toBe('False');
    expect(condition(after, 'EnforcementVerified').status).toBe('True');
  });

  test('drift is told once, and that it is mended too', () => {
    const allowAll = policy('allow-all', { ingress: [{}] });
    let current: Snapshot = snapshot({ policies: [allowAll] });
    const told: string[] = [];
    const pass = (network: Parameters<typeof probed>[1], rounds: number) => {
      for (let round = 0; round < rounds; round += 1) {
        told.push(...decide(current).events.map((event) => event.reason));
        current = probed(current, network, 6);
      }
    };
    pass(OPEN, 20);
    expect(told.splice(0)).toEqual(['PolicyApplied', 'DriftDetected']);
    const another = policy('another', { ingress: [{ ports: [{ port: 9090 }] }] });
    current = { ...current, policies: [...current.policies, another] };
    pass(OPEN, 20);
    current = { ...current, evidence: undefined };
    pass(OPEN, 20);
    expect(told).toEqual([]);
    current = { ...current, policies: current.policies.slice(1, 2) };
    pass(LOCKED, 20);
    expect(current.policies.map(({ metadata }) => metadata.name)).toEqual(['web-portlock']);
    expect(told).toEqual(['DriftResolved']);
  });

  test('a sweep during which other policies came and went does not count', () => {
    const audit = workload({ mode: 'audit' });
    let current = probed(snapshot({ workload: audit }), OPEN);
    while (decide(current).probe.sweeps.length === 0) current = probed(current, OPEN, 5);
    const begun = decide(current);
    const enforced = {
      ...carriedOut(current, begun),
      now: current.now + 10_000,
      workload: workload(),
    };
    const locked = carriedOut(enforced, decide(enforced));
    const again = { ...locked, now: locked.now + 10_000, workload: audit };
    const { evidence } = decide(again);
    if (!evidence || !begun.evidence) throw new Error('no evidence');
    expect(evidence.policies).toBe(begun.evidence.policies);
    const sweep = {
      ip: '10.0.0.1',
      templateHash: 'a',
      policies: evidence.policies,
      pod: pod(),
      startedAt: current.now,
      endedAt: again.now,
      counts: { open: 1, refused: 0, filtered: 65_534, unreachable: 0, error: 0 },
    };
    expect(withSweep(evidence, sweep, [8080], new Set([8080])).sweeps).toEqual([]);
  });

  test('case 47: a pod with two addresses is swept at both', () => {
    const both = pod({ ips: ['10.0.0.1', 'fd00::1'] });
    const done = settled(snapshot({ pods: [both] }), LOCKED);
    const sweeps = done.report?.status?.probe?.sweeps ?? [];
    expect(sweeps.map(({ ip }) => ip)).toEqual(['10.0.0.1', 'fd00::1']);
    const restarted = probed({ ...done, evidence: undefined }, LOCKED);
    expect(decide(restarted).probe.sweeps).toEqual([]);
  });

  test('a sweep that contradicts the last round has the ports asked again', () => {
    let current = probed(snapshot(), LOCKED);
    current = probed(current, OPEN);
    const plan = decide(current);
    expect(plan.evidence?.seen).toEqual([5000, 9090]);
    expect(plan.probe.conclusive).toBe(false);
    expect(decide({ ...current, now: current.now + 5000 }).probe.round?.ports).toContain(5000);
  });

  test('refusals that another policy allows do not say that ours is not enforced', () => {
    const allowAll = policy('allow-all', { ingress: [{}] });
    const done = settled(snapshot({ policies: [allowAll] }), {
      open: [8080],
      otherwise: 'refused',
    });
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'Unknown',
      reason: 'Widened',
    });
  });

  test('a port that is declared no more is still looked at', () => {
    const annotations = { 'portlock.dev/extra-ports': '9555/TCP' };
    const audit = workload({ mode: 'audit', annotations });
    const both = { open: [8080, 9555], otherwise: 'refused' } as const;
    const before = settled(snapshot({ workload: audit }), both);
    const done = settled({ ...before, workload: workload({ mode: 'audit' }) }, both);
    expect(done.report?.status?.ports?.[0]).toMatchObject({
      port: 9555,
      finding: 'UndeclaredReachable',
    });
  });

  test('rollout after rollout, only sweeps of templates that have pods are kept', () => {
    let current = settled(snapshot(), LOCKED);
    for (let rollout = 1; rollout <= 10; rollout += 1) {
      const next = pod({
        name: `web-${rollout}`,
        uid: `uid-${rollout}`,
        templateHash: `hash-${rollout}`,
      });
      current = settled({ ...current, pods: [next] }, LOCKED);
    }
    expect(current.report?.status?.probe?.sweeps?.map((sweep) => sweep.pod)).toEqual(['web-10']);
  });

  test('many policies with long names stay within the bounds of the definition', () => {
    const policies = Array.from({ length: 80 }, (_, index) =>
      policy(`${'team-allow-from-ingress-controller-'.repeat(5)}${index}`, { ingress: [{}] }),
    );
    const done = settled(snapshot({ policies }), OPEN);
    expect(done.report?.status?.ports?.[0]?.message?.length).toBeLessThan(1024);
    expect(done.report?.status?.policies).toHaveLength(64);
  });

  test('a finding with all that two long annotations list stays within the bounds too', () => {
    const list = (first: number) =>
      Array.from({ length: 400 }, (_, index) => `${first + index}/TCP`).join(',');
    const annotations = {
      'portlock.dev/extra-ports': list(20_000),
      'portlock.dev/accept-cuts': list(30_000),
    };
    const services = [1001, 1002, 1003, 1004, 1005, 1006].map((number) => service(number));
    const usage = {
      ...NO_USAGE,
      services: services.map((each, index) => ({ ...each, name: `${index}` })),
    };
    const plan = decide(snapshot({ usage, workload: workload({ annotations }) }));
    expect(condition(plan, 'PreflightPassed').message).toHaveLength(32_768);
  });

  test('a tiered policy with an action that is not known may open ports to others', () => {
    const from = [{ pods: { podSelector: { matchLabels: { app: 'client' } } } }];
    const tiered = {
      apiVersion: 'policy.networking.k8s.io/v1alpha2',
      kind: 'ClusterNetworkPolicy',
      metadata: { name: 'log' },
      spec: {
        tier: 'Admin',
        priority: 1,
        subject: { namespaces: {} },
        ingress: [{ action: 'AcceptAndLog', from }],
      },
    };
    const done = settled(snapshot({ tieredPolicies: [tiered] }), LOCKED);
    expect(done.report?.status?.policies?.[1]).toMatchObject({ name: 'log', effect: 'Unknown' });
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'Unknown',
      reason: 'Widened',
    });
  });

  test('what a policy that is left as it was still allows is not called unenforced', () => {
    const annotations = { 'portlock.dev/allow-from': 'any' };
    const explicit = workload({ annotations });
    const deny = policy('default-deny');
    const before = settled(snapshot({ policies: [deny], workload: explicit }), LOCKED);
    const fields = { ports: [port(9090)] };
    const next = pod({ ...fields, name: 'web-2', uid: 'uid-pod-2' });
    const held = {
      ...before,
      workload: workload({ generation: 2, template: templateOf(fields) }),
      pods: [next],
      selected: [],
      usage: NO_USAGE,
    };
    const done = settled(held, { open: [9090], refused: [8080], otherwise: 'filtered' });
    expect(condition(done, 'PolicyInSync').reason).toBe('WouldWiden');
    expect(condition(done, 'EnforcementVerified')).toMatchObject({
      status: 'Unknown',
      reason: 'Widened',
      message: expect.stringContaining('NetworkPolicy web-portlock may allow'),
    });
  });

  test('while an annotation cannot be read, what the last good policy allows is no drift', () => {
    const annotations = { 'portlock.dev/extra-ports': '9102/TCP' };
    const both = { open: [8080, 9102], otherwise: 'filtered' } as const;
    const before = settled(snapshot({ workload: workload({ annotations }) }), both);
    const typo = workload({ annotations: { 'portlock.dev/extra-ports': '9102/tcp' } });
    const done = settled({ ...before, workload: typo }, both);
    expect(condition(done, 'Stalled').status).toBe('True');
    expect(condition(done, 'DriftDetected').status).toBe('False');
  });

  test('a policy that could not be written is not told of as if it were there', () => {
    const policyFailure = { reason: 'Forbidden', message: 'not allowed', stalled: true };
    const plan = decide(snapshot({ policyFailure }));
    const { reason, message } = policyFailure;
    expect(condition(plan, 'PolicyInSync')).toEqual({ status: 'False', reason, message });
    expect(condition(plan, 'Stalled')).toEqual({ status: 'True', reason, message });
    expect(condition(plan, 'Reconciling').status).toBe('False');
    expect(condition(plan, 'EnforcementVerified').status).toBe('Unknown');
    expect(reportOf(plan).status?.policy?.state).toBe('Held');
    expect(reportOf(plan).status?.policies).toBeUndefined();
    expect(condition(plan, 'Ready').status).toBe('False');
  });

  test('a write that may succeed by itself is tried again, and nobody has to act', () => {
    const policyFailure = { reason: 'Timeout', message: 'no answer', stalled: false };
    const plan = decide(snapshot({ policyFailure }));
    expect(condition(plan, 'Stalled').status).toBe('False');
    expect(condition(plan, 'Reconciling')).toMatchObject({ status: 'True', reason: 'Timeout' });
  });

  test('a policy that somebody changes again and again is told as contested, in the same words', () => {
    const before = snapshot();
    const contest = { since: NOW, by: ['kubectl-edit', 'kubectl-patch'] };
    const plan = decide({ ...carriedOut(before, decide(before)), contest });
    expect(condition(plan, 'PolicyInSync')).toEqual({
      status: 'False',
      reason: 'Contested',
      message:
        'The NetworkPolicy web-portlock is changed again and again by kubectl-edit, kubectl-patch, and put back each time; find out who that is, and have them leave it alone',
    });
    expect(condition(plan, 'Stalled').status).toBe('False');
  });

  test('a workload that declares ports without end gets none, and is said so', () => {
    const ports = Array.from({ length: 30_000 }, (_, index) => port(index + 1));
    const template = templateOf({ ports });
    const plan = decide(snapshot({ workload: workload({ template }), pods: [] }));
    expect(plan.policy).toEqual({ do: 'nothing' });
    expect(condition(plan, 'Stalled')).toMatchObject({ status: 'True', reason: 'TooManyPorts' });
    expect(reportOf(plan).status?.portsOmitted).toBe(30_000 - 256);
  });
});
