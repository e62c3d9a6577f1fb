import { describe, expect, test } from 'vitest';
import { port } from '../../testing/builders.ts';
import {
  HTTP,
  monitor,
  service,
  shape,
  templateUse,
  usedPod,
} from '../../testing/preflight-builders.ts';
import { PortNames, podShapes, selectorKeys } from './pod-shape.ts';

describe('shapes', () => {
  const keys = new Set(['app']);
  test('pods that differ in labels which no selector speaks of are one', () => {
    const pods = ['1', '2'].map((index) => usedPod({ labels: { app: 'web', index } }));
    expect(podShapes(pods, keys)).toEqual([shape()]);
  });
  test.each([
    ['a label', { labels: { app: 'api' } }],
    ['the lack of a label', { labels: {} }],
    ['a port', { ports: [port(9090)] }],
    ['the name of a port', { ports: [{ ...HTTP, name: 'web' }] }],
    ['the container of a port', { ports: [{ ...HTTP, container: 'other' }] }],
    ['the protocol of a port', { ports: [{ ...HTTP, protocol: 'UDP' as const }] }],
    ['the port of the host', { ports: [{ ...HTTP, hostPort: 80 }] }],
    ['an annotation', { use: templateUse({ scrape: { scrape: 'true', port: undefined } }) }],
    ['another', { use: templateUse({ scrape: { scrape: undefined, port: '9102' } }) }],
    [
      'the annotation of a vendor',
      {
        use: templateUse({
          scrape: { scrape: undefined, port: undefined, collected: [{ key: 'a/port', port: 1 }] },
        }),
      },
    ],
    ['a port in an annotation', { use: templateUse({ annotatedPorts: [{ name: 'a', port: 1 }] }) }],
    [
      'a probe',
      {
        use: templateUse({
          handlers: [{ container: 'app', handler: 'livenessProbe', port: 9090, host: '' }],
        }),
      },
    ],
  ])('pods that share all but %s are two', (_what, fields) => {
    const first = usedPod();
    expect(podShapes([first, { ...first, ...fields }], keys)).toHaveLength(2);
  });
  test('pods that name a port by a label and by an annotation are two', () => {
    const named = { name: 'a', port: 1 };
    const uses = [named, { ...named, isLabel: true as const }].map((each) =>
      templateUse({ annotatedPorts: [each] }),
    );
    const pods = uses.map((use) => usedPod({ use }));
    expect(podShapes(pods, keys)).toHaveLength(2);
  });
  test('pods that have labels in another order are one', () => {
    const pods = [usedPod({ labels: { a: '1', b: '2' } }), usedPod({ labels: { b: '2', a: '1' } })];
    expect(podShapes(pods, new Set(['a', 'b']))).toHaveLength(1);
  });
  test('labels that only run together in one text are two', () => {
    const pods = [usedPod({ labels: { a: '1b=2' } }), usedPod({ labels: { a: '1', b: '2' } })];
    expect(podShapes(pods, new Set(['a', 'b']))).toHaveLength(2);
  });
  test('the first port number and the last are ports', () => {
    const ports = [port(1), port(65_535)];
    expect(podShapes([usedPod({ ports })], keys)).toEqual([shape({ ports })]);
  });
  test('labels named like parts of an object are labels', () => {
    const labels = JSON.parse('{"__proto__": "x", "constructor": "y"}');
    const [found] = podShapes(
      [usedPod({ labels })],
      new Set(['__proto__', 'constructor', 'toString']),
    );
    expect(Object.entries(found?.labels ?? {})).toEqual(Object.entries(labels));
  });
  test('what is no port number is no port', () => {
    const ports = JSON.parse(
      '[{"port":0},{"port":65536},{"port":"80"},{"name":"http"},{"port":1.5}]',
    );
    expect(podShapes([usedPod({ ports })], keys)).toEqual([shape({ ports: [] })]);
  });
  test('the keys are those of all selectors', () => {
    const selector = {
      matchLabels: { tier: 'x' },
      matchExpressions: [{ key: 'track', operator: 'Exists' }],
    };
    expect([...selectorKeys([service()], [monitor({}, { selector })])]).toEqual([
      'app',
      'tier',
      'track',
    ]);
  });
});

describe('names', () => {
  const sip = (['UDP', 'SCTP', 'TCP'] as const).map((protocol, index) => ({
    ...port(5060 + index, protocol),
    name: 'sip',
  }));
  const shapes = [
    shape({ ports: [HTTP, { ...port(53, 'UDP'), name: 'dns' }, ...sip] }),
    shape({ ports: [{ ...port(9090), name: 'http' }, port(7000)] }),
  ];
  test.each([
    ['http', 'TCP', [8080, 9090]],
    ['http', 'UDP', []],
    ['dns', 'UDP', [53]],
    ['absent', 'TCP', []],
    ['undefined', 'TCP', []],
    ['__proto__', 'TCP', []],
  ] as const)('%s over %s is %j', (name, protocol, numbers) => {
    expect(new PortNames().numbers(shapes, name, protocol)).toEqual(numbers);
  });
  test('any protocol', () => {
    const names = new PortNames();
    expect(names.numbersOfAnyProtocol(shapes, 'dns')).toEqual([53]);
    expect(names.numbersOfAnyProtocol(shapes, 'sip').toSorted()).toEqual([5060, 5061, 5062]);
    expect(names.numbersOfAnyProtocol([], 'sip')).toEqual([]);
  });
});
