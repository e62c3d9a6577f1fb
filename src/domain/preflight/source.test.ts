import { expect, test } from 'vitest';
import {
  ANYBODY,
  API_SERVER,
  AT_LOAD_BALANCER,
  KUBELET,
  PEERS,
  podsOf,
  type Source,
  sourceInWords,
} from './source.ts';

test.each<[Source, string]>([
  [ANYBODY, 'anybody'],
  [PEERS, 'the other pods of the workload'],
  [KUBELET, 'the kubelet'],
  [API_SERVER, 'the API server'],
  [AT_LOAD_BALANCER, 'clients outside of the cluster (LoadBalancer)'],
  [{ kind: 'outside', by: 'hostPort' }, 'clients outside of the cluster (hostPort)'],
  [podsOf('Prometheus'), 'Prometheus (wherever that runs)'],
  [
    { kind: 'pods', whose: 'Prometheus', namespace: 'monitoring' },
    'Prometheus (presumably in namespace monitoring)',
  ],
])('%j is called %s', (source, words) => {
  expect(sourceInWords(source)).toBe(words);
});
