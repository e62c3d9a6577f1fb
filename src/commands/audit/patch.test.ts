import { expect, test } from 'vitest';
import { annotate } from '../../domain/preflight/annotate.ts';
import { annotating, declaring } from './patch.ts';

const WEB = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;

test.each<[string, Parameters<typeof declaring>[1], object]>([
  ['without the protocol that it has anyway', { port: 80, protocol: 'TCP' }, { containerPort: 80 }],
  ['with any other', { port: 53, protocol: 'UDP' }, { containerPort: 53, protocol: 'UDP' }],
])('a port is declared %s', (_how, port, declared) => {
  expect(declaring('Deployment', port, 'app')).toEqual({
    spec: { template: { spec: { containers: [{ name: 'app', ports: [declared] }] } } },
  });
});

test('an annotation is set as the command in a sentence does', () => {
  const command = annotate(WEB, 'portlock.dev/allow-from', "8080/TCP=any; it's");
  expect(annotating(`do ${command} or not`)).toEqual({
    metadata: { annotations: { 'portlock.dev/allow-from': "8080/TCP=any; it's" } },
  });
  expect(annotating('correct the name')).toBeUndefined();
});
