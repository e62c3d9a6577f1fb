import fc from 'fast-check';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { runs } from '../../testing/property-runs.ts';
import { manifestYaml } from './manifest-yaml.ts';

const readers: [name: string, read: (text: string) => unknown][] = [
  ['1.2', (text) => parse(text)],
  ['1.1', (text) => parse(text, { version: '1.1' })],
  ['1.1 of another library', (text) => load(text, { schema: YAML11_SCHEMA })],
];

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    'yes',
    'Off',
    'n',
    '010',
    '1e3',
    '0o17',
    '1_000',
    '2001-01-01',
    '<<',
    '=',
    '~',
    '',
  ),
  fc.constantFrom('\u001b[31m', 'a: b', '- x', '# x', 'a\nb', '\u202e', '{{ x }}', '...', '---'),
);
const anyObject = fc.object({
  key: anyText.filter((key) => key !== '__proto__'),
  values: [anyText, fc.integer(), fc.boolean(), fc.constant(null)],
  maxDepth: 4,
});

test.each(readers)('is read back as it was in YAML %s', (_version, read) => {
  fc.assert(
    fc.property(anyObject, (object) => {
      fc.pre(Object.keys(object).length > 0);
      expect(read(manifestYaml(object))).toEqual(object);
    }),
    runs(40),
  );
});

test('looks as people write it', () => {
  const policy = {
    kind: 'NetworkPolicy',
    metadata: { name: 'web-portlock', namespace: undefined },
    spec: {
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'web', on: 'off' } },
      ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 8080, protocol: 'TCP' }] }],
    },
  };
  expect(manifestYaml(policy)).toBe(`kind: NetworkPolicy
metadata:
  name: web-portlock
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: web
      "on": "off"
  ingress:
    - from:
        - podSelector: {}
      ports:
        - port: 8080
          protocol: TCP
`);
});
