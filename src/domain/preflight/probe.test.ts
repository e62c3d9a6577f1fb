import { expect, test } from 'vitest';
import { port } from '../../testing/builders.ts';
import { HTTP, shape, templateUse } from '../../testing/preflight-builders.ts';
import type { ContainerHandler } from '../workload/template-use.ts';
import { probeUses } from './probe.ts';

const PORTS = [HTTP, { ...port(5353, 'UDP'), name: 'dns' }, { ...port(1, 'TCP', 'b'), name: 'b' }];

test.each<[string, Partial<ContainerHandler>, (number | string)[]]>([
  ['a number', { port: 9090 }, [9090]],
  ['a name', { port: 'http' }, [8080]],
  ['a name, whatever the protocol', { port: 'dns' }, [5353]],
  ['a name of another container', { port: 'b' }, ['b']],
  ['a name in that container', { port: 'b', container: 'b' }, [1]],
  ['digits in a text', { port: '9090' }, [9090]],
  ['digits beyond the range', { port: '65536' }, ['65536']],
  ['digits before a letter', { port: '9090a' }, ['9090a']],
  ['digits behind a letter', { port: 'a9090' }, ['a9090']],
  ['no name', { port: '' }, []],
  ['another host', { host: '127.0.0.1' }, []],
])('%s', (_name, fields, expected) => {
  const handler: ContainerHandler = {
    container: 'app',
    handler: 'livenessProbe',
    port: 9090,
    host: '',
    ...fields,
  };
  const uses = probeUses(shape({ ports: PORTS, use: templateUse({ handlers: [handler] }) }));
  expect(uses.map((use) => use.port)).toEqual(expected);
  expect(uses.every((use) => use.user === `livenessProbe of container ${handler.container}`)).toBe(
    true,
  );
  expect(uses.every((use) => use.protocol === 'TCP')).toBe(true);
});
