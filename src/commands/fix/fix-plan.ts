import { isDeepStrictEqual } from 'node:util';
import { portKey } from '../../domain/workload/declared-ports.ts';
import type { ListedPort } from '../../domain/workload/port-text.ts';
import { fieldsOf } from '../../kube/wire-fields.ts';
import type { Manifest, SourceDocument, Wire } from '../manifests/manifest.ts';
import { DocumentError, parseDocument } from '../manifests/parse-document.ts';
import { templateIn, templatePath } from '../manifests/template-path.ts';
import { declaringPorts, type Insertion } from './declare-ports.ts';
import type { MissingPorts } from './missing-ports.ts';
import { NotEditableError } from './own-node.ts';

/** Ports that are to be declared by hand, and why. */
export interface LeftOver {
  missing: MissingPorts;
  why: string;
}

/** What to write where. */
export interface FixPlan {
  /** By file, into the texts of its documents. */
  edits: ReadonlyMap<string, readonly { document: SourceDocument; insertion: Insertion }[]>;
  left: readonly LeftOver[];
}

/** Finds the lines to be written; what cannot be written without a doubt is left. */
export function fixPlan(all: readonly MissingPorts[]): FixPlan {
  const edits = new Map<string, { document: SourceDocument; insertion: Insertion }[]>();
  const left: LeftOver[] = [];
  for (const missing of all) {
    const { container, ports, found } = missing;
    const { document, path, file } = found.manifest;
    try {
      const template = [...path, ...templatePath(found.value.kind)];
      const insertion = declaringPorts(document.text, template, container, ports);
      checkOutcome(found.manifest, insertion, container, ports);
      edits.set(file, [...(edits.get(file) ?? []), { document, insertion }]);
    } catch (error) {
      if (!(error instanceof NotEditableError)) throw error;
      left.push({ missing, why: error.message });
    }
  }
  return { edits, left };
}

/**
 * What is written is read once more, and must be the same object with these ports.
 * @throws NotEditableError
 */
function checkOutcome(
  { document, path, wire }: Manifest,
  { offset, text }: Insertion,
  container: string,
  ports: readonly ListedPort[],
): void {
  const edited = document.text.slice(0, offset) + text + document.text.slice(offset);
  let now: unknown;
  try {
    now = parseDocument({ ...document, text: edited });
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
  }
  for (const segment of [...path, 'spec'])
    now = (now as Record<string, unknown> | undefined)?.[segment];
  const wanted = withPorts(wire, container, ports);
  if (!isDeepStrictEqual(now, wanted))
    throw new NotEditableError('it is written in a way that is not understood');
}

/** Its spec with ports more in one container. */
function withPorts(wire: Wire, container: string, ports: readonly ListedPort[]): unknown {
  const copy = structuredClone(wire);
  const podSpec = fieldsOf(fieldsOf(templateIn(copy, wire.kind)).spec) as Record<string, unknown>;
  const added = ports.map(({ port, protocol }) => ({
    containerPort: port,
    ...(protocol !== 'TCP' && { protocol }),
  }));
  const all = [podSpec.containers, podSpec.initContainers].flatMap((list) =>
    Array.isArray(list) ? (list as Record<string, unknown>[]) : [],
  );
  const meant = all.find(({ name }) => name === container);
  if (meant) meant.ports = [...((meant.ports as unknown[] | null | undefined) ?? []), ...added];
  return copy.spec;
}

/** `9090/TCP, 53/UDP`. */
export function portsInWords(ports: readonly ListedPort[]): string {
  return ports.map(({ port, protocol }) => portKey(port, protocol)).join(', ');
}
