import { expect, test } from 'vitest';
import { port } from '../../testing/builders.ts';
import { usesFrom, usesOfDeclaredPorts } from './port-use.ts';
import { ANYBODY } from './source.ts';

const use = { port: 80, protocol: 'TCP', user: 'Service shop/web', source: ANYBODY } as const;

test('a use of the pods’ own namespace stays as it is; one of another is marked with it', () => {
  expect(usesFrom([use], 'shop', 'shop')).toEqual([use]);
  expect(usesFrom([use, use], 'bank', 'shop')).toEqual([
    { ...use, outside: 'bank' },
    { ...use, outside: 'bank' },
  ]);
});

test('who connects to all declared ports does so to those of TCP alone, of every pod', () => {
  const pods = [{ ports: [port(80), port(53, 'UDP'), port(9000, 'SCTP')] }, { ports: [port(81)] }];
  expect(usesOfDeclaredPorts(pods, 'mesh', ANYBODY)).toEqual([
    { port: 80, protocol: 'TCP', user: 'mesh', source: ANYBODY },
    { port: 81, protocol: 'TCP', user: 'mesh', source: ANYBODY },
  ]);
});
