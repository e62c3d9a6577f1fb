import { describe, expect, test } from 'vitest';
import { projectPolicy } from './projections.ts';

/** The projection of a policy with this spec, and what was told of it. */
function project(spec: unknown, metadata: unknown = { name: 'p' }) {
  const told: string[] = [];
  const policy = projectPolicy({ metadata, spec }, (field) => told.push(field));
  return { policy, told };
}

const podSelector = { matchLabels: { app: 'web' } };
const closed = { podSelector: {}, policyTypes: ['Ingress'], ingress: [] };

describe('a NetworkPolicy', () => {
  test('keeps its whole spec, fields too that nobody knows', () => {
    const spec = {
      podSelector,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 80, endPort: 90 }] }],
      egress: [{}],
      later: 1,
    };
    const { policy, told } = project(spec);
    expect(policy).toEqual({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'p' },
      spec,
    });
    expect(told).toEqual([]);
  });

  test.each([undefined, null, {}])('with %j for a spec is about every pod', (spec) => {
    expect(project(spec)).toEqual({
      policy: expect.objectContaining({ spec: { podSelector: {} } }),
      told: [],
    });
  });

  test('with null in its lists means what an empty entry does', () => {
    const { policy, told } = project({
      podSelector: null,
      ingress: [null, { from: [null], ports: null }],
    });
    expect(policy.spec).toEqual({ podSelector: {}, ingress: [{}, { from: [{}] }] });
    expect(told).toEqual([]);
  });

  test.each([
    ['ingress that is no list', { podSelector, ingress: 'all' }, 'spec.ingress', podSelector],
    ['a rule that is none', { podSelector, ingress: [7] }, 'spec.ingress[0]', podSelector],
    [
      'a peer that is none',
      { podSelector, ingress: [{ from: ['10.0.0.0/8'] }] },
      'spec.ingress[0].from[0]',
      podSelector,
    ],
    [
      'a block without a CIDR',
      { podSelector, ingress: [{ from: [{ ipBlock: {} }] }] },
      'spec.ingress[0].from[0].ipBlock.cidr',
      podSelector,
    ],
    [
      'half a port',
      { podSelector, ingress: [{ ports: [{ endPort: 1.5 }] }] },
      'spec.ingress[0].ports[0].endPort',
      podSelector,
    ],
    [
      'a selector that selects by number',
      { podSelector: { matchLabels: { app: 1 } } },
      'spec.podSelector.matchLabels.app',
      {},
    ],
    ['a selector that is a text', { podSelector: 'app=web' }, 'spec.podSelector', {}],
    [
      'a list of types that is a text',
      { podSelector, policyTypes: 'Ingress' },
      'spec.policyTypes',
      podSelector,
    ],
  ])('with %s is taken to close what it may select', (_, spec, wrong, selector) => {
    const { policy, told } = project(spec);
    expect(policy.spec).toEqual({ ...closed, podSelector: selector });
    expect(told).toEqual([wrong]);
  });

  test.each([[7], ['none'], [[]], [[{}]]])('with %j for a spec closes everything', (spec) => {
    expect(project(spec).policy.spec).toEqual(closed);
    expect(project(spec).told).toEqual(['spec']);
  });

  test('is projected without anybody to tell', () => {
    expect(projectPolicy({ spec: 7 }).spec).toEqual(closed);
    expect(projectPolicy({}).metadata).toEqual({ name: '' });
  });
});

describe('who wrote its fields', () => {
  const ours = { 'app.kubernetes.io/managed-by': 'portlock' };
  const managedFields = [
    { manager: 'portlock', operation: 'Apply' },
    { manager: 'kubectl' },
    { manager: 'portlock', operation: 'Update' },
    { manager: 7 },
    {},
    null,
  ];

  test('is kept of ours, each once, by name alone', () => {
    const { policy } = project({}, { name: 'p', labels: ours, managedFields });
    expect(policy.metadata.managedFields).toEqual([
      { manager: 'portlock' },
      { manager: 'kubectl' },
    ]);
  });

  test.each([
    [
      'somebody else’s',
      { name: 'p', labels: { 'app.kubernetes.io/managed-by': 'Helm' }, managedFields },
    ],
    ['nobody’s', { name: 'p', managedFields }],
    ['ours where nobody is told', { name: 'p', labels: ours, managedFields: [{ manager: 7 }] }],
    ['ours where the list is none', { name: 'p', labels: ours, managedFields: 'portlock' }],
    ['ours where there is no list', { name: 'p', labels: ours }],
  ])('is not kept of %s', (_, metadata) => {
    expect(project({}, metadata).policy.metadata).not.toHaveProperty('managedFields');
  });
});
