import { expect, test } from 'vitest';
import { unlikePods } from './unlike-pods.ts';

const HTTP = [8080];
const METRICS = [9090];

type Pod = { name: string; labels: Record<string, string>; ports: readonly number[] };

function namesOfUnlike(pods: readonly Pod[], keys: readonly string[] | undefined): string[] {
  const partsOf = ({ ports }: Pod) => [ports];
  return unlikePods(pods, { keys: keys && new Set(keys), partsOf }).map(({ name }) => name);
}

const WEB = { app: 'web', pod: '1' };
const PODS: Pod[] = [
  { name: 'first', labels: WEB, ports: HTTP },
  { name: 'same labels', labels: WEB, ports: HTTP },
  { name: 'another pod', labels: { app: 'web', pod: '2' }, ports: HTTP },
  { name: 'another app', labels: { app: 'db', pod: '1' }, ports: HTTP },
  { name: 'other ports', labels: WEB, ports: METRICS },
  { name: 'no label', labels: {}, ports: HTTP },
];

test.each<[string, readonly string[] | undefined, string[]]>([
  ['one label', ['app'], ['first', 'another app', 'other ports', 'no label']],
  ['a label that none has', ['tier'], ['first', 'other ports']],
  [
    'several labels',
    ['app', 'pod'],
    ['first', 'another pod', 'another app', 'other ports', 'no label'],
  ],
  ['all labels', undefined, ['first', 'another pod', 'another app', 'other ports', 'no label']],
])('of pods that are alike the first is left: %s', (_what, keys, left) => {
  expect(namesOfUnlike(PODS, keys)).toEqual(left);
});

test('a label that a pod lacks is no part of another', () => {
  const pods = [
    { name: 'both', labels: { a: 'b', b: 'a' }, ports: HTTP },
    { name: 'one', labels: { a: 'b' }, ports: HTTP },
    { name: 'the other one', labels: { b: 'a' }, ports: HTTP },
  ];
  expect(namesOfUnlike(pods, ['a', 'b'])).toEqual(['both', 'one', 'the other one']);
});

test('of pods that do not share what is equal none is taken for another', () => {
  const pods = [
    { name: 'first', labels: WEB, ports: [1] },
    { name: 'equal', labels: WEB, ports: [1] },
  ];
  expect(namesOfUnlike(pods, ['app'])).toEqual(['first', 'equal']);
});
