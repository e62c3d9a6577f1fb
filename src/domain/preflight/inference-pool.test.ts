import { expect, test } from 'vitest';
import {
  reached,
  selectionOf,
  service,
  servicePort,
  shape,
} from '../../testing/preflight-builders.ts';
import { inferencePoolUses } from './inference-pool.ts';

const POOL = {
  namespace: 'shop',
  name: 'models',
  selector: { app: 'web' },
  targetPorts: [8000, 8001],
};

test.each([
  ['selects the pods', {}, [8000, 8001]],
  ['selects others', { selector: { app: 'other' } }, []],
  ['selects nothing', { selector: {} }, []],
  ['is of another namespace', { namespace: 'other' }, []],
])('a pool that %s', (_, fields, ports) => {
  const uses = inferencePoolUses(
    [{ ...POOL, ...fields }],
    'shop',
    selectionOf([shape()]),
    new Map(),
  );
  expect(uses.map(({ port }) => port)).toEqual(ports);
  expect(uses.every(({ source }) => source.kind === 'pods' && !source.namespace)).toBe(true);
  expect(uses.every(({ user }) => user === 'InferencePool shop/models')).toBe(true);
});

test.each([
  ['asks the pods themselves for one of its own', { service: 'web', port: 80 }, [9002]],
  ['asks others', { service: 'other', port: 80 }, []],
  ['asks on a port that nobody has', { service: 'web', port: 81 }, []],
])('a pool whose gateway %s', (_, picker, ports) => {
  const services = reached([service({ ports: [servicePort({ targetPort: 9002 })] })]);
  const pool = { ...POOL, selector: { app: 'models' }, picker };
  const uses = inferencePoolUses([pool], 'shop', selectionOf([shape()]), services);
  expect(uses).toEqual(
    ports.map((port) => ({
      port,
      protocol: 'TCP',
      user: 'InferencePool shop/models endpoint picker through Service web',
      source: { kind: 'pods', whose: 'the gateway', namespace: undefined },
    })),
  );
});
