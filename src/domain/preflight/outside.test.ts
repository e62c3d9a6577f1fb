import { describe, expect, test } from 'vitest';
import { cluster, monitor, preflightInput, service } from '../../testing/preflight-builders.ts';
import { MAXIMUM_OUTSIDE_PORTS, type OutsidePort, outsideVerdicts, portsToAsk } from './outside.ts';
import { type PreflightInput, preflight } from './preflight.ts';
import type { Monitor, Route } from './usage.ts';

const ANY = { any: true, matchNames: [] };

/** A monitor of somebody else that looks into every namespace. */
function foreign(targetPort: number, fields: Partial<Monitor> = {}): Monitor {
  return monitor(
    { targetPort },
    { namespace: 'evil', name: 'nosy', selector: {}, namespaceSelector: ANY, ...fields },
  );
}

function found(serviceMonitors: Monitor[], fields: Partial<PreflightInput> = {}) {
  const services = [service({ ports: [] })];
  return preflight(preflightInput({ cluster: cluster({ services, serviceMonitors }), ...fields }));
}

const NOTHING_REFUSED = new Set<string>();
const named = (keys: readonly string[]) => ({
  before: new Map([['evil', new Set(keys)]]),
  refused: () => NOTHING_REFUSED,
});

test('a reference from another namespace is named, and nobody is advised to open the port', () => {
  const { findings, referred } = found([foreign(31_337)]);
  expect(findings).toEqual([
    {
      port: 31_337,
      protocol: 'TCP',
      users: ['ServiceMonitor evil/nosy'],
      outside: ['evil'],
      fix: 'only namespace evil refers to it: ask there whether it is meant, or accept the cut with kubectl annotate deployment web -n shop portlock.dev/accept-cuts=31337/TCP --overwrite',
      accepted: false,
      holds: true,
    },
  ]);
  expect(referred).toEqual([31_337]);
});

test('what the own namespace refers to as well is found as ever', () => {
  const [finding] = found([foreign(9102), foreign(9102, { namespace: 'shop' })]).findings;
  expect(finding).toMatchObject({
    holds: true,
    fix: expect.stringContaining('declare containerPort'),
  });
  expect(finding?.outside).toBeUndefined();
});

test('a pod monitor, and a route by way of a Service, of another namespace are told apart, too', () => {
  const podMonitors = [foreign(9102, { kind: 'PodMonitor' })];
  const route: Route = {
    kind: 'HTTPRoute',
    namespace: 'evil',
    name: 'nosy',
    backends: [{ group: '', kind: 'Service', namespace: 'shop', name: 'web', port: 80 }],
  };
  const inCluster = cluster({ services: [service()], podMonitors, routes: [route] });
  const { findings } = preflight(preflightInput({ cluster: inCluster }));
  expect(findings.map(({ port, outside }) => [port, outside])).toEqual([
    [9090, undefined],
    [9102, ['evil']],
  ]);
});

test('a name from another namespace holds nothing and is no reason to declare it', () => {
  const podMonitors = [monitor({ port: 'metrics' }, { namespace: 'evil', namespaceSelector: ANY })];
  const [finding] = preflight(preflightInput({ cluster: cluster({ podMonitors }) })).findings;
  expect(finding).toMatchObject({
    holds: false,
    fix: 'only namespace evil refers to it, by a name that no container has',
  });
});

describe('it holds only while the port may listen', () => {
  const refused = { before: new Map(), refused: () => new Set(['31337/TCP']) };

  test('where every ready pod refuses, it is told and holds nothing', () => {
    const { findings, referred } = found([foreign(31_337)], { outside: refused });
    expect(findings).toMatchObject([
      {
        holds: false,
        fix: 'nothing waits for it, as every ready pod refused a connection to it when it was asked',
      },
    ]);
    expect(referred, 'it is asked again').toEqual([31_337]);
  });

  test('so it is with a reference of the own namespace', () => {
    const own = foreign(31_337, { namespace: 'shop' });
    const { findings, referred } = found([own], { outside: refused });
    expect(findings).toMatchObject([{ holds: false, refused: true }]);
    expect(referred, 'it goes on being asked').toEqual([31_337]);
  });

  test('nobody is asked where nothing refers to an undeclared port', () => {
    const refusedOf = () => expect.unreachable('there was nothing to ask');
    const outside = { before: new Map(), refused: refusedOf };
    expect(found([foreign(8080)], { outside }).findings).toEqual([]);
  });
});

