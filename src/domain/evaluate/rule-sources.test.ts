import { describe, expect, test } from 'vitest';
import type { LabelSelector, NetworkPolicyPeer } from '../../api/kubernetes.ts';
import type { ReadRule } from './read-tiered-policy.ts';
import { sourcesOfIngressRule, sourcesOfRules } from './rule-sources.ts';
import type { SourceMatch } from './tier-match.ts';
import type { PodSelection } from './tiered-policy.ts';

const is = (key: string, value: string): LabelSelector => ({ matchLabels: { [key]: value } });
const NOBODY: LabelSelector = { matchExpressions: [{ key: 'a', operator: 'In', values: [] }] };
const OWN = { namespaceLabels: { team: 'shop' } } as never;

/** What peers of other rules say of a source: namespaces of team a, of team shop, and pods of role x in any. */
const ASKED: (PodSelection | undefined)[] = [
  { namespaces: is('team', 'a') },
  { namespaces: is('team', 'shop') },
  { pods: { podSelector: is('role', 'x') } },
  undefined,
];
const said = (sources: readonly SourceMatch[]) =>
  sources.map((source) => ASKED.map((peer) => source(peer)).join(' '));

describe('a peer of a rule of a tier stands for', () => {
  test.each<[string, PodSelection | undefined, string[]]>([
    ['all pods of namespaces', { namespaces: is('team', 'a') }, ['Yes No Unknown Unknown']],
    [
      'pods in namespaces',
      { pods: { namespaceSelector: is('team', 'shop'), podSelector: is('role', 'x') } },
      ['No Yes Yes Unknown'],
    ],
    [
      'pods in any namespace',
      { pods: { podSelector: is('role', 'y') } },
      ['Unknown Unknown No Unknown'],
    ],
    [
      'all pods of namespaces, of which it says no more',
      { pods: { namespaceSelector: is('team', 'a') } },
      ['Yes No Unknown Unknown'],
    ],
    ['anybody, where it cannot be read', undefined, ['Unknown Unknown Unknown Unknown']],
    ['nobody, where no namespace can be one of it', { namespaces: NOBODY }, []],
    ['nobody, where no pod can', { pods: { namespaceSelector: {}, podSelector: NOBODY } }, []],
  ])('%s', (_whom, peer, expected) => {
    const rule: ReadRule = { outcomes: ['Denied'], from: [peer], ports: [] };
    expect(said(sourcesOfRules([rule]).map(({ source }) => source))).toEqual(expected);
  });

  test('itself once, with all rules that have it', () => {
    const rules = ['a', 'b', 'a'].map(
      (team): ReadRule => ({
        outcomes: ['Denied'],
        from: [{ namespaces: is('team', team) }],
        ports: [],
      }),
    );
    const sources = sourcesOfRules(rules);
    expect(sources.map((each) => [...each.rules])).toEqual([[rules[0], rules[2]], [rules[1]]]);
  });
});

describe('a rule of a NetworkPolicy is about', () => {
  test.each<[string, NetworkPolicyPeer[] | undefined, string[]]>([
    ['anybody, where it names nobody', undefined, ['Unknown Unknown Unknown Unknown']],
    [
      'whoever is in a block, a pod or none',
      [{ ipBlock: { cidr: '10.0.0.0/8' } }],
      ['Unknown Unknown Unknown Unknown'],
    ],
    ['nobody, where the block cannot be read', [{ ipBlock: { cidr: 'ten' } }], []],
    ['nobody, by a peer without a field', [{}], []],
    ['pods of its own namespace', [{ podSelector: is('role', 'x') }], ['No Yes Yes Unknown']],
    ['nobody, where no pod can be one of it', [{ podSelector: NOBODY }], []],
    [
      'all pods of namespaces',
      [{ namespaceSelector: is('team', 'a') }],
      ['Yes No Unknown Unknown'],
    ],
    [
      'pods in namespaces',
      [{ namespaceSelector: is('team', 'a'), podSelector: is('role', 'y') }],
      ['Yes No No Unknown'],
    ],
    [
      'each of its peers',
      [{ namespaceSelector: is('team', 'a') }, {}, { podSelector: is('role', 'y') }],
      ['Yes No Unknown Unknown', 'No Yes No Unknown'],
    ],
  ])('%s', (_whom, from, expected) => {
    const rule = from === undefined ? {} : { from };
    expect(said(sourcesOfIngressRule(rule as never, OWN))).toEqual(expected);
  });
});
