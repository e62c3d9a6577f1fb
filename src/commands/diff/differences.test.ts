import { describe, expect, test } from 'vitest';
import { policy } from '../../testing/builders.ts';
import { deployment } from '../../testing/deployments.ts';
import { adminPolicy, CILIUM_POLICY } from '../../testing/other-policies.ts';
import { readAll, serviceTo } from '../../testing/read-texts.ts';
import { renderAll } from '../render/rendering.ts';
import { type Difference, differenceOf } from './differences.ts';

/** What becomes of the first workload by name. */
function difference(...objects: readonly object[]): Difference {
  const { cluster, snapshots } = readAll(...objects);
  const [rendered] = renderAll(cluster, snapshots, 'optedIn').workloads;
  if (!rendered) throw new Error('there is no workload');
  return differenceOf(rendered, snapshots);
}

/** `80/TCP before -> after` of each part that changes, sources by how many they are. */
function changes(...objects: readonly object[]): string[] | undefined {
  const whom = (reach: 'everybody' | readonly unknown[]) =>
    reach === 'everybody' ? reach : `${reach.length} peers`;
  return difference(...objects).changes?.map(
    ({ first, last, protocol, before, after }) =>
      `${first}-${last}/${protocol} ${whom(before)} -> ${whom(after)}`,
  );
}

const SELECTS = { podSelector: { matchLabels: { app: 'web' } } };
const letting = (name: string, ...ports: number[]) =>
  policy(name, {
    ...SELECTS,
    ingress: [{ ports: ports.map((port) => ({ port, protocol: 'TCP' })) }],
  });
/** As it is rendered for the workload, which declares 8080. */
const OWN = letting('web-portlock', 8080);
const OLD = letting('web-portlock', 9090);
const OFF = deployment({ mode: undefined });
const HELD = deployment({ mode: 'on' });
const FROM_ANY = { annotations: { 'portlock.dev/allow-from': 'any' } };

describe('the policy of a workload', () => {
  test.each<[string, readonly object[], Partial<Difference>]>([
    [
      'is new where there is none',
      [deployment()],
      { policy: 'new', why: undefined, before: undefined },
    ],
    ['changes where it says something else', [deployment(), OLD], { policy: 'changed' }],
    ['is the same where it says the same', [deployment(), OWN], { policy: 'same', changes: [] }],
    [
      'is the same in other words',
      [deployment(), { ...OWN, metadata: { ...OWN.metadata, labels: { a: 'b' } } }],
      { policy: 'same', changes: [] },
    ],
    [
      'goes where its workload opts in no more',
      [OFF, OWN],
      { policy: 'removed', why: 'NotOptedIn', after: undefined },
    ],
    [
      'stays as it is where something stands against it',
      [HELD, OLD],
      { policy: 'same', why: 'InvalidMode', changes: [] },
    ],
    [
      'is none as before, where nothing is asked for',
      [OFF],
      { policy: 'same', after: undefined, changes: [] },
    ],
    [
      'is none as before, where something stands against it',
      [HELD],
      { policy: 'same', after: undefined, changes: [] },
    ],
  ])('%s', (_what, objects, expected) => {
    expect(difference(...objects)).toMatchObject(expected);
  });

  test('is told with where it stands', () => {
    expect(difference(deployment(), OLD).before?.manifest.line).toBe(3);
  });

  test('is where its workload is, although its manifest says no namespace', () => {
    const web = deployment();
    const anywhere = { ...web, metadata: { ...web.metadata, namespace: undefined } };
    expect(difference(anywhere).after?.metadata).toEqual({
      name: 'web-portlock',
      namespace: 'shop',
    });
  });
});

describe('who may connect', () => {
  const CLOSED = ['1-8079/TCP everybody -> 0 peers', '8081-65535/TCP everybody -> 0 peers'];
  const OTHER_PROTOCOLS = ['1-65535/UDP everybody -> 0 peers', '1-65535/SCTP everybody -> 0 peers'];
  test.each<[string, readonly object[], string[]]>([
    [
      'is nobody on other ports than declared ones, by a first policy',
      [deployment()],
      [...CLOSED, ...OTHER_PROTOCOLS],
    ],
    [
      'is everybody again without the policy',
      [OFF, OWN],
      [
        '1-8079/TCP 0 peers -> everybody',
        '8081-65535/TCP 0 peers -> everybody',
        '1-65535/UDP 0 peers -> everybody',
        '1-65535/SCTP 0 peers -> everybody',
      ],
    ],
    [
      'changes on the ports that change',
      [deployment(), OLD],
      ['8080-8080/TCP 0 peers -> everybody', '9090-9090/TCP everybody -> 0 peers'],
    ],
    ['stays whoever others let in', [deployment(FROM_ANY), OLD, letting('other', 9090, 8080)], []],
    [
      'stays where others isolate the pods without the policy',
      [OFF, OWN, policy('deny')],
      ['8080-8080/TCP everybody -> 0 peers'],
    ],
    [
      'is not what policies of other pods say',
      [deployment(), policy('b', { podSelector: { matchLabels: { app: 'b' } } })],
      [...CLOSED, ...OTHER_PROTOCOLS],
    ],
  ])('%s', (_who, objects, expected) => {
    expect(changes(...objects)).toEqual(expected);
  });

  test.each<[string, object]>([
    ['a policy of another kind', CILIUM_POLICY],
    ['a policy of a tier', adminPolicy('Deny')],
  ])('cannot be told where %s has a say and something changes', (_which, other) => {
    expect(changes(deployment(FROM_ANY), OLD, other)).toBeUndefined();
    expect(changes(deployment(FROM_ANY), OWN, other)).toEqual([]);
  });

  test('is told where such a policy is about other pods', () => {
    const elsewhere = { ...CILIUM_POLICY, metadata: { name: 'cnp', namespace: 'bank' } };
    expect(changes(deployment(), OLD, elsewhere)).toHaveLength(2);
  });
});

test('a workload that something stands against keeps what is there, whatever it says', () => {
  const { after, before } = difference(deployment(), serviceTo(9091), OLD);
  expect(after).toBe(before?.value);
});
