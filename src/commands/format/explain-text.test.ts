import { describe, expect, test } from 'vitest';
import { explainedPolicy, explainedRule, explanation } from '../../testing/explanations.ts';
import type { Explanation } from '../explain/explanation.ts';
import { explainText } from './explain-text.ts';

const lines = (fields: Partial<Explanation>) => explainText(explanation(fields)).split('\n');
const PEER: Explanation['source'] = {
  kind: 'peer',
  text: 'the pod shop/client',
  peer: {} as never,
};
const NODE: Explanation['source'] = { kind: 'node' };

describe('the first line', () => {
  test.each<[fields: Partial<Explanation>, said: string]>([
    [{}, '(declared) is open to everybody'],
    [{ isDeclared: false }, '(not declared) is open to everybody'],
    [
      { isClosed: true, verdict: 'Closed' },
      '(declared, and closed by portlock.dev/closed-ports) is closed to everybody',
    ],
    [{ source: NODE }, '(declared) is open to the node that it runs on'],
    [{ source: PEER }, '(declared) is open to the pod shop/client'],
    [{ source: PEER, verdict: 'Closed' }, '(declared) is closed to the pod shop/client'],
    [{ verdict: 'OpenToSome' }, '(declared) is open to some, and not to everybody'],
    [
      { source: PEER, verdict: 'Unknown' },
      '(declared) may be open to the pod shop/client or not, that cannot be told',
    ],
  ])('of %j', (fields, said) => {
    expect(lines(fields)).toEqual([
      `8080/TCP of Deployment shop/web ${said}: no policy isolates the pods`,
      '',
    ]);
  });
});

describe('a policy', () => {
  const of = (policy: Parameters<typeof explainedPolicy>[0], fields: Partial<Explanation> = {}) =>
    lines({ policies: [explainedPolicy(policy)], ...fields }).slice(1, -1);

  test('that is not about ingress says so, with the field', () => {
    expect(of({ isolates: { path: 'spec.policyTypes', value: ['Egress'], match: 'No' } })).toEqual([
      '',
      'NetworkPolicy allow (p.yaml:7) says nothing about ingress',
      '  spec.policyTypes: ["Egress"]',
    ]);
  });

  test('of which the field that decides is not there says that', () => {
    expect(of({ isolates: { path: 'spec.podSelector', value: undefined, match: 'Yes' } })[2]).toBe(
      '  spec.podSelector: not there',
    );
  });

  test('without a rule lets nobody in', () => {
    expect(of({})).toEqual([
      '',
      'NetworkPolicy allow (p.yaml:7) isolates the pods',
      '  spec.podSelector: {}',
      '  spec.ingress: not there, so it lets nobody in',
    ]);
  });

  test('of a cluster has no place', () => {
    expect(of({ place: undefined })[1]).toBe('NetworkPolicy allow isolates the pods');
  });

  test('is told rule by rule, with the fields that decide', () => {
    const closed = explainedRule({
      path: 'spec.ingress[1]',
      ports: { path: 'spec.ingress[1].ports', value: undefined, match: 'Yes' },
      from: { path: 'spec.ingress[1].from[0]', value: { podSelector: {} }, match: 'No' },
      letsIn: 'No',
    });
    expect(of({ rules: [explainedRule(), closed] }).slice(3)).toEqual([
      '  spec.ingress[0] lets it in',
      '    spec.ingress[0].ports[0]: {"port":80} is about 8080/TCP',
      '    spec.ingress[0].from: not there, so it is about every source',
      '  spec.ingress[1] does not let it in',
      '    spec.ingress[1].ports: not there, so it is about every port',
      '    spec.ingress[1].from[0]: {"podSelector":{}} is not about the source',
    ]);
  });

  test.each<[source: Explanation['source'], rule: string, from: string]>([
    [{ kind: 'anybody' }, 'lets some in', 'says who may connect'],
    [PEER, 'may let it in', 'is about addresses, and that of the source is not known'],
  ])('of which nobody can tell, for %j', (source, rule, from) => {
    const unknown = explainedRule({
      from: { path: 'from', value: [], match: 'Unknown' },
      letsIn: 'Unknown',
    });
    const said = of({ rules: [unknown] }, { source });
    expect(said[3]).toBe(`  spec.ingress[0] ${rule}`);
    expect(said[5]).toBe(`    from: [] ${from}`);
  });

  test('about other ports says that', () => {
    const ports = { path: 'ports', value: [{ port: 443 }], match: 'No' } as const;
    expect(of({ rules: [explainedRule({ ports })] })[4]).toBe(
      '    ports: [{"port":443}] is not about 8080/TCP',
    );
  });

  test.each([
    [198, false],
    [199, true],
  ])('quotes a text of %d characters and its quotes, cut: %j', (length, isCut) => {
    const value = 'a'.repeat(length);
    const [, , line = ''] = of({ isolates: { path: 'p', value, match: 'Yes' } });
    expect(line.length).toBe('  p: '.length + (isCut ? 201 : 200));
    expect(line.endsWith('…')).toBe(isCut);
  });
});

test('several policies are parted by empty lines', () => {
  const policies = [explainedPolicy({ name: 'a' }), explainedPolicy({ name: 'b' })];
  expect(lines({ policies }).filter((line) => line === '')).toHaveLength(3);
});

test('policies of other kinds are named at the end', () => {
  expect(lines({ others: ['CiliumNetworkPolicy/a', 'AdminNetworkPolicy/b'] }).slice(1)).toEqual([
    '',
    'Of other kinds, and before or after these: CiliumNetworkPolicy/a, AdminNetworkPolicy/b',
    '',
  ]);
});

test('nothing that a terminal acts on is shown', () => {
  const policies = [explainedPolicy({ place: { file: '\u001b[2J', line: 1 }, name: 'a\nb' })];
  expect(lines({ policies })[2]).toBe('NetworkPolicy a\\nb (\\x1b[2J:1) isolates the pods');
});
