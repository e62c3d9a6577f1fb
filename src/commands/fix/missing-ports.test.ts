import { describe, expect, test } from 'vitest';
import { deployment, rolloutOf } from '../../testing/deployments.ts';
import { readAll, serviceTo } from '../../testing/read-texts.ts';
import { missingPorts } from './missing-ports.ts';

/** `container: port/protocol` of whatever is to be declared, in one text for each container. */
function missing(...objects: readonly object[]): string[] {
  const { cluster, snapshots } = readAll(...objects);
  return missingPorts(cluster, snapshots).map(
    ({ found, container, ports }) =>
      `${found.value.name} ${container}: ${ports.map(({ port, protocol }) => `${port}/${protocol}`).join(' ')}`,
  );
}

/** The Deployment web with containers of these names. */
function withContainers(...names: readonly string[]) {
  const web = deployment();
  const containers = names.map((name) => ({ name }));
  return {
    ...web,
    spec: { ...web.spec, template: { ...web.spec.template, spec: { containers } } },
  };
}

const SEVERAL = serviceTo(9090, {
  ports: [
    { name: 'b', port: 1, targetPort: 9091 },
    { name: 'a', port: 2, targetPort: 9090 },
    { name: 'c', port: 3, targetPort: 53, protocol: 'UDP' },
  ],
});

describe('what is to be declared', () => {
  test.each<[string, readonly object[], string[]]>([
    ['is a port that a Service leads to', [deployment(), serviceTo(9090)], ['web app: 9090/TCP']],
    [
      'is told whether the workload is labelled or not',
      [deployment({ mode: undefined }), serviceTo(9090)],
      ['web app: 9090/TCP'],
    ],
    [
      'is told of a workload that says off',
      [deployment({ mode: 'off' }), serviceTo(9090)],
      ['web app: 9090/TCP'],
    ],
    [
      'are several of one container together, by number',
      [deployment(), SEVERAL],
      ['web app: 53/UDP 9090/TCP 9091/TCP'],
    ],
    [
      'is told of each workload that a Service leads to',
      [
        deployment(),
        deployment({ name: 'api' }),
        serviceTo(9090),
        {
          ...serviceTo(9091, {
            selector: { app: 'api' },
            ports: [{ port: 80, targetPort: 9091 }],
          }),
          metadata: { name: 'api', namespace: 'shop' },
        },
      ],
      ['web app: 9090/TCP', 'api app: 9091/TCP'],
    ],
  ])('%s', (_what, objects, expected) => {
    expect(missing(...objects)).toEqual(expected);
  });
});

test('what a Rollout has of another workload is declared in that one', () => {
  expect(missing(rolloutOf('web'), deployment(), serviceTo(9090))).toEqual(['web app: 9090/TCP']);
});

describe('nothing is to be declared', () => {
  test.each<[string, readonly object[]]>([
    ['where all that is used is declared', [deployment(), serviceTo(8080)]],
    ['where nothing uses a port', [deployment({ ports: [] })]],
    ['where a name that no container has is used', [deployment(), serviceTo('metrics')]],
    [
      'where the owner accepts the cut',
      [deployment({ annotations: { 'portlock.dev/accept-cuts': '9090/TCP' } }), serviceTo(9090)],
    ],
    [
      'where the owner lists the port in an annotation',
      [deployment({ annotations: { 'portlock.dev/extra-ports': '9090/TCP' } }), serviceTo(9090)],
    ],
    [
      'where nobody knows which of two containers listens',
      [withContainers('app', 'other'), serviceTo(9090)],
    ],
    [
      'where the Service is of another namespace',
      [deployment(), { ...serviceTo(9090), metadata: { name: 'web', namespace: 'bank' } }],
    ],
  ])('%s', (_where, objects) => {
    expect(missing(...objects)).toEqual([]);
  });
});
