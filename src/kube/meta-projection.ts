import type { ObjectMeta, OwnerReference } from '../api/object-meta.ts';
import { misfit, type OnMalformed } from './shape.ts';
import { OWNER_REFERENCES } from './shapes.ts';
import { fieldsOf, optionalTextOf, textMapOf, textOf } from './wire-fields.ts';

/**
 * Metadata without managed fields and annotations, which are most of an object and decide nothing. What of it is not
 * as the API says is left out: no owner, no label, and so nothing of ours.
 */
export function projectMeta(metadata: unknown, onMalformed: OnMalformed): ObjectMeta {
  const fields = fieldsOf(metadata);
  const { generation, labels } = fields;
  const owners = ownersOf(fields.ownerReferences, onMalformed);
  const text = (name: string) => {
    const value = optionalTextOf(fields[name]);
    return value === undefined ? {} : { [name]: value };
  };
  return {
    name: textOf(fields.name),
    ...text('namespace'),
    ...text('uid'),
    ...text('resourceVersion'),
    ...(Number.isSafeInteger(generation) && { generation: Number(generation) }),
    ...text('creationTimestamp'),
    ...text('deletionTimestamp'),
    ...(isPresent(labels) && { labels: labelsOf(labels, onMalformed) }),
    ...(owners && { ownerReferences: owners }),
  };
}

function labelsOf(labels: unknown, onMalformed: OnMalformed): Record<string, string> {
  const wrong = misfit(
    { type: 'object', additionalProperties: { type: 'string' } },
    labels,
    'metadata.labels',
  );
  if (wrong) onMalformed(wrong);
  return textMapOf(labels);
}

function ownersOf(references: unknown, onMalformed: OnMalformed): OwnerReference[] | undefined {
  if (!isPresent(references)) return undefined;
  const wrong = misfit(OWNER_REFERENCES, references, 'metadata.ownerReferences');
  if (wrong === undefined) return references as OwnerReference[];
  onMalformed(wrong);
  return [];
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}
