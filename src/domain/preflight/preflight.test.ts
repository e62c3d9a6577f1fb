import { describe, expect, test } from 'vitest';
import {
  cluster,
  HTTP,
  preflightInput,
  service,
  servicePort,
  templateUse,
  usedPod,
} from '../../testing/preflight-builders.ts';
import type { PortUse } from './port-use.ts';
import { type PreflightInput, preflight } from './preflight.ts';
import { ANYBODY } from './source.ts';
import type { Service } from './usage.ts';

function found(services: Service[], fields: Partial<PreflightInput> = {}) {
  return preflight(preflightInput({ cluster: cluster({ services }), ...fields })).findings;
}

test('a finding says the port, who uses it, and the one line that mends it', () => {
  expect(found([service({ name: 'b' }), service({ name: 'a' })])).toEqual([
    {
      port: 9090,
      protocol: 'TCP',
      accepted: false,
      holds: true,
      users: ['Service shop/a port 80', 'Service shop/b port 80'],
      fix: 'declare containerPort 9090 in container app, or run kubectl annotate deployment web -n shop portlock.dev/extra-ports=9090/TCP --overwrite, or accept it with kubectl annotate deployment web -n shop portlock.dev/accept-cuts=9090/TCP --overwrite if nothing listens there',
      declareIn: 'app',
    },
  ]);
});

test('a container to declare the port in is named only where that mends it', () => {
  const service9090 = [service({ name: 'a' })];
  const declareIn = (input: Partial<PreflightInput>) =>
    found(service9090, input).map((each) => each.declareIn);
  expect(declareIn({})).toEqual(['app']);
  expect(declareIn({ closedPorts: [{ port: 9090, protocol: 'TCP' }] })).toEqual([undefined]);
  const others = [
    { port: 9090, protocol: 'UDP' as const },
    { port: 9091, protocol: 'TCP' as const },
  ];
  expect(declareIn({ closedPorts: others })).toEqual(['app']);
  expect(declareIn({ isolatedBy: () => ['deny-all'] })).toEqual([undefined]);
});

test('numbers come in order, by protocol where equal, then names', () => {
  const ports = [
    servicePort({ targetPort: 'b' }),
    servicePort({ targetPort: 10_000 }),
    servicePort({ targetPort: 9090, protocol: 'UDP' }),
    servicePort({ targetPort: 'a' }),
    servicePort({ targetPort: 9090 }),
  ];
  const order = found([service({ ports })]).map(({ port, protocol }) => `${port}/${protocol}`);
  expect(order).toEqual(['9090/TCP', '9090/UDP', '10000/TCP', 'a/TCP', 'b/TCP']);
});

describe('accept-cuts', () => {
  const ports = [servicePort({ port: 9090 }), servicePort({ port: 9090, protocol: 'UDP' })];
  test.each<[PreflightInput['acceptedCuts'], boolean[]]>([
    [[], [false, false]],
    [[{ port: 9090, protocol: 'TCP' }], [true, false]],
    [[{ port: 9090, protocol: 'UDP' }], [false, true]],
    [[{ port: 9091, protocol: 'TCP' }], [false, false]],
  ])('%j accepts exactly what it names', (acceptedCuts, accepted) => {
    const findings = found([service({ ports })], { acceptedCuts });
    expect(findings.map((finding) => finding.accepted)).toEqual(accepted);
    expect(findings.map(({ holds }) => holds)).toEqual(accepted.map((each) => !each));
  });
  test('it lists a port once', () => {
    const [finding] = found([service()], { acceptedCuts: [{ port: 9090, protocol: 'TCP' }] });
    expect(finding?.fix).toMatch(/accept-cuts=9090\/TCP --overwrite if nothing listens there$/);
  });
});

