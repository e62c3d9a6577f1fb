import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { run } from '../cluster/command.ts';
import { directories } from '../cluster/directories.ts';
import { type RunningNode, runningNodes } from '../cluster/running-cluster.ts';
import { kubectlOf } from '../harness/environment.ts';
import { OPERATOR_DEPLOYMENT, OPERATOR_NAMESPACE, operatorReady } from '../harness/installation.ts';
import { reason, Sample, status } from '../harness/sample.ts';

const kubectl = kubectlOf(inject('environment'));
const TABLE = 'inet portlock_test';
const CANARY_PORT = 9447;

/** What plugins such as kube-router do: what no policy allows is refused. */
describe('on a network that refuses what it denies', () => {
  let sample: Sample;
  let nodes: RunningNode[];
  beforeAll(async () => {
    nodes = await runningNodes(directories().state);
    sample = await Sample.create(kubectl, 'portlock-rejected');
    const ips = (await sample.addresses()).join(', ');
    await onEveryNode([
      `table ${TABLE} {`,
      'chain forward {',
      'type filter hook forward priority filter;',
      `tcp dport ${CANARY_PORT} reject with tcp reset;`,
      `ip daddr { ${ips} } tcp dport != 8080 reject with tcp reset;`,
      '}',
      '}',
    ]);
    // What was measured before the refusals stands for an hour: a new process measures anew.
    const operator = ['--namespace', OPERATOR_NAMESPACE, `deployment/${OPERATOR_DEPLOYMENT}`];
    await kubectl.run(['rollout', 'restart', ...operator]);
    await operatorReady(kubectl);
  });
  afterAll(async () => {
    await onEveryNode([`delete table ${TABLE}`]);
    await sample?.remove();
  });

  async function onEveryNode(ruleset: readonly string[]): Promise<void> {
    for (const { enter } of nodes)
      await run([...enter, 'nft', '-f', '-'], { input: ruleset.join('\n') });
  }

  test('a refusal proves nothing, and the report says so', async () => {
    expect(nodes).toHaveLength(2);
    expect(await sample.connect([8080, 9090, 5000])).toEqual({
      ...{ 8080: 'open', 9090: 'ECONNREFUSED', 5000: 'ECONNREFUSED' },
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
