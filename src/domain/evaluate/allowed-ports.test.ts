import { expect, test } from 'vitest';
import type { NetworkPolicySpec } from '../../api/kubernetes.ts';
import { policy } from '../../testing/builders.ts';
import { allowedPorts } from './allowed-ports.ts';

const target = {
  namespace: 'shop',
  namespaceLabels: {},
  labels: { app: 'web' },
  ports: [{ port: 8080, protocol: 'TCP' as const, name: 'http', container: 'app' }],
};

const shown = (...specs: Partial<NetworkPolicySpec>[]) =>
  allowedPorts(
    specs.map((spec, index) => policy(`p${index}`, spec)),
    target,
  )?.map(({ first, last, protocol, to }) => `${first}-${last}/${protocol} to ${to}`);

test.each<[string, Partial<NetworkPolicySpec>[], string[] | undefined]>([
  ['no policy', [], undefined],
  ['one that selects others', [{ podSelector: { matchLabels: { app: 'db' } } }], undefined],
  ['egress alone', [{ policyTypes: ['Egress'] }], undefined],
  ['a rule for nobody', [{}], []],
  [
    'a rule without ports',
    [{ ingress: [{}] }],
    ['1-65535/SCTP to everybody', '1-65535/TCP to everybody', '1-65535/UDP to everybody'],
  ],
  ['a named port', [{ ingress: [{ ports: [{ port: 'http' }] }] }], ['8080-8080/TCP to everybody']],
  ['a name that no container has', [{ ingress: [{ ports: [{ port: 'grpc' }] }] }], []],
  [
    'a range, for some',
    [{ ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 90, endPort: 99 }] }] }],
    ['90-99/TCP to some'],
  ],
  [
    'the same for some and for everybody',
    [
      { ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 80 }] }] },
      { ingress: [{ ports: [{ port: 80 }] }] },
      { ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 80 }] }] },
    ],
    ['80-80/TCP to everybody'],
  ],
])('%s', (_what, specs, expected) => {
  expect(shown(...specs)).toEqual(expected);
});
