import { describe, expect, test } from 'vitest';
import { port } from '../../testing/builders.ts';
import {
  HTTP,
  monitor,
  reached,
  selectionOf,
  service,
  servicePort,
  shape,
} from '../../testing/preflight-builders.ts';
import type { PortReference } from '../workload/template-use.ts';
import { podMonitorUses, serviceMonitorUses } from './monitor.ts';
import { PortNames } from './pod-shape.ts';
import type { Monitor, MonitorEndpoint } from './usage.ts';

const PODS = [shape({ ports: [HTTP, { ...port(8125, 'UDP'), name: 'stats' }] })];
const SERVICES = reached(
  [
    service({
      ports: [
        servicePort({ name: 'metrics', targetPort: 9090 }),
        servicePort({ name: 'udp', protocol: 'UDP', targetPort: 9091 }),
      ],
    }),
  ],
  PODS,
);

function ports(uses: readonly { port: PortReference; protocol: string }[]) {
  expect(uses.every(({ protocol }) => protocol === 'TCP')).toBe(true);
  return uses.map((use) => use.port);
}

describe('a ServiceMonitor', () => {
  test.each<[string, Partial<MonitorEndpoint>, PortReference[]]>([
    ['names a port of the Service', { port: 'metrics' }, [9090]],
    ['names a port that it lacks', { port: 'web' }, []],
    ['prefers port', { port: 'metrics', targetPort: 1 }, [9090]],
    ['has a targetPort', { targetPort: 9999 }, [9999]],
    ['names a targetPort', { targetPort: 'http' }, [8080]],
    ['names a targetPort of another protocol', { targetPort: 'stats' }, [8125]],
    ['names a targetPort that no container has', { targetPort: 'web' }, ['web']],
    ['has neither', {}, [9090, 8080]],
    ['relabels the address', { port: 'metrics', addressPorts: [9102] }, [9090, 9102]],
    ['does not know portNumber', { portNumber: 1, port: 'metrics' }, [9090]],
  ])('%s', (_name, endpoint, expected) => {
    const uses = serviceMonitorUses([monitor(endpoint)], 'shop', SERVICES, new PortNames());
    expect(ports(uses)).toEqual(expected);
  });
});

describe('a PodMonitor', () => {
  test.each<[string, Partial<MonitorEndpoint>, PortReference[]]>([
    ['names a port', { port: 'http' }, [8080]],
    ['names a port that no container has', { port: 'web' }, ['web']],
    ['prefers port', { port: 'http', portNumber: 1, targetPort: 2 }, [8080]],
    ['then portNumber', { portNumber: 1, targetPort: 2 }, [1]],
    ['then targetPort', { targetPort: 2 }, [2]],
    ['has none', {}, [8080]],
    ['relabels the address', { port: 'http', addressPorts: [9102] }, [8080, 9102]],
  ])('%s', (_name, endpoint, expected) => {
    const uses = podMonitorUses([monitor(endpoint)], 'shop', selectionOf(PODS), new PortNames());
    expect(ports(uses)).toEqual(expected);
  });
});

describe('either looks into', () => {
  const chosen = (any: boolean, ...matchNames: string[]) => ({ any, matchNames });
  test.each<[string, Partial<Monitor>, boolean]>([
    ['its own namespace', {}, true],
    ['no other', { namespace: 'monitoring' }, false],
    ['all', { namespace: 'monitoring', namespaceSelector: chosen(true) }, true],
    ['the named', { namespace: 'monitoring', namespaceSelector: chosen(false, 'a', 'shop') }, true],
    ['the named only', { namespaceSelector: chosen(false, 'a') }, false],
    ['what it selects', { selector: { matchLabels: { app: 'api' } } }, false],
    ['everything by an empty selector', { selector: {} }, true],
  ])('%s', (_name, fields, looks) => {
    const monitors = [monitor({ targetPort: 9999 }, fields)];
    const names = new PortNames();
    const uses = [
      serviceMonitorUses(monitors, 'shop', SERVICES, names),
      podMonitorUses(monitors, 'shop', selectionOf(PODS), names),
    ];
    expect(uses.map(ports)).toEqual(looks ? [[9999], [9999]] : [[], []]);
  });
});

test('what scrapes is known by whose monitor it is', () => {
  const uses = (['ServiceMonitor', 'VMServiceScrape'] as const).flatMap((kind) =>
    serviceMonitorUses([monitor({ targetPort: 1 }, { kind })], 'shop', SERVICES, new PortNames()),
  );
  expect(uses).toMatchObject([
    { user: 'ServiceMonitor shop/web', source: { whose: 'Prometheus' } },
    { user: 'VMServiceScrape shop/web', source: { whose: 'vmagent' } },
  ]);
});

test('of another namespace no more is read than could be believed, of the own all', () => {
  const [endpoint] = monitor({}).endpoints;
  if (!endpoint) throw new Error('there is no endpoint');
  const endpoints = Array.from({ length: 20_000 }, (_, each) => ({
    ...endpoint,
    portNumber: each + 1,
    targetPort: each + 1,
  }));
  const namespaceSelector = { any: true, matchNames: [] };
  const lookingInto = (fields: Partial<Monitor>) => {
    const each = monitor({}, { selector: {}, namespaceSelector, endpoints, ...fields });
    // One that selects nothing here takes no room.
    const elsewhere = { ...each, selector: { matchLabels: { app: 'other' } } };
    return [elsewhere, each, each];
  };
  const evil = lookingInto({ namespace: 'evil' });
  const other = monitor(
    { portNumber: 1, targetPort: 1 },
    { namespace: 'other', namespaceSelector },
  );
  for (const uses of [
    serviceMonitorUses([...evil, other], 'shop', SERVICES, new PortNames()),
    podMonitorUses([...evil, other], 'shop', selectionOf(PODS), new PortNames()),
  ]) {
    expect(uses.filter(({ outside }) => outside === 'evil')).toHaveLength(512);
    expect(uses.filter(({ outside }) => outside === 'other')).toHaveLength(1);
  }
  const own = lookingInto({ namespace: 'shop' });
  const uses = serviceMonitorUses(own, 'shop', SERVICES, new PortNames());
  expect(uses).toHaveLength(40_000);
});
