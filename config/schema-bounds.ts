/** As much of a structural schema as its bounds need. */
export interface Schema {
  type?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema;
  items?: Schema;
  enum?: string[];
  format?: string;
  pattern?: string;
  maxLength?: number;
  maxItems?: number;
  maxProperties?: number;
  minimum?: number;
  maximum?: number;
  'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  'x-kubernetes-list-map-keys'?: string[];
}

/**
 * The fields of a custom resource's schema that break a rule of the Kubernetes API conventions, each
 * with the rule: every field has a type and a description, every string a limit or a format, every
 * list a size and a merge rule, every map a size, every number bounds that a double holds exactly.
 * `apiVersion`, `kind` and `metadata` of the object itself are the API server's.
 */
export function unboundedFields(schema: Schema): string[] {
  const own = Object.entries(schema.properties ?? {}).filter(
    ([name]) => !['apiVersion', 'kind', 'metadata'].includes(name),
  );
  return own.flatMap(([name, field]) => broken(field, `.${name}`));
}

function broken(schema: Schema, path: string): string[] {
  const rules: [string, boolean][] = [
    ['type', schema.type !== undefined],
    // What the items of a list are, the list says.
    ['description', Boolean(schema.description) || path.endsWith('[]')],
    ...rulesOfType(schema),
  ];
  const inner: [string, Schema][] = Object.entries(schema.properties ?? {});
  if (schema.additionalProperties) inner.push(['*', schema.additionalProperties]);
  return [
    ...rules.filter(([, holds]) => !holds).map(([rule]) => `${path}: ${rule}`),
    ...inner.flatMap(([name, field]) => broken(field, `${path}.${name}`)),
    ...(schema.items ? broken(schema.items, `${path}[]`) : []),
  ];
}

function rulesOfType(schema: Schema): [string, boolean][] {
  switch (schema.type) {
    case 'string':
      return [
        ['maxLength, enum or format', Boolean(schema.maxLength ?? schema.enum ?? schema.format)],
      ];
    case 'integer':
    case 'number':
      return [
        ['minimum', isExact(schema.minimum)],
        ['maximum', isExact(schema.maximum)],
      ];
    case 'array':
      return [
        ['items', schema.items !== undefined],
        ['maxItems', schema.maxItems !== undefined],
        ['x-kubernetes-list-type', schema['x-kubernetes-list-type'] !== undefined],
        ['x-kubernetes-list-map-keys', hasMapKeys(schema)],
      ];
    case 'object':
      return [
        ['properties', Boolean(schema.properties ?? schema.additionalProperties)],
        ['maxProperties', !schema.additionalProperties || schema.maxProperties !== undefined],
      ];
    default:
      return [];
  }
}

function isExact(bound: number | undefined): boolean {
  return (
    bound !== undefined && Number.isFinite(bound) && Math.abs(bound) <= Number.MAX_SAFE_INTEGER
  );
}

/** The keys of a list of type map have to be required scalars of its items. */
function hasMapKeys(schema: Schema): boolean {
  if (schema['x-kubernetes-list-type'] !== 'map') return true;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  return keys.length > 0 && keys.every((key) => schema.items?.required?.includes(key) === true);
}
