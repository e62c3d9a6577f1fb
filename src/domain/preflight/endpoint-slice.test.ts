import { describe, expect, test } from 'vitest';
import { reached, service, servicePort, shape } from '../../testing/preflight-builders.ts';
import {
  canonicalAddress,
  endpointSliceUses,
  outsideSliceUses,
  slicesListing,
} from './endpoint-slice.ts';
import { ANYBODY } from './source.ts';
import type { EndpointSlice } from './usage.ts';

const SLICE: EndpointSlice = {
  namespace: 'shop',
  name: 'web-1',
  service: '',
  ports: [{ name: '', protocol: 'TCP', port: 9090 }],
  addresses: ['192.0.2.1', '10.0.0.1'],
  readyAddresses: [],
};

test.each<[string, Partial<EndpointSlice>, number[]]>([
  ['lists an address of a pod', {}, [9090]],
  ['lists others', { addresses: ['10.0.0.2'] }, []],
  ['is of another namespace', { namespace: 'other' }, []],
  ['names no port', { ports: [{ name: '', protocol: 'TCP', port: undefined }] }, []],
  ['lists an IPv6 address in full', { addresses: ['FD00:0:0:0::1'] }, [9090]],
])('a slice that %s', (_name, fields, ports) => {
  const ips = new Set(['10.0.0.1', 'fd00::1']);
  const slices = slicesListing([{ ...SLICE, ...fields }], 'shop', ips);
  expect(endpointSliceUses(slices, new Map()).map((use) => use.port)).toEqual(ports);
});

describe('a slice of another namespace', () => {
  const ips = new Set(['10.0.0.1', 'fd00::1']);
  const theirs = { ...SLICE, namespace: 'tenant', service: 'web' };
  const web = service({ namespace: 'tenant', ports: [servicePort({ port: 443 })] });
  const uses = (slices: EndpointSlice[]) =>
    outsideSliceUses(slices, [web], 'shop', { ips, pods: [shape()] });

  const clients = { kind: 'pods', whose: 'clients of the slice', namespace: 'tenant' };

  test('is reached from outside of the cluster where its Service is', () => {
    const exposed = { ...web, exposure: 'NodePort' as const };
    const [use] = outsideSliceUses([theirs], [exposed], 'shop', { ips, pods: [] });
    expect(use?.source).toEqual({ kind: 'outside', by: 'NodePort' });
  });

  test('without ports may mean each that the pods declare', () => {
    const user = `EndpointSlice tenant/${theirs.name} without ports`;
    const use = { port: 8080, protocol: 'TCP', user, source: clients, outside: 'tenant' };
    expect(uses([{ ...theirs, ports: [] }])).toEqual([use]);
    const unnumbered = { name: '', protocol: 'TCP' as const, port: undefined };
    expect(uses([{ ...theirs, ports: [unnumbered] }])).toEqual([use]);
  });

  test('uses its ports, by its Service where that names them', () => {
    const named = { name: 'other', protocol: 'UDP', port: 53 } as const;
    expect(uses([{ ...theirs, ports: [...SLICE.ports, named] }])).toEqual([
      {
        port: 9090,
        protocol: 'TCP',
        user: 'EndpointSlice tenant/web-1 (Service tenant/web port 443)',
        source: clients,
        outside: 'tenant',
      },
      {
        port: 53,
        protocol: 'UDP',
        user: 'EndpointSlice tenant/web-1',
        source: clients,
        outside: 'tenant',
      },
    ]);
  });

  test('is none where it lists others, or is of this one', () => {
    expect(uses([SLICE, { ...theirs, addresses: ['10.0.0.2'] }])).toEqual([]);
  });

  test('is read as far as it can be believed', () => {
    const many = Array.from({ length: 2_000 }, (_, index) => ({ ...theirs, name: `x-${index}` }));
    expect(uses([...many, { ...theirs, namespace: 'other' }])).toHaveLength(1_025);
  });
});

describe('a slice of a Service', () => {
  const slices = slicesListing([{ ...SLICE, service: 'web' }], 'shop', new Set(['10.0.0.1']));
  test('is the Service, where that names the port', () => {
    const services = reached([service({ selector: {}, ports: [servicePort()] })], [], slices);
    expect(endpointSliceUses(slices, services)).toEqual([]);
  });
  test('is itself, where it does not', () => {
    const ports = [servicePort({ protocol: 'UDP' })];
    const services = reached([service({ selector: {}, ports })], [], slices);
    expect(endpointSliceUses(slices, services)).toEqual([
      { port: 9090, protocol: 'TCP', user: 'EndpointSlice shop/web-1', source: ANYBODY },
    ]);
  });
});

test.each([
  ['10.0.0.1', '10.0.0.1'],
  ['::FFFF', '::ffff'],
  [':::', ':::'],
  ['', ''],
])('the canonical form of %j is %j', (address, canonical) => {
  expect(canonicalAddress(address)).toBe(canonical);
});
