import { expect, test } from 'vitest';
import { reached, service, servicePort } from '../../testing/preflight-builders.ts';
import { ingressUses } from './ingress.ts';
import { podsOf } from './source.ts';

const SERVICES = reached([service({ ports: [servicePort({ name: 'http', targetPort: 9090 })] })]);

test.each([
  ['a number', 'shop', 80, [9090]],
  ['a name', 'shop', 'http', [9090]],
  ['a port that the Service lacks', 'shop', 81, []],
  ['another namespace', 'other', 80, []],
] as const)('%s', (_name, namespace, port, expected) => {
  const ingress = { namespace, name: 'edge', backends: [{ service: 'web', port }] };
  expect(ingressUses([ingress], 'shop', SERVICES)).toEqual(
    expected.map((each) => ({
      port: each,
      protocol: 'TCP',
      user: 'Ingress shop/edge through Service web',
      source: podsOf('the ingress controller'),
    })),
  );
});
