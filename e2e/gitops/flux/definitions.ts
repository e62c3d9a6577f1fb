/** The kinds that the controller watches for sources, as far as it reads them. */
const KINDS = [
  { kind: 'GitRepository', plural: 'gitrepositories' },
  { kind: 'OCIRepository', plural: 'ocirepositories' },
  { kind: 'Bucket', plural: 'buckets' },
];
const GROUP = 'source.toolkit.fluxcd.io';

/** The definitions of Flux's sources, whose controller is not there: the tests write what it would. */
export function sourceDefinitions(): object[] {
  return KINDS.map(({ kind, plural }) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      names: { kind, plural, singular: kind.toLowerCase() },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: {
            openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          },
        },
      ],
    },
  }));
}
