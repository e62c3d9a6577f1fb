import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { operatorCommand } from '../../src/operator-command.ts';
import { chartSchema, chartValues } from './chart-values.ts';
import { installation } from './installation.ts';

const manifests = installation(path.join(import.meta.dirname, '../..'));
const schema = JSON.parse(chartSchema());
const ajv = new Ajv();
const isValid = (part: object, value: unknown) => ajv.validate(part, value);
const flags = schema.properties.flags.properties;

it('names each value in the schema, and each of the schema but those of parent charts', () => {
  const values = parse(chartValues(manifests));
  expect([...Object.keys(values), 'global', 'enabled'].sort()).toEqual(
    Object.keys(schema.properties).sort(),
  );
});

it('offers every flag but where the operator runs and listens', () => {
  const fixed = operatorCommand()
    .options.map((option) => option.name())
    .filter((name) => !(name in flags));
  expect(fixed).toEqual([
    'kubeconfig',
    'context',
    'namespace',
    'watch-namespaces',
    'health-probe-bind-address',
    'metrics-bind-address',
    'metrics-secure',
    'metrics-cert-path',
    'canary-port',
  ]);
});

it('knows a number, a duration and a word', () => {
  expect(flags['probe-rate']).toMatchObject({ type: 'integer', minimum: 0 });
  expect(flags.settle.type).toBe('string');
  expect(flags['log-level'].enum).toEqual(['error', 'warn', 'info', 'debug']);
  expect(flags['exclude-namespaces'].type).toBe('string');
  expect(flags.widening.enum).toEqual(['explicit', 'never']);
});

it.each([
  'replicas',
  'image',
  'image.repository',
  'podSecurityContext',
  'topologySpread',
  'crds.enabled',
  'admissionPolicies',
  // Without a word it would be taken for false, and everybody could read.
  'metrics.secure',
  'metrics.serviceMonitor.enabled',
])('%s is not to be taken away, as by a name with nothing behind it', (name) => {
  const values = parse(chartValues(manifests));
  expect(isValid(schema, values)).toBe(true);
  const parts = name.split('.');
  const last = parts.pop() ?? '';
  const holder = parts.reduce((part, each) => part[each], values);
  delete holder[last];
  expect(isValid(schema, values)).toBe(false);
});

describe('of an image', () => {
  const { repository, tag } = schema.properties.image.properties;
  const digest = `sha256:${'0a'.repeat(32)}`;

  it.each([
    ['ghcr.io/portlock/portlock', true],
    ['registry.example:5000/a/b_c/d--e', true],
    ['[fd00::1]:5000/portlock', true],
    ['portlock', true],
    ['', false],
    ['ghcr.io/portlock/portlock:v1', false],
    [`ghcr.io/portlock/portlock@${digest}`, false],
    ['ghcr.io/Portlock', false],
    ['https://ghcr.io/portlock', false],
    ['a b', false],
  ])('the repository %j is taken: %j', (value, isTaken) => {
    expect(isValid(repository, value)).toBe(isTaken);
  });

  it.each([
    ['', true],
    ['v0.1.0', true],
    [`v0.1.0@${digest}`, true],
    ['a:b', false],
    [digest, false],
    [`@${digest}`, false],
    ['v1@sha256:abc', false],
  ])('the tag %j is taken: %j', (value, isTaken) => {
    expect(isValid(tag, value)).toBe(isTaken);
  });
});
