import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { policy } from '../../testing/builders.ts';
import { deployment, onHostNetwork } from '../../testing/deployments.ts';
import { OPERATOR_SETTINGS } from '../../testing/operator-settings.ts';
import { adminPolicy, CILIUM_POLICY } from '../../testing/other-policies.ts';
import { readAll } from '../../testing/read-texts.ts';
import { Snapshots } from '../manifests/snapshots.ts';
import { explain } from './explanation.ts';
import { type Source, sourceOf } from './source.ts';
import type { AskedPort } from './subject.ts';

const HTTP: AskedPort = { port: 8080, protocol: 'TCP' };
const ASKER = deployment({ name: 'asker' });
const web = (fields: object = {}) => deployment({ mode: undefined, ...fields });

function explained(
  objects: readonly object[],
  { from, asked = HTTP }: { from?: string; asked?: AskedPort } = {},
) {
  const { found, cluster, snapshots } = readAll(...objects);
  return explain(found, asked, sourceOf(from, 'shop', cluster, snapshots), snapshots);
}

/** `Verdict: why`. */
function told(...args: Parameters<typeof explained>): string {
  const { verdict, why } = explained(...args);
  return `${verdict}: ${why}`;
}

const letting = (name: string, ...ingress: NonNullable<NetworkPolicy['spec']['ingress']>) =>
  policy(name, { ingress });
const DENY = policy('deny');
const HTTP_TO_ALL = letting('http', { ports: [{ port: 8080 }] });
const FROM_ASKER = letting('asker', {
  from: [{ podSelector: { matchLabels: { app: 'asker' } } }],
  ports: [{ port: 8080 }],
});
const BLOCK = letting('block', { from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] });
const EGRESS = policy('egress', { policyTypes: ['Egress'] });
const OTHERS = policy('others', { podSelector: { matchLabels: { app: 'other' } } });

describe('to anybody a port is', () => {
  test.each<[string, readonly object[], string]>([
    ['open where nothing isolates the pods', [web()], 'Open: no policy isolates the pods'],
    ['open where policies are about egress', [web(), EGRESS], 'Open: no policy isolates the pods'],
    ['open where policies are about others', [web(), OTHERS], 'Open: no policy isolates the pods'],
    [
      'open where a rule lets everybody in',
      [web(), DENY, HTTP_TO_ALL],
      'Open: http lets everybody in',
    ],
    [
      'open by each that lets everybody in',
      [web(), HTTP_TO_ALL, letting('all', {}), FROM_ASKER],
      'Open: all, http lets everybody in',
    ],
    [
      'open to some where a rule names them',
      [web(), DENY, FROM_ASKER],
      'OpenToSome: asker lets some in',
    ],
    [
      'closed where no rule is about it',
      [web(), DENY],
      'Closed: no rule of deny is about the port',
    ],
    [
      'closed by each that isolates the pods',
      [web(), DENY, letting('other', { ports: [{ port: 1 }] }), EGRESS],
      'Closed: no rule of deny, other is about the port',
    ],
    [
      'not known where a policy is not worked out',
      [web(), HTTP_TO_ALL, CILIUM_POLICY],
      'Unknown: portlock does not work out what CiliumNetworkPolicy.cilium.io/cnp does',
    ],
    [
      'not known where a tier has a say',
      [web(), HTTP_TO_ALL, adminPolicy('Allow')],
      'Unknown: policies of other tiers have a say, by who connects: name a source by --from',
    ],
  ])('%s', (_what, objects, expected) => {
    expect(told(objects)).toBe(expected);
  });
});

describe('to one who connects a port is', () => {
  const from = 'shop/asker';
  test.each<[string, readonly object[], string, string]>([
    [
      'open where nothing isolates the pods',
      [web(), ASKER],
      from,
      'Open: no policy isolates the pods',
    ],
    [
      'open where a rule names it',
      [web(), ASKER, DENY, FROM_ASKER],
      from,
      'Open: asker lets it in',
    ],
    [
      'closed where no rule names it',
      [web(), DENY, FROM_ASKER],
      'ns/bank',
      'Closed: no rule of asker, deny lets it in',
    ],
    ['open to an address of a block', [web(), BLOCK], '10.1.2.3', 'Open: block lets it in'],
    [
      'closed to another address',
      [web(), BLOCK],
      '192.168.0.1',
      'Closed: no rule of block lets it in',
    ],
    [
      'not known where an address decides and is not known',
      [web(), ASKER, BLOCK],
      from,
      'Unknown: block: an ipBlock decides, and the address of the source is not known',
    ],
    [
      'closed by a tier',
      [web(), ASKER, HTTP_TO_ALL, adminPolicy('Deny')],
      from,
      'Closed: AdminNetworkPolicy/anp denies it',
    ],
    [
      'open by a tier',
      [web(), ASKER, DENY, adminPolicy('Allow')],
      from,
      'Open: AdminNetworkPolicy/anp lets it in',
    ],
    [
      'not known where a policy is not worked out',
      [web(), ASKER, CILIUM_POLICY],
      from,
      'Unknown: portlock does not work out what CiliumNetworkPolicy.cilium.io/cnp does',
    ],
  ])('%s', (_what, objects, who, expected) => {
    expect(told(objects, { from: who })).toBe(expected);
  });
});

