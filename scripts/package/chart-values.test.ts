import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { operatorCommand } from '../../src/operator-command.ts';
import { chartSchema, chartValues } from './chart-values.ts';
import { installation } from './installation.ts';

const manifests = installation(path.join(import.meta.dirname, '../..'));
const schema = JSON.parse(chartSchema());
const flags = schema.properties.flags.properties;

it('names each value in the schema, and each of the schema but those of parent charts', () => {
  const values = parse(chartValues(manifests));
  expect([...Object.keys(values), 'global'].sort()).toEqual(Object.keys(schema.properties).sort());
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
  expect(flags.settle).toMatchObject({ type: 'string', pattern: '^[0-9]{1,9}(ms|s|m|h)$' });
  expect(flags['log-level'].enum).toEqual(['error', 'warn', 'info', 'debug']);
  expect(flags['exclude-namespaces'].type).toBe('string');
  expect(flags.widening.enum).toEqual(['explicit', 'never']);
});
