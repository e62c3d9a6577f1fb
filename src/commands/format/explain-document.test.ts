import { expect, test } from 'vitest';
import { explainedPolicy, explainedRule, explanation } from '../../testing/explanations.ts';
import { explainDocument } from './explain-document.ts';

test('the document has every field, whatever is known', () => {
  const second = explanation({
    port: 53,
    protocol: 'UDP',
    isDeclared: false,
    isClosed: true,
    verdict: 'Unknown',
    policies: [explainedPolicy({ rules: [explainedRule()] })],
    others: ['CiliumNetworkPolicy/a'],
  });
  expect(explainDocument([explanation(), second])).toEqual({
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'Explanation',
    workload: { kind: 'Deployment', namespace: 'shop', name: 'web' },
    from: 'anybody',
    ports: [
      {
        port: 8080,
        protocol: 'TCP',
        declared: true,
        closed: false,
        verdict: 'Open',
        why: 'no policy isolates the pods',
        policies: [],
        others: [],
      },
      {
        port: 53,
        protocol: 'UDP',
        declared: false,
        closed: true,
        verdict: 'Unknown',
        why: 'no policy isolates the pods',
        policies: [
          {
            name: 'allow',
            file: 'p.yaml',
            line: 7,
            isolates: { path: 'spec.podSelector', value: {}, match: 'Yes' },
            rules: [
              {
                path: 'spec.ingress[0]',
                letsIn: 'Yes',
                ports: { path: 'spec.ingress[0].ports[0]', value: { port: 80 }, match: 'Yes' },
                from: { path: 'spec.ingress[0].from', value: null, match: 'Yes' },
              },
            ],
          },
        ],
        others: ['CiliumNetworkPolicy/a'],
      },
    ],
  });
});

test.each([
  [{ kind: 'node' } as const, 'node'],
  [
    { kind: 'peer', text: 'the address 10.0.0.1', peer: { ips: ['10.0.0.1'] } } as never,
    'the address 10.0.0.1',
  ],
])('it says from where: %j', (source, from) => {
  expect(explainDocument([explanation({ source })])).toMatchObject({ from });
});

test('a policy of a cluster has no place', () => {
  const policies = [explainedPolicy({ place: undefined })];
  expect(explainDocument([explanation({ policies })])).toMatchObject({
    ports: [{ policies: [{ file: null, line: null }] }],
  });
});
