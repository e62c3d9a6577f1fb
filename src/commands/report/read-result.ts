import { readFileSync, statSync } from 'node:fs';
import type { AuditResult } from '../../api/audit-result.ts';
import { AUDIT_RESULT_SCHEMA } from '../../api/audit-result-schema.ts';
import { REPORT_KIND } from '../../api/names.ts';
import { misfit, type Schema } from '../../kube/shape.ts';
import { fieldsOf } from '../../kube/wire-fields.ts';
import { CommandError } from '../command-error.ts';
import {
  decodeText,
  MAXIMUM_BYTES,
  tooLarge,
  UnreadableTextError,
} from '../manifests/decode-text.ts';
import { STDIN } from '../manifests/read-input.ts';
import { auditOfReports } from './audit-of-reports.ts';
import { missingAsNull } from './missing-as-null.ts';

const WHAT_IS_READ =
  'give it what portlock audit -o json says, or kubectl get portexposurereports -A -o json';
const SCHEMA: Schema = AUDIT_RESULT_SCHEMA;

/**
 * Reads an audit, or makes one of the reports of a cluster.
 * @throws CommandError: the file, the place in it where that is known, and what is wrong, in one line
 */
export async function readResult(
  file: string,
  stdin: AsyncIterable<Uint8Array>,
): Promise<AuditResult> {
  try {
    const text = decodeText(file === STDIN ? await allOf(stdin) : bytesOf(file));
    return resultOf(parsed(text));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message =
      code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'is a folder' : undefined;
    const isTold = error instanceof UnreadableTextError || error instanceof CommandError;
    throw new CommandError(
      `${file}: ${message ?? (isTold ? error.message : `cannot be read: ${(error as Error).message}`)}`,
      { cause: error },
    );
  }
}

function bytesOf(file: string): Uint8Array {
  const { size } = statSync(file);
  if (size > MAXIMUM_BYTES) throw tooLarge(size);
  return readFileSync(file);
}

async function allOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size <= MAXIMUM_BYTES) chunks.push(chunk);
  }
  if (size > MAXIMUM_BYTES) throw tooLarge(size);
  return Buffer.concat(chunks);
}

function parsed(text: string): unknown {
  if (text.trim() === '') throw new CommandError(`there is nothing in it; ${WHAT_IS_READ}`);
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    throw new CommandError(`is no JSON${placeIn(text, message)}; ${WHAT_IS_READ}`, {
      cause: error,
    });
  }
}

/** V8 says where in some of its messages. */
function placeIn(text: string, message: string): string {
  const [, offset] = /at position (\d+)/.exec(message) ?? [];
  if (offset === undefined) return '';
  const before = text.slice(0, Number(offset)).split('\n');
  return ` (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`;
}

function resultOf(value: unknown): AuditResult {
  const { apiVersion, kind, items } = fieldsOf(value);
  if (kind === REPORT_KIND) return auditOfReports([value]);
  if (Array.isArray(items)) return auditOfReports(items);
  if (kind !== 'AuditResult') throw new CommandError(`is no audit; ${WHAT_IS_READ}`);
  if (apiVersion !== 'portlock.dev/v1alpha1')
    throw new CommandError(
      `is an audit of version ${JSON.stringify(apiVersion)}, and this portlock reads portlock.dev/v1alpha1`,
    );
  const wrong = misfit(SCHEMA, value);
  if (wrong !== undefined)
    throw new CommandError(`is no audit as its schema has it: ${wrong} is missing, or wrong`);
  return missingAsNull(SCHEMA, value) as AuditResult;
}