describe('what no policy applies to is open, and no policy is shown', () => {
  test.each<[string, readonly object[], string | undefined, string]>([
    [
      'pods on the network of their node',
      [onHostNetwork(web()), DENY, CILIUM_POLICY],
      undefined,
      'Open: the pods use the network of their node, to which no NetworkPolicy applies',
    ],
    [
      'connections from the node',
      [web(), DENY, CILIUM_POLICY],
      'node',
      'Open: no NetworkPolicy keeps a node from the pods that run on it',
    ],
  ])('%s', (_which, objects, from, expected) => {
    const given = from === undefined ? {} : { from };
    expect(told(objects, given)).toBe(expected);
    expect(explained(objects, given)).toMatchObject({ policies: [], others: [] });
  });
});

describe('what could not be read', () => {
  const gap = (concern: 'policies' | 'namespaces') => {
    const { found, cluster } = readAll(web(), HTTP_TO_ALL);
    const gaps = [{ resource: 'networkpolicies.networking.k8s.io', namespace: undefined, concern }];
    const snapshots = new Snapshots({ ...cluster, gaps }, OPERATOR_SETTINGS);
    const anybody: Source = { kind: 'anybody' };
    return explain(found, HTTP, anybody, snapshots);
  };
  test('of policies leaves it unknown', () => {
    expect(gap('policies')).toMatchObject({
      verdict: 'Unknown',
      why: 'you may not list networkpolicies.networking.k8s.io',
    });
  });
  test('of something else does not', () => {
    expect(gap('namespaces').verdict).toBe('Open');
  });
});

describe('the policies that select the pods are shown', () => {
  test('by name, with where each stands and what its rules say', () => {
    const { policies, others } = explained([
      web(),
      HTTP_TO_ALL,
      DENY,
      EGRESS,
      OTHERS,
      CILIUM_POLICY,
      adminPolicy('Allow'),
    ]);
    expect(policies.map(({ name, place }) => `${name} ${place?.file}:${place?.line}`)).toEqual([
      'deny a.yaml:5',
      'egress a.yaml:7',
      'http a.yaml:3',
    ]);
    expect(policies.map(({ isolates }) => isolates.match)).toEqual(['Yes', 'No', 'Yes']);
    expect(policies.flatMap(({ rules }) => rules.map(({ letsIn }) => letsIn))).toEqual(['Yes']);
    expect(others).toEqual(['AdminNetworkPolicy/anp', 'CiliumNetworkPolicy.cilium.io/cnp']);
  });

  test.each<[string, string | undefined, string]>([
    ['one whom it names', 'shop/asker', 'Yes'],
    ['one whom it does not', 'ns/bank', 'No'],
    ['anybody', undefined, 'Unknown'],
  ])('with whether a rule lets in %s', (_who, from, letsIn) => {
    const given = from === undefined ? {} : { from };
    const { policies } = explained([web(), ASKER, FROM_ASKER], given);
    expect(policies[0]?.rules.map((rule) => rule.letsIn)).toEqual([letsIn]);
  });

  test('that of the workload itself among them', () => {
    const own = policy('web-portlock', HTTP_TO_ALL.spec);
    expect(told([web(), own])).toBe('Open: web-portlock lets everybody in');
  });
});

describe('whether the owner means the port to be there', () => {
  const annotated = (key: string, value: string) =>
    web({ annotations: { [`portlock.dev/${key}`]: value } });
  test.each<[string, object, AskedPort, boolean, boolean]>([
    ['a container declares it', web(), HTTP, true, false],
    ['over this protocol alone', web(), { port: 8080, protocol: 'UDP' }, false, false],
    ['nothing does', web(), { port: 9090, protocol: 'TCP' }, false, false],
    [
      'an annotation lists it',
      annotated('extra-ports', '9090/TCP'),
      { port: 9090, protocol: 'TCP' },
      true,
      false,
    ],
    [
      'a range holds it',
      annotated('extra-ports', '9000-9100/TCP'),
      { port: 9090, protocol: 'TCP' },
      true,
      false,
    ],
    ['an annotation closes it', annotated('closed-ports', '8080/TCP'), HTTP, false, true],
    [
      'one closes what nobody declares',
      annotated('closed-ports', '9/TCP'),
      { port: 9, protocol: 'TCP' },
      false,
      false,
    ],
    ['one closes another port', annotated('closed-ports', '8080/UDP'), HTTP, true, false],
  ])('%s', (_how, object, asked, isDeclared, isClosed) => {
    expect(explained([object], { asked })).toMatchObject({ isDeclared, isClosed, ...asked });
  });
});
