import { describe, expect, test } from 'vitest';
import {
  carriedOut,
  NO_USAGE,
  pod,
  policy,
  service,
  settled,
  snapshot,
  template as templateOf,
  workload,
} from '../testing/builders.ts';
import { applied, condition, LOCKED } from '../testing/plans.ts';
import { decide } from './decide.ts';

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
    expect(condition(plan, 'Stalled').status).toBeUndefined();
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
