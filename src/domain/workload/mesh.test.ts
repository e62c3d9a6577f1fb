import { expect, test } from 'vitest';
import { namespace, template, workload } from '../../testing/builders.ts';
import { meshesOf } from './mesh.ts';

test.each([
  ['true', true],
  ['True', true],
  ['1', true],
  ['t', true],
  ['false', false],
  ['yes', false],
  ['', false],
])('Consul reads connect-inject %j as %s, so that its port is used', (value, isInjected) => {
  const annotations = { 'consul.hashicorp.com/connect-inject': value };
  const meshes = meshesOf(workload({ template: template({ annotations }) }), namespace(), []);
  expect(meshes.map(({ port }) => port)).toEqual(isInjected ? [20_000] : []);
});
