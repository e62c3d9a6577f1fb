import { expect, test } from 'vitest';
import type { DeclaredPort } from '../workload/declared-ports.ts';
import type { PortReference } from '../workload/template-use.ts';
import { ANYBODY } from './source.ts';
import { unusedPorts } from './unused.ts';

const TCP: DeclaredPort = { port: 8080, protocol: 'TCP', containers: ['app'] };
const UDP: DeclaredPort = { port: 8080, protocol: 'UDP', containers: ['app'] };

test.each<[string, PortReference[], DeclaredPort[]]>([
  ['nobody', [], [TCP, UDP]],
  ['another port', [9090], [TCP, UDP]],
  ['the number', [8080], [UDP]],
  ['a name that looks like the number', ['8080'], [TCP, UDP]],
])('used by %s', (_name, ports, unused) => {
  const uses = ports.map((port) => ({
    port,
    protocol: 'TCP' as const,
    user: 'Service shop/web',
    source: ANYBODY,
  }));
  expect(unusedPorts([TCP, UDP], uses)).toEqual(unused);
});