describe('a namespace that refers to one port after the other', () => {
  const ports = Array.from({ length: MAXIMUM_OUTSIDE_PORTS }, (_, index) => 20_000 + index);
  const keys = ports.map((each) => `${each}/TCP`);

  test('is believed up to a limit', () => {
    const { findings } = found([foreign(20_000)], { outside: named(keys) });
    expect(findings).toMatchObject([{ holds: true }]);
  });

  test('is not believed beyond it, whatever it asks for now', () => {
    const { findings, referred } = found([foreign(31_337)], { outside: named(keys) });
    expect(findings).toMatchObject([
      {
        holds: false,
        fix: 'nothing waits for it, as namespace evil named more than 32 undeclared ports of these pods',
      },
    ]);
    expect(referred, 'another replica may wait for it').toEqual([31_337]);
  });

  test('is not believed where it does so all at once', () => {
    const many = [...ports, 31_337].map((each) => foreign(each, { name: `nosy-${each}` }));
    const { findings, referred } = found(many);
    expect(findings.some(({ holds }) => holds)).toBe(false);
    expect(referred).toEqual([]);
  });

  test('takes nothing from what another namespace says', () => {
    const monitors = [foreign(31_337), foreign(31_337, { namespace: 'monitoring' })];
    const { findings } = found(monitors, { outside: named(keys) });
    expect(findings).toMatchObject([{ holds: true, outside: ['evil', 'monitoring'] }]);
  });

  test('is remembered no further than it takes', () => {
    const many = [...keys, '1/TCP'];
    const { references } = found([foreign(31_337)], { outside: named(many) });
    expect(references.get('evil')?.size).toBe(MAXIMUM_OUTSIDE_PORTS + 1);
  });
});

const tcp = (port: OutsidePort['port'], ...namespaces: string[]): OutsidePort => ({
  port,
  protocol: 'TCP',
  namespaces,
});
const TOO_MANY = Array.from({ length: MAXIMUM_OUTSIDE_PORTS + 1 }, (_, index) =>
  tcp(1000 + index, 'evil'),
);

test.each<[string, OutsidePort[], number[]]>([
  ['nothing where nothing is named', [], []],
  ['numbers, in their order', [tcp(9102, 'a'), tcp(80, 'b')], [80, 9102]],
  ['no names', [tcp('metrics', 'a')], []],
  ['TCP only', [{ ...tcp(53, 'a'), protocol: 'UDP' }], []],
  [
    'as many as a namespace is believed',
    TOO_MANY.slice(1),
    TOO_MANY.slice(1).map(({ port }) => Number(port)),
  ],
  ['nothing of one that names more', [...TOO_MANY, tcp(80, 'a')], [80]],
  ['what another names, too', [...TOO_MANY.slice(1), tcp(1000, 'evil', 'a')], [1000]],
  [
    '256 at most',
    Array.from({ length: 300 }, (_, index) => tcp(index + 1, `ns-${index}`)),
    Array.from({ length: 256 }, (_, index) => index + 1),
  ],
])('the pods are asked for %s', (_what, ports, expected) => {
  expect(portsToAsk([], ports)).toEqual(expected);
});

test('who refuses is asked for only where a port is named', () => {
  const refused = () => {
    throw new Error('nobody needs it');
  };
  expect(outsideVerdicts([], { refused, before: new Map() })(tcp(80, 'a'))).toBe('holds');
});