test('a name holds nothing, and a name that looks like a number is not that number', () => {
  const ports = [servicePort({ targetPort: '8080' }), servicePort({ targetPort: '9090' })];
  const [first, second] = found([service({ ports })], {
    acceptedCuts: [{ port: 9090, protocol: 'TCP' }],
  });
  expect(first).toMatchObject({ port: '8080', accepted: false, holds: false });
  expect(second).toMatchObject({ port: '9090', accepted: false, holds: false });
});

test.each<[string, string[], RegExp]>([
  ['the only container', ['app'], /in container app,/],
  ['one of several', ['app', 'helper'], /in the container that listens on it,/],
  ['none', [], /in the container that listens on it,/],
])('the line that mends names %s', (_name, containers, text) => {
  const template = usedPod({ use: templateUse({ containers }) });
  expect(found([service()], { template })[0]?.fix).toMatch(text);
});

test('a declared protocol that the API does not know is nobody’s port', () => {
  const declared = JSON.parse('[{"port":9090,"protocol":"tcp","containers":[]}]');
  expect(found([service()], { declared })).toHaveLength(1);
});

test('the work grows with the pods and the Services, not with their product', () => {
  let reads = 0;
  const counted = (labels: Record<string, string>) =>
    new Proxy(labels, {
      get(target, label) {
        reads += 1;
        return Reflect.get(target, label);
      },
    });
  const input = (size: number) => {
    const index = 'apps.kubernetes.io/pod-index';
    const pods = Array.from({ length: 4 * size }, (_, each) => ({
      ...usedPod({ ports: [{ ...HTTP }], labels: counted({ app: 'web', [index]: `${each}` }) }),
      ips: [`10.${each >> 16}.${(each >> 8) & 255}.${each & 255}`],
    }));
    // Half of them select all pods, half a single one, as those of a StatefulSet do.
    const services = Array.from({ length: size }, (_, each) =>
      service({
        name: `web-${each}`,
        selector: counted({ app: 'web', ...(each % 2 === 0 && { [index]: `${each}` }) }),
        ports: [servicePort({ targetPort: 'http' })],
      }),
    );
    return preflightInput({ pods, cluster: cluster({ services }) });
  };
  const cost = (size: number) => {
    const given = input(size);
    reads = 0;
    expect(preflight(given).findings).toEqual([]);
    return reads;
  };
  // Eight times as much of both would be 64 times the work.
  expect(cost(800) / cost(100)).toBeLessThan(9);
});

describe('the own port of a headless Service', () => {
  const headless = [
    service({ headless: true, ports: [servicePort({ port: 9093, targetPort: 8080 })] }),
  ];
  const ofPods = (fields: Partial<PreflightInput> = {}) =>
    preflight(preflightInput({ cluster: cluster({ services: headless }), ...fields }));

  test('is asked for, and a finding where the pods listen there', () => {
    expect(ofPods()).toMatchObject({ findings: [], referred: [9093] });
    expect(ofPods({ open: [9093] }).findings).toMatchObject([{ port: 9093, holds: true }]);
  });

  test('counts where it is declared', () => {
    const declared = [8080, 9093].map((each) => ({
      port: each,
      protocol: 'TCP' as const,
      containers: ['app'],
    }));
    expect(ofPods({ declared }).unused).toEqual([]);
  });
});

test('what replicas listen on is told as named where an object of whatever namespace names it over TCP', () => {
  const services = [
    service({ ports: [servicePort({ targetPort: 4369 })] }),
    service({ name: 'udp', ports: [servicePort({ targetPort: 7946, protocol: 'UDP' })] }),
  ];
  const elsewhere = { port: 25_672, protocol: 'TCP', user: 'A', source: ANYBODY, outside: 'b' };
  const findings = found(services, {
    arePeers: true,
    open: [4369, 7946, 25_672],
    otherUses: [elsewhere as PortUse],
  });
  const saysUnnamed = findings
    .filter(({ protocol }) => protocol === 'TCP')
    .map(({ port, users }) => [port, users.some((user) => user.includes('no object names it'))]);
  expect(saysUnnamed).toEqual([
    [4369, false],
    [7946, true],
    [25_672, false],
  ]);
});
