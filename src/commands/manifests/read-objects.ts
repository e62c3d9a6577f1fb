import { fieldsOf, identityOf } from '../../kube/wire-fields.ts';
import { deploymentsOf, isClusterServiceVersion } from './cluster-service-version.ts';
import { linesOfEntries } from './locate.ts';
import type { Input, Manifest, PathSegment, Problem, SourceDocument, Wire } from './manifest.ts';
import { olmCallsOf } from './olm-calls.ts';
import { DocumentError, parseDocument } from './parse-document.ts';
import { newlines, splitDocuments } from './split-documents.ts';

/** The objects of a file's text, those of Lists one by one; what is broken takes nothing else with it. */
export function readObjects(file: string, text: string): Input {
  const read: Reading = { manifests: [], problems: [], notes: [] };
  for (const document of splitDocuments(file, text)) {
    try {
      for (const [index, value] of parseDocument(document).entries())
        takeValue(value, { document, path: [index], line: firstLine(document) }, read);
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      read.problems.push(error.problem);
    }
  }
  return read;
}

/** The line on which a document says something. */
function firstLine({ line, text }: SourceDocument): number {
  const [before = ''] = /^(?:(?:---)?[ \t\r]*(?:#.*)?\n)*/.exec(text) ?? [];
  return line + newlines(before);
}

interface Reading {
  manifests: Manifest[];
  problems: Problem[];
  notes: string[];
}

interface Where {
  document: SourceDocument;
  path: readonly PathSegment[];
  line: number;
}

function takeValue(value: unknown, where: Where, read: Reading): void {
  if (value === null || value === undefined) return;
  const { file } = where.document;
  const { apiVersion, kind, items } = fieldsOf(value);
  const problem = (message: string) => read.problems.push({ file, line: where.line, message });
  if (typeof value !== 'object' || Array.isArray(value)) {
    problem('this is no object; a manifest begins with apiVersion and kind');
  } else if (apiVersion === undefined && kind === undefined) {
    read.notes.push(`${file}:${where.line}: no apiVersion and no kind, so it is passed over`);
  } else if (typeof apiVersion !== 'string' || apiVersion === '') {
    problem('apiVersion is missing, or no text');
  } else if (typeof kind !== 'string' || kind === '') {
    problem('kind is missing, or no text');
  } else if (kind.endsWith('List') && Array.isArray(items)) {
    takeItems({ apiVersion, kind }, items, where, read);
  } else {
    takeObject(value as Wire, where, read);
  }
}

function takeObject(wire: Wire, { document, path, line }: Where, read: Reading): void {
  const { file } = document;
  if (!isClusterServiceVersion(wire)) {
    read.manifests.push({ document, path, line, file, wire });
    return;
  }
  const deployments = deploymentsOf(wire);
  const lines = linesOfEntries(document, [...path, 'spec', 'install', 'spec', 'deployments']);
  for (const [index, each] of deployments.entries())
    read.manifests.push({
      document,
      path: [...path, ...each.path],
      line: lines[index] ?? line,
      file,
      wire: each.wire,
      olmCalls: olmCallsOf(wire, identityOf(each.wire).name),
    });
}

/** "List", or a list of one kind, whose items need not say theirs. */
function takeItems(
  { apiVersion, kind }: Wire,
  items: readonly unknown[],
  { document, path, line }: Where,
  read: Reading,
): void {
  const lines = linesOfEntries(document, [...path, 'items']);
  const ofList = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
  for (const [index, item] of items.entries()) {
    const isObject = typeof item === 'object' && item !== null && !Array.isArray(item);
    takeValue(
      isObject ? { ...ofList, ...item } : item,
      { document, path: [...path, 'items', index], line: lines[index] ?? line },
      read,
    );
  }
}
