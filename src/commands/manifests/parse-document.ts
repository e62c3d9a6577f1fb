import {
  boolYaml11Tag,
  constructFromEvents,
  FAILSAFE_SCHEMA,
  floatCoreTag,
  intYaml11Tag,
  mergeTag,
  nullYaml11Tag,
  parseEvents,
  YAMLException,
} from 'js-yaml';
import type { Problem, SourceDocument } from './manifest.ts';

/**
 * YAML as kubectl reads it: "yes" and "off" without quotes are no texts, and 010 is 8. Without times, which it
 * keeps as texts, and without tags that make anything else than JSON.
 */
const SCHEMA = FAILSAFE_SCHEMA.withTags(
  nullYaml11Tag,
  boolYaml11Tag,
  intYaml11Tag,
  floatCoreTag,
  mergeTag,
);

/** Without aliases a document has no more values than characters; with them, so many more. */
const GROWTH = 10;
const MAXIMUM_OF_SMALL = 100_000;

/** Each is found by reading the document once more. */
const MOST_BRACKETS = 50;
const DEEPER = ' '.repeat(200);

/** A document cannot be understood. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options);
    this.problem = problem;
  }
}

/**
 * What a document says, as JSON would: mostly one value.
 * @throws DocumentError with the place, and the line itself
 */
export function parseDocument(document: SourceDocument): unknown[] {
  const { file, line, text } = document;
  let values: unknown[];
  try {
    values = valuesOf(text);
  } catch (error) {
    const json = jsonOf(text, error);
    if (json === undefined) throw asDocumentError(document, error);
    values = [json];
  }
  const maximum = MAXIMUM_OF_SMALL + GROWTH * text.length;
  if (text.includes('*') && values.some((value) => hasMoreThan(maximum, value)))
    throw new DocumentError({
      file,
      line,
      message: 'aliases (*name) would make more of it than can be read; write out what is meant',
    });
  return values;
}

/**
 * A bracket that closes may stand under the key that it belongs to: YAML wants it deeper, and kubectl does not mind.
 * @throws YAMLException
 */
function valuesOf(text: string): unknown[] {
  const lines = text.split('\n');
  for (let left = MOST_BRACKETS; ; left -= 1) {
    const source = lines.join('\n');
    try {
      return constructFromEvents(parseEvents(source, {}), { source, schema: SCHEMA });
    } catch (error) {
      const line = left > 0 ? lineOfBracket(lines, error) : undefined;
      if (line === undefined) throw error;
      // Between brackets and in quotes, where alone a line may begin so, white space before it says nothing.
      lines[line] = DEEPER + lines[line];
    }
  }
}

/** The line whose closing bracket is refused for its indentation alone. */
function lineOfBracket(lines: readonly string[], error: unknown): number | undefined {
  if (!(error instanceof YAMLException) || error.reason !== 'deficient indentation')
    return undefined;
  const line = error.mark?.line ?? -1;
  const isRefused = /^ *[\]}]/.test(lines[line] ?? '') && !lines[line]?.startsWith(DEEPER);
  return isRefused ? line : undefined;
}

/** JSON may have tabs where YAML may not; but what YAML refuses for another reason stays refused. */
function jsonOf(text: string, error: unknown): unknown {
  const isAboutTabs = error instanceof YAMLException && error.reason.includes('tab characters');
  if (!isAboutTabs || !/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether there are more values in it, or no end of them. */
function hasMoreThan(maximum: number, value: unknown): boolean {
  let left = maximum;
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    const fields = Object.values(next);
    left -= fields.length;
    if (left < 0) return true;
    for (const field of fields) waiting.push(field);
  }
  return false;
}

/** A template that was not rendered; in a text of a manifest such braces are no reason to refuse it. */
const TEMPLATE = /\{\{/;

function asDocumentError({ file, line, text }: SourceDocument, error: unknown): DocumentError {
  const { reason, mark } = error instanceof YAMLException ? error : {};
  const lines = text.split('\n');
  const excerpt = mark && lines[mark.line];
  const template = lines.findIndex((each) => TEMPLATE.test(each));
  if (template >= 0)
    return new DocumentError(
      {
        file,
        line: line + template,
        column: (lines[template] ?? '').search(TEMPLATE) + 1,
        message: 'this is a template: render the chart first (helm template CHART | portlock …)',
        excerpt: lines[template] ?? '',
      },
      { cause: error },
    );
  return new DocumentError(
    {
      file,
      line: line + (mark?.line ?? 0),
      ...(mark && { column: mark.column + 1 }),
      message: inOurWords(reason ?? 'cannot be read as YAML'),
      ...(excerpt !== undefined && { excerpt }),
    },
    { cause: error },
  );
}

function inOurWords(reason: string): string {
  return reason.replace(
    /^nesting exceeded maxDepth \((\d+)\)$/,
    'is nested deeper than any manifest, in more than $1 levels; write it flatter',
  );
}
