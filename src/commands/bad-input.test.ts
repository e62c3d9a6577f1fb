import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_CLUSTER, NOT_LIVE, OBJECTS_ALONE } from '../testing/command-flags.ts';
import { type Said, saidBy } from '../testing/command-streams.ts';
import { runAudit } from './audit.ts';
import { runDiff } from './diff.ts';
import { runFix } from './fix.ts';
import { runMigrate } from './migrate.ts';
import { runRender } from './render.ts';
import type { Streams } from './streams.ts';

const GOOD = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { portlock.dev/mode: enforce } }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: app
          ports:
            - containerPort: 8080
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 9090 }] }
`;
const OPTED_OUT = GOOD.replaceAll('web', 'other').replace('port: 9090', 'port: 8080');
/** Ten times ten to the ninth. */
const BOMB = Array.from({ length: 9 }, (_, index) => {
  const before = index === 0 ? 'lol' : `*a${index - 1}`;
  return `a${index}: &a${index} [${Array.from({ length: 10 }, () => before).join(', ')}]\n`;
}).join('');

/** Each file that cannot be read: what is in it, and the one line that is said of it, behind its name. */
const BAD: Readonly<Record<string, { content: string | Uint8Array; said: RegExp }>> = {
  'alias-bomb.yaml': { content: BOMB, said: /^:1: aliases \(\*name\) would make more of it than/ },
  'binary.yaml': {
    content: Uint8Array.of(0x7f, 0x45, 0, 1),
    said: /^: is binary, not text$/,
  },
  'broken.yaml': { content: 'kind: A\nspec: [1,\n', said: /^:\d:\d+: / },
  'deep.yaml': {
    content: '['.repeat(100_000),
    said: /^:1:100: is nested deeper than any manifest, in more than 100 levels; write it flatter$/,
  },
  'duplicate.yaml': {
    content: 'apiVersion: v1\nkind: Pod\nkind: Service\n',
    said: /^:3:1: duplicated mapping key$/,
  },
  'huge.yaml': {
    content: '',
    said: /^: has 100 MiB, more than the 64 MiB that are read; split it$/,
  },
  'latin1.yaml': { content: Uint8Array.of(0x61, 0xe9, 0x0a), said: /^: is not written in UTF-8$/ },
  'template.yaml': {
    content: 'kind: A\nmetadata:\n  name: {{ .Release.Name }}-web\n',
    said: /^:3:9: this is a template: render the chart first/,
  },
  'utf16.yaml': {
    content: Uint8Array.of(0xff, 0xfe, 0x61, 0),
    said: /^: is written in UTF-16; save it/,
  },
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'portlock-bad-'));
  for (const [name, { content }] of Object.entries(BAD))
    writeFileSync(path.join(folder, name), content);
  // Sparse: it takes no room.
  truncateSync(path.join(folder, 'huge.yaml'), 100 * 1024 * 1024);
  writeFileSync(path.join(folder, 'good.yaml'), GOOD);
  writeFileSync(path.join(folder, 'windows.yaml'), `\ufeff${OPTED_OUT.replaceAll('\n', '\r\n')}`);
});
afterAll(() => rmSync(folder, { recursive: true }));

const COMMON = {
  namespace: 'default',
  operatorNamespace: 'portlock-system',
  widening: 'explicit',
  quiet: true,
} as const;
const AUDIT = {
  ...COMMON,
  ...NO_CLUSTER,
  ...OBJECTS_ALONE,
  allNamespaces: false,
  output: 'table',
  color: false,
} as const;
const NEVER = new AbortController().signal;
const flags = () => ({ ...COMMON, paths: [folder] });

const COMMANDS: Record<string, (streams: Streams) => Promise<number>> = {
  render: (streams) =>
    runRender({ ...flags(), all: true, outDir: undefined, check: false }, streams),
  audit: (streams) => runAudit({ ...AUDIT, paths: [folder] }, streams, NEVER),
  diff: (streams) =>
    runDiff({ ...flags(), ...NOT_LIVE, all: true, output: 'table' }, streams, NEVER),
  migrate: (streams) => runMigrate({ ...flags(), ...NOT_LIVE, output: 'table' }, streams, NEVER),
  fix: (streams) => runFix({ ...flags(), dryRun: false, patch: false }, streams),
};

describe.each(Object.entries(COMMANDS))('%s', (name, command) => {
  let said: Said;
  beforeAll(async () => {
    said = await saidBy(command);
  });

  test.each(Object.entries(BAD))('says one line of %s', (file, { said: line }) => {
    const prefix = path.join(folder, file);
    const lines = said.stderr.split('\n').filter((each) => each.startsWith(prefix));
    expect(lines.map((each) => each.slice(prefix.length))).toEqual([expect.stringMatching(line)]);
  });

  test('does what can be done all the same, and ends with 2', () => {
    expect(said.exitCode).toBe(2);
    if (name === 'render') expect(said.stdout).toContain('name: other-portlock\n');
    if (name === 'audit') expect(said.stdout).toMatch(/Deployment\/web .*\n(?:.*\n)*.*PL003/);
    if (name === 'fix')
      expect(readFileSync(path.join(folder, 'good.yaml'), 'utf8')).toContain(
        '            - containerPort: 9090\n',
      );
  });
});
