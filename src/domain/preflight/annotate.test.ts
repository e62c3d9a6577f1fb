import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { annotate, annotationIn } from './annotate.ts';

const WEB = { kind: 'StatefulSet', namespace: 'shop', name: 'web' } as const;

test.each([
  ['9090/TCP,50100-50200/UDP', 'k=9090/TCP,50100-50200/UDP'],
  ['any;9443/TCP=any', "'k=any;9443/TCP=any'"],
  [`9090/TCP reason="it's"`, `'k=9090/TCP reason="it'\\''s"'`],
])('%s is typed as %s', (value, typed) => {
  expect(annotate(WEB, 'k', value)).toBe(
    `kubectl annotate statefulset web -n shop ${typed} --overwrite`,
  );
});

const HOSTILE = `9090/TCP reason="$(touch /tmp/owned) \`id\` ' '\\'' ; & | > < ! * ? ~ # \\ \t\n -n kube-system"`;

test('a shell takes a value that others wrote as it is, and does nothing of what it says', () => {
  const command = annotate(WEB, 'k', HOSTILE);
  const printed = execFileSync('sh', ['-c', `kubectl() { printf '%s\\0' "$@"; }; ${command}`]);
  expect(printed.toString().split('\0')).toEqual([
    ...['annotate', 'statefulset', 'web', '-n', 'shop'],
    `k=${HOSTILE}`,
    ...['--overwrite', ''],
  ]);
});

test('what a command sets is read from the sentence that names it', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      const sentence = `declare it, or run ${annotate(WEB, 'k', value)}, or accept it`;
      expect(annotationIn(sentence)).toEqual({ key: 'k', value });
    }),
  );
  expect(annotationIn('add ports: to the containers')).toBeUndefined();
});
