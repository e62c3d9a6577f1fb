import { describe, expect, test } from 'vitest';
import type { Workload } from '../../domain/workload/workload.ts';
import { port, template, workload } from '../../testing/builders.ts';
import { CommandError } from '../command-error.ts';
import type { Found } from '../manifests/cluster.ts';
import { namedObject } from './named-object.ts';
import { portOf, subjectOf } from './subject.ts';

const all = [
  workload(),
  workload({ namespace: 'bank' }),
  workload({ name: 'db', kind: 'StatefulSet' }),
  workload({ name: 'db', kind: 'Deployment' }),
].map((value) => ({ value }) as Found<Workload>);

/** `Kind namespace/name` of what is meant. */
function meant(text: string): string {
  const named = namedObject(text, undefined);
  if (named === undefined) throw new RangeError(`${text} names nothing`);
  const { value } = subjectOf(named, all);
  return `${value.kind} ${value.namespace}/${value.name}`;
}

describe('a workload is meant', () => {
  test.each([
    ['shop/web', 'Deployment shop/web'],
    ['bank/web', 'Deployment bank/web'],
    ['deployment/shop/web', 'Deployment shop/web'],
    ['StatefulSet/shop/db', 'StatefulSet shop/db'],
    ['STATEFULSET/shop/db', 'StatefulSet shop/db'],
    ['deployment/shop/db', 'Deployment shop/db'],
  ])('by %s: %s', (text, expected) => {
    expect(meant(text)).toBe(expected);
  });
});

describe('none is meant', () => {
  test.each([
    ['shop/gone', 'there is no workload shop/gone among what was read'],
    ['else/web', 'there is no workload else/web among what was read'],
    ['ds/shop/web', 'there is no DaemonSet shop/web among what was read'],
    [
      'pod/shop/web-1',
      'explain is about workloads, not pods: name the one that makes pod shop/web-1',
    ],
    [
      'shop/db',
      'both a StatefulSet and a Deployment are called shop/db: say statefulset/shop/db, for example',
    ],
  ])('by %s: %s', (text, message) => {
    const find = () => meant(text);
    expect(find).toThrow(CommandError);
    expect(find).toThrow(message);
  });
});

const web = workload({
  template: template({
    ports: [{ ...port(8080), name: 'http' }, { ...port(53, 'UDP'), name: 'dns' }, port(1)],
  }),
});

describe('a port is meant', () => {
  test.each([
    ['8080', '8080/TCP'],
    ['9090', '9090/TCP'],
    ['8080/UDP', '8080/UDP'],
    ['8080/udp', '8080/UDP'],
    ['9/SCTP', '9/SCTP'],
    ['1', '1/TCP'],
    ['65535', '65535/TCP'],
    ['http', '8080/TCP'],
    ['dns', '53/UDP'],
  ])('by %s: %s', (text, expected) => {
    const { port: number, protocol } = portOf(text, web);
    expect(`${number}/${protocol}`).toBe(expected);
  });
});

describe('none is meant', () => {
  const unnamed = (text: string) =>
    `no container declares a port named "${text}"; say a name, 8080 or 8080/UDP`;
  test.each([
    ['0', '0 is no port: 1 to 65535'],
    ['65536', '65536 is no port: 1 to 65535'],
    ['99999/UDP', '99999 is no port: 1 to 65535'],
    ['metrics', unnamed('metrics')],
    ['100000', unnamed('100000')],
    ['80/ICMP', unnamed('80/ICMP')],
    ['x80', unnamed('x80')],
    ['80x', unnamed('80x')],
    ['', unnamed('')],
  ])('by %j: %s', (text, message) => {
    const find = () => portOf(text, web);
    expect(find).toThrow(CommandError);
    expect(find).toThrow(message);
  });
});
