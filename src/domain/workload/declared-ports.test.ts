import { describe, expect, test } from 'vitest';
import { pod, port, template, workload } from '../../testing/builders.ts';
import { byPortThenProtocol, declaredPorts, declaredTcpPorts, portKey } from './declared-ports.ts';
import type { ContainerPort, Pod } from './workload.ts';

function declared(
  ports: ContainerPort[],
  pods: Pod[] = [],
  { extra = [] as ContainerPort[], counted = [] as number[] } = {},
) {
  const found = declaredPorts(workload({ template: template({ ports }) }), pods, extra, (each) =>
    counted.includes(each.port),
  );
  return found.map((each) => `${portKey(each.port, each.protocol)} ${each.containers.join('+')}`);
}

test('a port counts once, with all containers that declare it', () => {
  const of = (container: string) => ({ ...port(8080), container });
  expect(declared([of('b')], [pod({ ports: [of('a'), of('b')] })])).toEqual(['8080/TCP a+b']);
});

test('an annotation adds ports that no container declares', () => {
  const extra = [{ ...port(9102), container: '' }];
  expect(declared([port(8080)], [], { extra })).toEqual(['8080/TCP app', '9102/TCP ']);
});

describe('a pod', () => {
  test.each<[string, Partial<Pod>, number[], string[]]>([
    ['that is live adds its ports', {}, [], ['80/TCP app', '90/TCP app']],
    ['that has ended adds none', { live: false }, [90], ['80/TCP app']],
    ['that is being deleted adds none', { terminating: true }, [], ['80/TCP app']],
    [
      'that is being deleted keeps those that counted',
      { terminating: true },
      [90],
      ['80/TCP app', '90/TCP app'],
    ],
  ])('%s', (_what, fields, counted, expected) => {
    expect(declared([port(80)], [pod({ ports: [port(90)], ...fields })], { counted })).toEqual(
      expected,
    );
  });

  test('that is being deleted still says who declares a port that counts', () => {
    const ports = [{ ...port(80), container: 'old' }];
    expect(declared([port(80)], [pod({ ports, terminating: true })])).toEqual(['80/TCP app+old']);
  });
});

test('ports come by number, then protocol, and what is no port number is none', () => {
  const ports = [
    port(9),
    port(8, 'UDP'),
    port(8),
    port(0),
    port(65_536),
    port(1.5),
    port(1),
    port(65_535),
  ];
  expect(declared(ports).map((each) => each.split(' ')[0])).toEqual([
    '1/TCP',
    '8/TCP',
    '8/UDP',
    '9/TCP',
    '65535/TCP',
  ]);
  expect(byPortThenProtocol(port(8), port(8))).toBe(0);
});

test('a connection can tell about TCP ports only', () => {
  const ports = [
    { port: 8, protocol: 'TCP' as const, containers: [] },
    { port: 9, protocol: 'UDP' as const, containers: [] },
  ];
  expect([...declaredTcpPorts(ports)]).toEqual([8]);
});
