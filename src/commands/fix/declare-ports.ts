import { isMap, isScalar, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import type { ListedPort } from '../../domain/workload/port-text.ts';
import type { PathSegment } from '../manifests/manifest.ts';
import { NotEditableError, OwnNodes, pairOf } from './own-node.ts';

/** Lines to be put into a text. */
export interface Insertion {
  /** That of the start of a line, or the end of the text. */
  offset: number;
  text: string;
}

/** Where containers are; native sidecars are among the second. */
const LISTS = ['containers', 'initContainers'];
const OTHERWISE = 'the container is not written with a line for each field';

/**
 * The lines that declare ports in a container of a document. All that is there stays as it is, comments too.
 *
 * @param text one document
 * @param path of the pod template in it
 * @throws NotEditableError
 */
export function declaringPorts(
  text: string,
  path: readonly PathSegment[],
  container: string,
  ports: readonly ListedPort[],
): Insertion {
  const nodes = new OwnNodes(parseDocument(text, { version: '1.1', uniqueKeys: false }));
  const { map, isIndented } = containerIn(text, nodes, path, container);
  const declared = pairOf(map, 'ports');
  if (declared !== undefined && !isEmpty(declared.value)) {
    const list = nodes.child(map, 'ports');
    if (!isSeq(list) || list.flow) throw new NotEditableError('ports are written in one line');
    const last = list.items.at(-1);
    const indent = blanksBefore(text, dashOf(text, startOf(last)));
    return insertion(text, endOfLine(text, last), itemLines(ports, indent));
  }
  const before = declared ?? pairOf(map, 'image') ?? pairOf(map, 'name');
  const indent = ' '.repeat(columnOf(text, startOf(before?.key)));
  const items = itemLines(ports, indent + (isIndented ? '  ' : ''));
  const offset = endOfLine(text, declared ? declared.key : before?.value);
  return insertion(text, offset, declared ? items : [`${indent}ports:`, ...items]);
}

/** "ports:" with nothing behind it. */
function isEmpty(value: unknown): boolean {
  return value === null || (isScalar(value) && value.value === null && value.source === '');
}

function containerIn(
  text: string,
  nodes: OwnNodes,
  [, ...path]: readonly PathSegment[],
  container: string,
): { map: YAMLMap; isIndented: boolean } {
  const spec = nodes.at([...path, 'spec']);
  for (const name of LISTS) {
    const list = nodes.child(spec, name);
    const index = isSeq(list) ? indexOf(list, container) : -1;
    if (!isSeq(list)) continue;
    if (index < 0) for (const each of list.items) nodes.own(each);
    if (index < 0) continue;
    const map = nodes.child(list, index);
    if (!isMap(map) || map.flow || list.flow) throw new NotEditableError(OTHERWISE);
    const [key, dash] = [startOf(pairOf(spec, name)?.key), dashOf(text, startOf(map))];
    return { map, isIndented: columnOf(text, dash) > columnOf(text, key) };
  }
  throw new NotEditableError(OTHERWISE);
}

function indexOf(list: YAMLSeq, container: string): number {
  return list.items.findIndex((each) => {
    const name = pairOf(each, 'name')?.value;
    return isScalar(name) && name.value === container;
  });
}

function itemLines(ports: readonly ListedPort[], indent: string): string[] {
  return ports.flatMap(({ port, protocol }) => [
    `${indent}- containerPort: ${port}`,
    ...(protocol === 'TCP' ? [] : [`${indent}  protocol: ${protocol}`]),
  ]);
}

/** With line ends as the text has them, and one more where its last line has none. */
function insertion(text: string, offset: number, lines: readonly string[]): Insertion {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const isAfterOpenLine = offset > 0 && text[offset - 1] !== '\n';
  const joined = lines.join(lineEnd);
  return { offset, text: isAfterOpenLine ? lineEnd + joined : joined + lineEnd };
}

function startOf(node: unknown): number {
  return rangeOf(node)[0];
}

/** Start, end of the value, end with what belongs to it. */
function rangeOf(node: unknown): readonly [number, number, number] {
  const { range } = (node ?? {}) as { range?: [number, number, number] };
  if (!range) throw new NotEditableError(OTHERWISE);
  return range;
}

/** The start of the line after the last one on which the node says something. */
function endOfLine(text: string, node: unknown): number {
  const last = lastScalarOf(node);
  const [, end] = rangeOf(last);
  // A text of several lines ends behind its last line feed.
  if (text[end - 1] === '\n') return end;
  const lineFeed = text.indexOf('\n', end);
  return lineFeed < 0 ? text.length : lineFeed + 1;
}

function lastScalarOf(node: unknown): unknown {
  if (isMap(node) && !node.flow) {
    const last = node.items.at(-1);
    const hasRange = last?.value !== null && last?.value !== undefined;
    return last ? lastScalarOf(hasRange ? last.value : last.key) : node;
  }
  if (isSeq(node) && !node.flow)
    return node.items.length > 0 ? lastScalarOf(node.items.at(-1)) : node;
  return node;
}

/** Where the dash before an entry is, which must be on its line. */
function dashOf(text: string, start: number): number {
  let at = start - 1;
  while (text[at] === ' ') at -= 1;
  if (text[at] !== '-') throw new NotEditableError(OTHERWISE);
  return at;
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** What is before an entry's dash; nothing else may be. */
function blanksBefore(text: string, dash: number): string {
  const before = text.slice(dash - columnOf(text, dash), dash);
  if (before.trim() !== '') throw new NotEditableError(OTHERWISE);
  return before;
}
