import { expect, test } from 'vitest';
import { ofTemplate, templateIn, templatePath } from './template-path.ts';

const TEMPLATE = { spec: { containers: [] } };

test.each([
  ['Deployment', { spec: { template: TEMPLATE } }],
  ['Job', { spec: { template: TEMPLATE } }],
  ['CronJob', { spec: { jobTemplate: { spec: { template: TEMPLATE } } } }],
])('the template of a %s stands where it has it', (kind, wire) => {
  expect(ofTemplate(kind, TEMPLATE)).toEqual(wire);
  expect(templateIn(wire, kind)).toBe(TEMPLATE);
  expect(templatePath(kind).at(-1)).toBe('template');
  expect(templateIn({}, kind)).toBeUndefined();
});
