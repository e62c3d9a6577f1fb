import { isIPv6 } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubectlOf } from '../harness/environment.ts';
import { OPERATOR_DEPLOYMENT, OPERATOR_NAMESPACE, operatorReady } from '../harness/installation.ts';
import { filterForwarded } from '../harness/packet-filter.ts';
import { reason, rowOf, Sample, status, undeclaredReachable } from '../harness/sample.ts';

const kubectl = kubectlOf(inject('environment'));
const CANARY = 'tcp dport 9447 drop;';

/**
 * What most plugins do with an ipBlock: it matches pods by their addresses, each family for itself.
 * (Cilium knows pods by their labels, and its ipBlocks never match one.)
 */
describe('a policy about addresses of one IP family', () => {
  let sample: Sample;
  let ofIPv4: string;
  let ofIPv6: string;
  beforeAll(async () => {
    sample = await Sample.create(kubectl, 'portlock-one-family');
    const addresses = await sample.addresses();
    ofIPv4 = addresses.filter((ip) => !isIPv6(ip)).join(', ');
    ofIPv6 = addresses.filter((ip) => isIPv6(ip)).join(', ');
    await filterForwarded([
      CANARY,
      `ip daddr { ${ofIPv4} } tcp dport != 8080 drop;`,
      `ip6 daddr { ${ofIPv6} } tcp dport != 8080 drop;`,
    ]);
    // What was measured before stands for an hour: a new process measures anew.
    const operator = ['--namespace', OPERATOR_NAMESPACE, `deployment/${OPERATOR_DEPLOYMENT}`];
    await kubectl.run(['rollout', 'restart', ...operator]);
    await operatorReady(kubectl);
  });
  afterAll(async () => {
    await filterForwarded([]);
    await sample?.remove();
  });

  const apply = (name: string, rule: object) =>
    kubectl.apply({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace: sample.namespace },
      spec: {
        podSelector: { matchLabels: { app: 'multi-port-app' } },
        policyTypes: ['Ingress'],
        ingress: [rule],
      },
    });

  test('that opens undeclared ports is named with the family', async () => {
    await sample.label('enforce');
    await sample.report('it locked', (each) => status(each, 'EnforcementVerified') === 'True');
    await filterForwarded([CANARY, `ip daddr { ${ofIPv4} } tcp dport != 8080 drop;`]);
    await apply('ipv6', { from: [{ ipBlock: { cidr: '::/0' } }] });
    const report = await sample.report(
      'both ports',
      (each) => undeclaredReachable(each).length === 2,
    );
    for (const port of [5000, 9090])
      expect(rowOf(report, port)).toMatchObject({
        expected: 'Allowed',
        families: ['IPv6'],
        message: expect.stringMatching(/^Widened by ipv6 over IPv6/),
      });
    expect(reason(report, 'EnforcementVerified')).toBe('Widened');
    expect(rowOf(report, 8080)).not.toHaveProperty('families');
  });

  test('that closes a declared one over the other is named with the other', async () => {
    await sample.run('delete', 'networkpolicy', 'ipv6');
    await sample.label('audit');
    await filterForwarded([
      CANARY,
      `ip daddr { ${ofIPv4} } tcp dport != 8080 drop;`,
      `ip6 daddr { ${ofIPv6} } drop;`,
    ]);
    await apply('ipv4-only', {
      from: [{ ipBlock: { cidr: '0.0.0.0/0' } }],
      ports: [{ port: 8080 }],
    });
    const report = await sample.report(
      'the declared port closed',
      (each) => rowOf(each, 8080)?.finding === 'DeclaredUnreachable',
    );
    expect(rowOf(report, 8080)).toMatchObject({
      expected: 'Denied',
      observed: 'Filtered',
      families: ['IPv6'],
      message: expect.stringMatching(/^Closed by ipv4-only over IPv6;/),
    });
    expect(undeclaredReachable(report)).toEqual([]);
  });
});
