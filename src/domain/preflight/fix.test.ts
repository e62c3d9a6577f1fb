import { describe, expect, test } from 'vitest';
import type { PortReference } from '../workload/template-use.ts';
import { fixByAnnotation, fixOf, fixOfOutside } from './fix.ts';
import type { OutsideVerdict } from './outside.ts';

const NONE = { extraPorts: [], acceptedCuts: [] };
const LISTED = {
  extraPorts: [{ port: 1, protocol: 'UDP' as const }],
  acceptedCuts: [{ port: 9090, protocol: 'TCP' as const }],
};
const BY_ANNOTATION =
  'set portlock.dev/extra-ports=9090/TCP, or accept it with portlock.dev/accept-cuts=9090/TCP';

test.each<[string, Parameters<typeof fixOf>]>([
  [
    `declare containerPort 9090 in container app, or ${BY_ANNOTATION}`,
    [{ port: 9090, protocol: 'TCP' }, 'app', NONE],
  ],
  [
    `declare containerPort 9090 in the container that listens on it, or ${BY_ANNOTATION}`,
    [{ port: 9090, protocol: 'TCP' }, undefined, NONE],
  ],
  [
    'declare containerPort 53 with protocol UDP in container app, or set portlock.dev/extra-ports=53/UDP, or accept it with portlock.dev/accept-cuts=53/UDP',
    [{ port: 53, protocol: 'UDP' }, 'app', NONE],
  ],
  [
    'declare a containerPort named "ht\\"tp" in container app, or correct the name where it is used',
    [{ port: 'ht"tp', protocol: 'TCP' }, 'app', NONE],
  ],
])('%s', (line, found) => {
  expect(fixOf(...found)).toBe(line);
});

test('an annotation is given with what it lists already, and each port once', () => {
  expect(fixByAnnotation({ port: 9090, protocol: 'TCP' }, LISTED)).toBe(
    'set portlock.dev/extra-ports=1/UDP,9090/TCP, or accept it with portlock.dev/accept-cuts=9090/TCP',
  );
});

describe('of a port that only other namespaces refer to', () => {
  const fix = (verdict: OutsideVerdict, count = 1, port: PortReference = 9090) => {
    const namespaces = ['a', 'b', 'c', 'd', 'e'].slice(0, count);
    return fixOfOutside({ port, protocol: 'TCP', namespaces }, verdict, NONE);
  };

  test.each<[number, string]>([
    [1, 'only namespace a refers'],
    [2, 'only namespaces a, b refers'],
    [3, 'only namespaces a, b, c refers'],
    [5, 'only namespaces a, b, c and 2 more refers'],
  ])('%i of them are named', (count, words) => {
    expect(fix('holds', count)).toContain(words);
  });

  test('the owner may ask, or accept the cut, and never is told to open it', () => {
    expect(fix('holds')).toContain('or accept the cut with portlock.dev/accept-cuts=9090/TCP');
    for (const verdict of ['holds', 'refused', 'tooMany'] as const)
      expect(fix(verdict)).not.toContain('extra-ports');
  });

  test('it is said why nothing waits for it', () => {
    expect(fix('refused')).toContain('every ready pod refused a connection');
    expect(fix('tooMany')).toMatch(/as namespace a named more than \d+ undeclared ports/);
    expect(fix('holds', 1, 'http')).toBe(
      'only namespace a refers to it, by a name that no container has',
    );
  });
});
