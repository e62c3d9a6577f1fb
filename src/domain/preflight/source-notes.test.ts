import { expect, test } from 'vitest';
import { parseAllowFrom } from '../workload/allow-from.ts';
import type { PortUse } from './port-use.ts';
import { KUBELET, podsOf } from './source.ts';
import { sourceNotes } from './source-notes.ts';

const PORTS = [1, 2, 3, 4, 5];
const declared = PORTS.map((port) => ({ port, protocol: 'TCP', containers: ['app'] }) as const);

const ranges = [{ first: 20, last: 30, protocol: 'TCP' }] as const;

function notes(allowFrom: string, uses: Partial<PortUse>[]): string[] {
  const each = { port: 1, protocol: 'TCP', user: 'x', source: KUBELET } as const;
  return sourceNotes(
    uses.map((fields) => ({ ...each, ...fields })),
    { declared, ranges, allowFrom: parseAllowFrom(allowFrom), namespace: 'shop' },
  );
}

test.each<[string, Partial<PortUse>[], string[]]>([
  ['any', [{}], []],
  ['same-namespace;1/TCP=any', [{}], []],
  ['same-namespace', [{ port: 'name' }, { port: 9 }, { port: 1, protocol: 'UDP' }], []],
  [
    'same-namespace',
    PORTS.map((port) => ({ port })),
    [
      'probes of the kubelet (1/TCP, 2/TCP, 3/TCP and 2 more) pass where the network keeps to the API, by which no policy closes pods to their own node',
    ],
  ],
  [
    '1/TCP=namespace/a;2/TCP=namespace/a;3/TCP=any',
    [1, 2, 3, 3].map((port) => ({ port, source: podsOf('Prometheus') })),
    [
      'portlock.dev/allow-from is taken at its word that it lets in Prometheus (1/TCP), Prometheus (2/TCP)',
    ],
  ],
  ['same-namespace', [{ source: podsOf('Prometheus') }], []],
  [
    'same-namespace;21/TCP=any',
    [19, 20, 21, 30, 31].map((port) => ({ port })),
    [
      'probes of the kubelet (20/TCP, 30/TCP) pass where the network keeps to the API, by which no policy closes pods to their own node',
    ],
  ],
])('with allow-from %s of %j it is said: %j', (allowFrom, uses, said) => {
  expect(notes(allowFrom, uses)).toEqual(said);
});
