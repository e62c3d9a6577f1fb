import { describe, expect, test } from 'vitest';
import { parseAllowFrom } from '../workload/allow-from.ts';
import { type LetIn, letIn } from './let-in.ts';
import { ANYBODY, API_SERVER, KUBELET, PEERS, podsOf, type Source } from './source.ts';

const PORT = { port: 8080, protocol: 'TCP' } as const;
const OUTSIDE: Source = { kind: 'outside', by: 'LoadBalancer' };
const CONTROLLER = podsOf('the ingress controller');
const PROMETHEUS: Source = { kind: 'pods', whose: 'Prometheus', namespace: 'monitoring' };

describe('allow-from lets in', () => {
  test.each<[string, Source, LetIn]>([
    // Who is not told is whom the owner means, and the kubelet passes every policy.
    ['same-namespace', ANYBODY, 'yes'],
    ['same-namespace', KUBELET, 'yes'],
    ['same-namespace', PEERS, 'yes'],
    ['namespace/shop', PEERS, 'yes'],
    ['namespace/edge;9090/TCP=same-namespace', PEERS, 'no'],
    ['same-namespace', API_SERVER, 'no'],
    ['namespace/edge', OUTSIDE, 'no'],
    ['any', API_SERVER, 'yes'],
    ['same-namespace;8080/TCP=any', OUTSIDE, 'yes'],
    ['any;8080/TCP=same-namespace', OUTSIDE, 'no'],
    ['same-namespace;8080/UDP=any', OUTSIDE, 'no'],
    ['same-namespace', PROMETHEUS, 'no'],
    ['same-namespace,namespace/monitoring', PROMETHEUS, 'yes'],
    ['8080/TCP=namespace/observability', PROMETHEUS, 'presumed'],
    ['namespace/observability', PROMETHEUS, 'no'],
    ['any', CONTROLLER, 'yes'],
    ['same-namespace', CONTROLLER, 'no'],
    // What is said of all ports may be about others than this program.
    ['same-namespace,namespace/monitoring', CONTROLLER, 'no'],
    ['same-namespace;8080/TCP=namespace/edge', CONTROLLER, 'presumed'],
    ['8080/TCP=same-namespace', CONTROLLER, 'no'],
    ['8080/TCP=namespace/shop', CONTROLLER, 'no'],
    ['same-namespace', { kind: 'pods', whose: 'the ingress controller', namespace: 'shop' }, 'yes'],
  ])('by %s %j: %s', (text, source, expected) => {
    expect(letIn(parseAllowFrom(text), PORT, source, 'shop')).toBe(expected);
  });
});
