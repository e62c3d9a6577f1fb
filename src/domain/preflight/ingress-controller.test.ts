import { expect, test } from 'vitest';
import { connectingFor, controllerAt } from './ingress-controller.ts';
import { AT_LOAD_BALANCER, type Source } from './source.ts';
import type { Ingress } from './usage.ts';

const ENTRANCES = [{ address: '192.0.2.1', namespace: 'edge' }];
const SOMEWHERE: Source = { kind: 'pods', whose: 'the ingress controller', namespace: undefined };
const AT_EDGE = { ...SOMEWHERE, namespace: 'edge' };

function sourceOf(fields: Partial<Ingress>, service?: { balancedByIngress?: true }): Source {
  const ingress = { namespace: 'shop', name: 'web', backends: [], addresses: [], ...fields };
  return connectingFor(ingress, controllerAt(ingress.addresses, ENTRANCES), service);
}

test.each([
  'gce',
  'gce-internal',
  'gce-regional-external',
  'alb',
  'azure/application-gateway',
  'azure-application-gateway',
  'azure-alb-external',
])('of class %s a load balancer connects from outside of the cluster', (ingressClass) => {
  expect(sourceOf({ ingressClass })).toEqual(AT_LOAD_BALANCER);
});

test.each(['nginx', 'GCE', ''])('of class %j pods do', (ingressClass) => {
  expect(sourceOf({ ingressClass }, { balancedByIngress: true })).toEqual(SOMEWHERE);
});

test('without a class it is GKE’s load balancer where the Service has a group of its pods', () => {
  expect(sourceOf({}, { balancedByIngress: true })).toEqual(AT_LOAD_BALANCER);
  expect(sourceOf({}, {})).toEqual(SOMEWHERE);
  expect(sourceOf({})).toEqual(SOMEWHERE);
});

test('a controller of the cluster that has taken it connects', () => {
  const addresses = ['192.0.2.1'];
  expect(sourceOf({ addresses }, { balancedByIngress: true })).toEqual(AT_EDGE);
  expect(sourceOf({ addresses: ['192.0.2.9'] }, { balancedByIngress: true })).toEqual(
    AT_LOAD_BALANCER,
  );
});
