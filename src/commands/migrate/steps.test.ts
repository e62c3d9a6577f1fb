import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { policy, workload } from '../../testing/builders.ts';
import type { Comparison, Migration } from './migration.ts';
import { stepsOf } from './steps.ts';

const OLD = policy('old', { podSelector: { matchLabels: { app: 'web' } } });

function migration(
  name: string,
  annotated: Comparison | 'unknown',
  policies: readonly NetworkPolicy[] = [OLD],
): Migration {
  const annotations = { 'portlock.dev/allow-from': 'any', 'portlock.dev/extra-ports': '9/TCP' };
  return {
    found: { value: workload({ name }) } as Migration['found'],
    policies,
    outcome:
      annotated === 'unknown'
        ? undefined
        : { asIs: 'narrower', annotations, annotated, changes: [] },
  };
}

const ANNOTATE = (name: string) =>
  `Deployment shop/${name}: annotate portlock.dev/allow-from: "any", portlock.dev/extra-ports: "9/TCP"; label portlock.dev/mode: enforce`;
const WAIT = (name: string) =>
  `wait until NetworkPolicy shop/${name}-portlock is there, or commit what portlock render makes`;
const KEEP = 'keep NetworkPolicy shop/old: for Deployment';

describe('the steps', () => {
  test.each<[string, Migration[], string[]]>([
    ['are none where nothing is to be taken over', [], []],
    [
      'make portlock’s policy before the old one goes',
      [migration('web', 'same')],
      [ANNOTATE('web'), WAIT('web'), 'delete NetworkPolicy shop/old'],
    ],
    [
      'make all that one policy stands for before it goes once',
      [migration('web', 'same'), migration('api', 'same')],
      [ANNOTATE('web'), ANNOTATE('api'), WAIT('web'), WAIT('api'), 'delete NetworkPolicy shop/old'],
    ],
    [
      'leave everything as it is where it would not be the same',
      [migration('web', 'wider')],
      [`${KEEP} web no annotation says the same`],
    ],
    [
      'leave it where nobody can tell',
      [migration('web', 'unknown')],
      [`${KEEP} web no annotation says the same`],
    ],
    [
      'keep a policy that one of its workloads still needs',
      [migration('web', 'same'), migration('api', 'narrower'), migration('db', 'different')],
      [ANNOTATE('web'), WAIT('web'), `${KEEP} api no annotation says the same`],
    ],
    [
      'tell of each policy, in their order',
      [migration('web', 'same', [OLD, policy('second', OLD.spec)])],
      [
        ANNOTATE('web'),
        WAIT('web'),
        'delete NetworkPolicy shop/old',
        'delete NetworkPolicy shop/second',
      ],
    ],
  ])('%s', (_what, migrations, expected) => {
    expect(stepsOf(migrations, new Map())).toEqual(expected);
  });
});

describe('an old policy', () => {
  const last = (spec: Partial<NetworkPolicy['spec']>) =>
    stepsOf([migration('web', 'same', [policy('old', { ...OLD.spec, ...spec })])], new Map()).at(
      -1,
    );
  const EGRESS =
    'NetworkPolicy shop/old: take Ingress out of policyTypes, and keep what it says of egress';
  test.each<[string, Partial<NetworkPolicy['spec']>, string]>([
    [
      'that isolates every pod stays',
      { podSelector: {} },
      'keep NetworkPolicy shop/old: it isolates every pod of the namespace, those to come too',
    ],
    [
      'that asks for no label, in empty lists, stays',
      { podSelector: { matchLabels: {}, matchExpressions: [] } },
      'keep NetworkPolicy shop/old: it isolates every pod of the namespace, those to come too',
    ],
    ['that says something of egress keeps that', { egress: [] }, EGRESS],
    ['that is about egress, too, keeps that', { policyTypes: ['Ingress', 'Egress'] }, EGRESS],
    [
      'of every pod stays with what it says of egress',
      { podSelector: {}, egress: [] },
      'keep NetworkPolicy shop/old: it isolates every pod of the namespace, those to come too',
    ],
    [
      'by expressions goes',
      { podSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } },
      'delete NetworkPolicy shop/old',
    ],
  ])('%s', (_which, spec, expected) => {
    expect(last(spec)).toBe(expected);
  });
});

test.each<[string, Partial<NetworkPolicy['spec']>]>([
  ['', {}],
  [' and says something of egress', { egress: [] }],
])('a policy stays that isolates something else%s', (_what, spec) => {
  const old = policy('old', { ...OLD.spec, ...spec });
  const isolated = new Map([[old, 'Deployment client']]);
  expect(stepsOf([migration('web', 'same', [old])], isolated).at(-1)).toBe(
    "keep NetworkPolicy shop/old: it isolates Deployment client, too, for which there is no policy of portlock's",
  );
});
