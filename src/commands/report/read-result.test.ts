import { closeSync, mkdtempSync, openSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { auditedWorkload, auditFinding, auditResult } from '../../testing/audit-results.ts';
import { readResult } from './read-result.ts';

const AUDIT = auditResult({
  problems: [{ file: 'a.yaml', line: null, column: null, message: 'is broken' }],
  workloads: [auditedWorkload({ findings: [auditFinding({ file: null, line: null })] })],
});
const REPORT = {
  kind: 'PortExposureReport',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
  status: { mode: 'Audit' },
};

async function* inChunks(...chunks: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

const read = (value: unknown) => readResult('-', inChunks(JSON.stringify(value)));

describe('an audit is read', () => {
  test('as it was written', async () => {
    expect(await read(AUDIT)).toEqual(AUDIT);
  });

  test('from pieces, of which one ends within a character', async () => {
    const bytes = Buffer.from(
      JSON.stringify({ ...AUDIT, workloads: [] }).replace('broken', 'größer'),
    );
    const middle = bytes.indexOf('ö') + 1;
    const pieces = inChunks(bytes.subarray(0, middle), bytes.subarray(middle));
    const { problems } = await readResult('-', pieces);
    expect(problems[0]?.message).toBe('is größer');
  });

  test('also where somebody on the way dropped what is null', async () => {
    const dropped = JSON.stringify(AUDIT, (_key, value) => value ?? undefined);
    expect(dropped).not.toContain('null');
    expect(await readResult('-', inChunks(dropped))).toEqual(AUDIT);
  });

  test('also where a newer program says more', async () => {
    expect(await read({ ...AUDIT, more: 1 })).toEqual({ ...AUDIT, more: 1 });
  });
});

describe('reports of a cluster are made one', () => {
  test.each<[what: string, value: unknown]>([
    ['one', REPORT],
    ['a list of them', { kind: 'List', items: [REPORT] }],
    ['a list of their own kind', { kind: 'PortExposureReportList', items: [REPORT] }],
  ])('%s', async (_what, value) => {
    expect((await read(value)).workloads).toMatchObject([{ name: 'web', mode: 'audit' }]);
  });

  test('none is an audit of nothing', async () => {
    expect(await read({ kind: 'List', items: [] })).toMatchObject({
      verdict: 'Clean',
      workloads: [],
    });
  });
});

describe('what is none is refused in one line', () => {
  test.each<[what: string, value: unknown, message: string | RegExp]>([
    ['null', null, '-: is no audit; give it what portlock audit -o json says'],
    ['a list', [AUDIT], '-: is no audit; give it'],
    ['items that are none', { items: {} }, '-: is no audit; give it'],
    ['no version', { ...AUDIT, apiVersion: undefined }, 'is an audit of version undefined, and'],
    ['a wrong verdict', { ...AUDIT, verdict: 'Fine' }, ': verdict is missing, or wrong'],
    ['no workloads', { ...AUDIT, workloads: undefined }, 'workloads is missing, or wrong'],
  ])('%s', async (_what, value, message) => {
    await expect(read(value)).rejects.toThrow(message);
  });

  test.each<[text: string, place: string]>([
    ['{"a": 1,}', 'is no JSON (line 1, column 9)'],
    ['{\n\n  "a" 1}', 'is no JSON (line 3, column 7)'],
    ['{"a": ', 'is no JSON'],
  ])('%j, where it is broken', async (text, place) => {
    await expect(readResult('-', inChunks(text))).rejects.toThrow(`-: ${place}`);
  });

  test('more than is read at a time', async () => {
    const piece = Buffer.alloc(40 * 1024 * 1024);
    await expect(readResult('-', inChunks(piece, piece))).rejects.toThrow(
      '-: has 80 MiB, more than the 64 MiB that are read; split it',
    );
  });

  test('a file that is as large, unread', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'portlock-read-'));
    const file = path.join(folder, 'large.json');
    closeSync(openSync(file, 'w'));
    truncateSync(file, 64 * 1024 * 1024 + 1);
    await expect(readResult(file, inChunks())).rejects.toThrow(`${file}: has 65 MiB`);
    rmSync(folder, { recursive: true });
  });

  test.each([
    [path.join(tmpdir(), 'none', 'audit.json'), 'there is no such file'],
    [tmpdir(), 'is a folder'],
  ])('%s', async (file, why) => {
    await expect(readResult(file, inChunks())).rejects.toThrow(`${file}: ${why}`);
  });

  test.each(['', ' \n\t'])('nothing: %j', async (text) => {
    await expect(readResult('-', inChunks(text))).rejects.toThrow('-: there is nothing in it; ');
  });

  test('a stream that breaks', async () => {
    const broken = (async function* () {
      yield Buffer.from('{');
      throw new Error('read EIO');
    })();
    await expect(readResult('-', broken)).rejects.toThrow('-: cannot be read: read EIO');
  });
});
