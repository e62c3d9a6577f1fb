import { describe, expect, test } from 'vitest';
import { port } from '../../testing/builders.ts';
import { HTTP, reached, service, servicePort, shape } from '../../testing/preflight-builders.ts';
import type { ListingSlice } from './endpoint-slice.ts';
import { type ServiceUser, usesThrough } from './reached-service.ts';
import { serviceUses } from './service.ts';
import { ANYBODY, PEERS } from './source.ts';
import type { Service, ServicePort } from './usage.ts';

const DNS = { ...port(5353, 'UDP'), name: 'dns' };

describe('the target of a port', () => {
  test.each<[string, Partial<ServicePort>, (number | string)[]]>([
    ['a number', { targetPort: 9090 }, [9090]],
    ['absent: the value of port', { port: 80 }, [80]],
    ['a name', { targetPort: 'http' }, [8080]],
    ['a name of another protocol', { targetPort: 'dns' }, ['dns']],
    ['a name by protocol', { targetPort: 'dns', protocol: 'UDP' }, [5353]],
    ['a name that no container has', { targetPort: 'web' }, ['web']],
    ['a name like a part of an object', { targetPort: '__proto__' }, ['__proto__']],
  ])('%s', (_name, fields, targets) => {
    const services = [service({ ports: [servicePort(fields)] })];
    const uses = serviceUses(reached(services, [shape({ ports: [HTTP, DNS] })]), ANYBODY);
    expect(uses.map((use) => use.port)).toEqual(targets);
  });
  test('a name is resolved in each pod; those that lack it get no connections by it', () => {
    const shapes = [
      shape(),
      shape({ ports: [{ ...port(9090), name: 'http' }] }),
      shape({ ports: [] }),
    ];
    const services = [service({ ports: [servicePort({ targetPort: 'http' })] })];
    expect(serviceUses(reached(services, shapes), ANYBODY).map((use) => use.port)).toEqual([
      8080, 9090,
    ]);
  });
});

describe('the pods of a Service', () => {
  test.each<[string, Partial<Service>, boolean]>([
    ['its selector matches', {}, true],
    ['every label must match', { selector: { app: 'web', tier: 'front' } }, false],
    ['an empty selector selects nothing', { selector: {} }, false],
    ['an ExternalName leads nowhere', { externalName: 'web.example.test' }, false],
    ['headless or not', { headless: true }, true],
  ])('%s', (_name, fields, leads) => {
    expect(reached([service(fields)]).has('web')).toBe(leads);
  });
  test('a headless Service without ports uses every declared TCP port', () => {
    const services = [service({ headless: true, ports: [] })];
    expect(serviceUses(reached(services, [shape({ ports: [HTTP, DNS] })]), ANYBODY)).toEqual([
      { port: 8080, protocol: 'TCP', user: 'Service shop/web', source: ANYBODY },
    ]);
  });
  test('that is headless is how the pods find each other, where there are several', () => {
    const uses = serviceUses(reached([service({ headless: true }), service({ name: 'b' })]), PEERS);
    expect(uses.map((use) => [use.port, use.source, use.ifOpen])).toEqual([
      [9090, PEERS, undefined],
      // Its own port, at the pods' own addresses.
      [80, PEERS, true],
      [9090, ANYBODY, undefined],
    ]);
  });
  test('that is headless has a port of its own only where that differs, and over TCP', () => {
    const ports = [
      servicePort({ port: 9090 }),
      servicePort({ port: 53, targetPort: 5353, protocol: 'UDP' }),
    ];
    const uses = serviceUses(reached([service({ headless: true, ports })]), PEERS);
    expect(uses.map(({ port }) => port)).toEqual([9090, 5353]);
  });
  test('is reached from outside of the cluster where its type says so', () => {
    const services = [service({ exposure: 'NodePort' })];
    const source = { kind: 'outside', by: 'NodePort' };
    expect(serviceUses(reached(services), ANYBODY).map((use) => use.source)).toEqual([source]);
  });
  test('a Service without a selector leads where its slices do, port by port', () => {
    const slice: ListingSlice = {
      namespace: 'shop',
      name: 'web-1',
      service: 'web',
      ports: [
        { name: 'a', protocol: 'TCP', port: 9090 },
        { name: 'a', protocol: 'UDP', port: 9091 },
      ],
    };
    const services = [
      service({ selector: {}, ports: [servicePort({ name: 'a', targetPort: 1 })] }),
    ];
    expect(serviceUses(reached(services, [shape()], [slice]), ANYBODY)).toEqual([
      {
        port: 9090,
        protocol: 'TCP',
        user: 'Service shop/web port 80',
        source: ANYBODY,
        mayBeUnserved: true,
      },
    ]);
  });
});

describe('through a Service', () => {
  const services = reached([
    service({
      ports: [
        servicePort({ name: 'udp', port: 53, targetPort: 5354, protocol: 'UDP' }),
        servicePort({ name: 'tcp', port: 53, targetPort: 5353 }),
      ],
    }),
  ]);
  test.each<[string, Partial<ServiceUser>, number | undefined]>([
    ['by number', { port: 53 }, 5353],
    ['by number and protocol', { port: 53, protocol: 'UDP' }, 5354],
    ['by name', { port: 'tcp' }, 5353],
    ['by a number that it lacks', { port: 54 }, undefined],
    ['by a name that it lacks', { port: 'http' }, undefined],
    ['a Service that leads elsewhere', { service: 'api' }, undefined],
  ])('%s', (_name, fields, target) => {
    const user = {
      by: 'Ingress shop/x',
      source: ANYBODY,
      service: 'web',
      port: 53,
      protocol: 'TCP' as const,
    };
    const uses = usesThrough(services, { ...user, ...fields });
    expect(uses.map((use) => use.port)).toEqual(target === undefined ? [] : [target]);
    expect(uses.every((use) => use.user === 'Ingress shop/x through Service web')).toBe(true);
  });
});
