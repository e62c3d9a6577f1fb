import { isIPv6 } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubectlOf } from '../harness/environment.ts';
import { OPERATOR_DEPLOYMENT, OPERATOR_NAMESPACE, operatorReady } from '../harness/installation.ts';
import { filterForwarded } from '../harness/packet-filter.ts';
import { reason, Sample, status } from '../harness/sample.ts';

const kubectl = kubectlOf(inject('environment'));
const CANARY_PORT = 9447;

/** What plugins such as kube-router do: what no policy allows is refused. */
describe('on a network that refuses what it denies', () => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await Sample.create(kubectl, 'portlock-rejected');
    const addresses = await sample.addresses();
    const ofIPv4 = addresses.filter((ip) => !isIPv6(ip)).join(', ');
    const ofIPv6 = addresses.filter((ip) => isIPv6(ip)).join(', ');
    await filterForwarded([
      `tcp dport ${CANARY_PORT} reject with tcp reset;`,
      `ip daddr { ${ofIPv4} } tcp dport != 8080 reject with tcp reset;`,
      `ip6 daddr { ${ofIPv6} } tcp dport != 8080 reject with tcp reset;`,
    ]);
    // What was measured before the refusals stands for an hour: a new process measures anew.
    const operator = ['--namespace', OPERATOR_NAMESPACE, `deployment/${OPERATOR_DEPLOYMENT}`];
    await kubectl.run(['rollout', 'restart', ...operator]);
    await operatorReady(kubectl);
  });
  afterAll(async () => {
    await filterForwarded([]);
    await sample?.remove();
  });

  test('a refusal proves nothing, and the report says so', async () => {
    expect(await sample.connect([8080, 9090, 5000])).toEqual({
      8080: 'open',
      9090: 'ECONNREFUSED',
      5000: 'ECONNREFUSED',
    });
    await sample.label('enforce');
    const report = await sample.report(
      'a calibration',
      (each) =>
        status(each, 'Ready') === 'True' && each.status.probe?.calibration?.state === 'Rejected',
    );
    expect(status(report, 'EnforcementVerified')).toBe('Unknown');
    expect(reason(report, 'EnforcementVerified')).toBe('RefusalsProveNothing');
    expect(report.status.summary.undeclaredReachable).toBe(0);
    expect(status(report, 'DriftDetected')).toBe('False');
  });
});
