/** The part of a CycloneDX document, as `npm sbom` writes it, that is changed or read. */
export interface BillOfMaterials {
  readonly serialNumber?: string;
  readonly metadata: {
    readonly timestamp?: string;
    readonly component: Component;
  };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

export interface Component {
  readonly 'bom-ref': string;
  readonly type: string;
  readonly name: string;
}

/** What the document is about, and when that was made. */
export interface Subject {
  readonly name: string;
  /** In ISO 8601. */
  readonly timestamp: string;
}

/**
 * What the installation consists of, cut down to the packages that the bundle has code of. The same sources give the
 * same bytes: the serial number, which is random, goes.
 *
 * @param bundled as `name@version`
 * @throws Error where the installation lacks one of them
 */
export function ofBundle(
  { serialNumber, ...installed }: BillOfMaterials,
  bundled: readonly string[],
  { name, timestamp }: Subject,
): BillOfMaterials {
  const { component } = installed.metadata;
  const kept = new Set([component['bom-ref'], ...bundled]);
  const components = installed.components.filter((each) => kept.has(each['bom-ref']));
  const listed = new Set(components.map((each) => each['bom-ref']));
  const missing = bundled.filter((each) => !listed.has(each));
  if (missing.length > 0) throw new Error(`npm sbom does not list ${missing.join(', ')}`);
  return {
    ...installed,
    metadata: {
      ...installed.metadata,
      timestamp,
      component: { ...component, name, type: 'application' },
    },
    components,
    dependencies: installed.dependencies
      .filter(({ ref }) => kept.has(ref))
      .map(({ ref, dependsOn }) => ({
        ref,
        dependsOn: dependsOn.filter((each) => kept.has(each)),
      })),
  };
}
