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
    ['an annotation', { use: templateUse({ scrape: { scrape: 'true', port: undefined } }) }],
    [
      'a probe',
      {
        use: templateUse({
          handlers: [{ container: 'app', handler: 'livenessProbe', port: 9090, host: '' }],
        }),
      },
    ],
  ])('pods that differ in %s are two', (_what, fields) => {
    expect(podShapes([usedPod(), usedPod(fields)], keys)).toHaveLength(2);
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
  const shapes = [
    shape({ ports: [HTTP, { ...port(53, 'UDP'), name: 'dns' }] }),
    shape({ ports: [{ ...port(9090), name: 'http' }, port(7000)] }),
  ];
  test.each([
    ['http', 'TCP', [8080, 9090]],
    ['http', 'UDP', []],
    ['dns', 'UDP', [53]],
    ['absent', 'TCP', []],
    ['__proto__', 'TCP', []],
  ] as const)('%s over %s is %j', (name, protocol, numbers) => {
    expect(new PortNames().numbers(shapes, name, protocol)).toEqual(numbers);
  });
  test('any protocol', () => {
    expect(new PortNames().numbersOfAnyProtocol(shapes, 'dns')).toEqual([53]);
  });
});
