import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubectlOf } from '../harness/environment.ts';
import { reason, Sample, status, undeclaredReachable } from '../harness/sample.ts';

/** A policy that the API server takes and the network ignores. */
describe('on a network that enforces nothing', () => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await Sample.create(kubectlOf(inject('environment')), 'portlock-not-enforced');
  });
  afterAll(() => sample?.remove());

  test('the policy exists, and the report never says that it is enforced', async () => {
    await sample.label('enforce');
    const said = new Set<string | undefined>();
    const report = await sample.report('a verdict', (each) => {
      said.add(status(each, 'EnforcementVerified'));
      return status(each, 'Ready') === 'True';
    });
    expect(said).not.toContain('True');
    expect(status(report, 'EnforcementVerified')).toBe('False');
    expect(reason(report, 'EnforcementVerified')).toBe('NotEnforced');
    expect(undeclaredReachable(report)).toEqual([5000, 9090]);
    expect(status(report, 'PolicyInSync')).toBe('True');
    expect(status(report, 'DriftDetected')).toBe('True');
    expect(report.status.ports[0]).toMatchObject({ expected: 'Denied', observed: 'Open' });
    await sample.get('networkpolicy', 'multi-port-app-portlock');
    expect(await sample.connect([8080, 9090, 5000])).toEqual({
      8080: 'open',
      9090: 'open',
      5000: 'open',
    });
  });
});
