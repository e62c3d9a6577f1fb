import { expect, test } from 'vitest';
import { indexOf, shape } from '../../testing/preflight-builders.ts';
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
  const uses = inferencePoolUses([{ ...POOL, ...fields }], 'shop', indexOf([shape()]));
  expect(uses.map(({ port }) => port)).toEqual(ports);
  expect(uses.every(({ source }) => source.kind === 'pods' && !source.namespace)).toBe(true);
  expect(uses.every(({ user }) => user === 'InferencePool shop/models')).toBe(true);
});
