import { describe, expect, test } from 'vitest';
import { MalformedObjectError } from './shape.ts';
import { projectWorkload } from './workload-projection.ts';

const read = {
  'portlock.dev/extra-ports': '9102/TCP',
  'sidecar.istio.io/inject': 'true',
};
const annotations = { ...read, 'kubectl.kubernetes.io/last-applied-configuration': '{}' };

describe('a workload', () => {
  const wire = {
    metadata: {
      name: 'web',
      namespace: 'shop',
      uid: 'u',
      generation: 4,
      labels: { 'portlock.dev/mode': 'enforce' },
      annotations,
      managedFields: [{ manager: 'kubectl' }],
    },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' }, matchExpressions: null },
      template: {
        metadata: { labels: { app: 'web' }, annotations },
        spec: {
          hostNetwork: true,
          containers: [{ name: 'app', ports: [{ containerPort: 80 }] }],
        },
      },
    },
  };

  test('keeps what decisions read, and nothing else', () => {
    expect(projectWorkload('Deployment')(wire)).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
      uid: 'u',
      generation: 4,
      mode: 'enforce',
      annotations: read,
      selector: { matchLabels: { app: 'web' } },
      replicas: 3,
      template: {
        hash: expect.stringMatching(/^[0-9a-f]{16}$/),
        labels: { app: 'web' },
        annotations: read,
        hostNetwork: true,
        ports: [{ port: 80, protocol: 'TCP', container: 'app' }],
        use: { containers: ['app'], handlers: [], scrape: { scrape: undefined, port: undefined } },
      },
    });
  });

  test.each([undefined, null, '3', 1.5])(
    'has no number of replicas where that is %s',
    (replicas) => {
      const { replicas: read, ...rest } = projectWorkload('Deployment')({
        ...wire,
        spec: { ...wire.spec, replicas },
      });
      expect(read).toBeUndefined();
      expect(rest.name).toBe('web');
    },
  );

  test.each([
    ['Job', { parallelism: 4 }],
    ['CronJob', { jobTemplate: { spec: { parallelism: 4 } } }],
  ] as const)('has as many pods of a %s at a time as that says', (kind, spec) => {
    expect(projectWorkload(kind)({ metadata: { name: 'web' }, spec }).replicas).toBe(4);
  });

  test.each([
    ['serving.knative.dev/v1', true, 'Revision a'],
    ['serving.knative.dev/v1', false, undefined],
    ['apps/v1', true, undefined],
    ['v1', true, undefined],
  ])(
    'is kept by an operator where a kind of %s controls it (%s): %s',
    (apiVersion, controller, expected) => {
      const ownerReferences = [{ apiVersion, kind: 'Revision', name: 'a', uid: 'u', controller }];
      const metadata = { ...wire.metadata, ownerReferences };
      expect(projectWorkload('Deployment')({ ...wire, metadata }).controlledBy).toBe(expected);
    },
  );

  test.each(['Deployment', 'StatefulSet', 'DaemonSet'] as const)('may be a %s', (kind) => {
    expect(projectWorkload(kind)(wire).kind).toBe(kind);
  });

  test('has defaults for all that it need not say', () => {
    const selector = { matchExpressions: [{ key: 'app', operator: 'Exists' }] };
    const bare = projectWorkload('DaemonSet')({ metadata: { name: 'web' }, spec: { selector } });
    expect(bare).toEqual({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      namespace: '',
      name: 'web',
      uid: '',
      generation: 0,
      mode: undefined,
      annotations: {},
      selector,
      template: {
        hash: expect.stringMatching(/^[0-9a-f]{16}$/),
        labels: {},
        annotations: {},
        hostNetwork: false,
        ports: [],
        use: { containers: [], handlers: [], scrape: { scrape: undefined, port: undefined } },
      },
    });
  });

  test('has the hash that it had before somebody restarted it', () => {
    const hashOf = (annotations?: object) => {
      const metadata = { labels: { app: 'web' }, ...(annotations && { annotations }) };
      const spec = { selector: { matchLabels: { app: 'web' } }, template: { metadata } };
      const wire = { metadata: { name: 'web' }, spec };
      return projectWorkload('Deployment')(wire).template.hash;
    };
    const restarted = { 'kubectl.kubernetes.io/restartedAt': '2026-01-02T00:00:00Z' };
    const other = { 'checksum/config': '1' };
    expect(hashOf(restarted)).toBe(hashOf());
    expect(hashOf({ ...other, ...restarted })).toBe(hashOf(other));
    expect(hashOf(other)).not.toBe(hashOf());
  });

  test('has another hash with another template, and the same with the same', () => {
    const hashOf = (image: string | undefined) => {
      const template =
        image === undefined ? null : { spec: { containers: [{ name: 'a', image }] } };
      const spec = { ...wire.spec, template };
      return projectWorkload('Deployment')({ ...wire, spec }).template.hash;
    };
    expect(hashOf('a:1')).toBe(hashOf('a:1'));
    expect(hashOf('a:1')).not.toBe(hashOf('a:2'));
    // Templates that are not there, and empty ones, count as the same: the digest of `{}`.
    expect(hashOf(undefined)).toBe('44136fa355b3678a');
  });

  test.each([
    ['no selector', { spec: {} }, 'spec.selector'],
    ['an empty selector', { spec: { selector: {} } }, 'spec.selector'],
    [
      'a selector with nothing in it',
      { spec: { selector: { matchLabels: {}, matchExpressions: [] } } },
      'spec.selector',
    ],
    ['no spec', {}, 'spec'],
    [
      'a label that is a number',
      { spec: { selector: { matchLabels: { a: 1 } } } },
      'spec.selector.matchLabels.a',
    ],
    [
      'an expression without an operator',
      { spec: { selector: { matchExpressions: [{ key: 'a' }] } } },
      'spec.selector.matchExpressions[0].operator',
    ],
  ])('is refused with %s, for its policy would be wider', (_, rest, wrong) => {
    const project = () => projectWorkload('Deployment')({ metadata: { name: 'web' }, ...rest });
    expect(project).toThrow(MalformedObjectError);
    expect(project).toThrow(new MalformedObjectError(wrong));
  });

  test('is refused with an annotation that is no text, as one that narrows would be lost', () => {
    const metadata = { name: 'web', annotations: { 'portlock.dev/allow-from': 7 } };
    expect(() => projectWorkload('Deployment')({ ...wire, metadata })).toThrow(
      new MalformedObjectError('metadata.annotations.portlock.dev/allow-from'),
    );
  });
});
