import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Namespace } from './harness/deployment.ts';
import { kubectlOf } from './harness/environment.ts';

const kubectl = kubectlOf(inject('environment'));

/** What the API server makes of the definition of PortExposureReport. */
describe('the definition of reports', () => {
  let namespace: Namespace;
  beforeAll(async () => {
    namespace = await Namespace.create(kubectl, 'portlock-definition');
  });
  afterAll(() => namespace?.remove());

  const report = (name: string, kind: string) => ({
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'PortExposureReport',
    metadata: { name },
    spec: { targetRef: { apiVersion: 'apps/v1', kind, name: 'web' } },
  });

  test('has a short name, a category and an explanation for every field', async () => {
    await namespace.run('get', 'per');
    await namespace.run('get', 'exposure');
    const text = await kubectl.run(['explain', 'portexposurereports.status', '--recursive']);
    expect(text).toContain('conditions');
    expect(await kubectl.run(['explain', 'per.status.ports.finding'])).toContain(
      'What the difference means',
    );
  });

  test('is accepted as structural', async () => {
    const { status } = await kubectl.get('crd', 'portexposurereports.portlock.dev');
    const conditions = Object.fromEntries(
      status.conditions.map((each: { type: string; status: string }) => [each.type, each.status]),
    );
    expect(conditions).toMatchObject({ Established: 'True', NamesAccepted: 'True' });
    expect(conditions).not.toHaveProperty('NonStructuralSchema', 'True');
  });

  test('a report stays about its workload', async () => {
    await namespace.apply(report('still', 'DaemonSet'));
    await expect(namespace.apply(report('still', 'StatefulSet'))).rejects.toThrow(
      'must not change',
    );
  });

  test.each([
    [
      'a port of 0',
      {
        ports: [
          { port: 0, protocol: 'TCP', declared: true, expected: 'Allowed', observed: 'Open' },
        ],
      },
      'should be greater than or equal to 1',
    ],
    [
      'an unknown finding',
      {
        ports: [
          {
            port: 1,
            protocol: 'TCP',
            declared: true,
            expected: 'Allowed',
            observed: 'Open',
            finding: 'Bad',
          },
        ],
      },
      'Unsupported value',
    ],
    ['a mode in lower case', { mode: 'enforce' }, 'Unsupported value'],
  ])('%s is refused in a status', async (_name, status, message) => {
    await namespace.apply(report('status', 'DaemonSet'));
    const patch = [
      'patch',
      'portexposurereport',
      'status',
      '--subresource=status',
      '--type=merge',
      '--patch',
      JSON.stringify({ status }),
    ];
    await expect(namespace.run(...patch)).rejects.toThrow(message);
  });
});
