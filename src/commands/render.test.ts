import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { policy as networkPolicy } from '../testing/builders.ts';
import { saidBy } from '../testing/command-streams.ts';
import { MAXIMUM_BYTES } from './manifests/decode-text.ts';
import { type RenderFlags, runRender } from './render.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'portlock-render-'));
  mkdirSync(path.join(folder, 'in'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function manifest(name: string, fields: { namespace?: string; port?: number; mode?: string } = {}) {
  const { namespace = 'shop', port = 8080, mode = 'enforce' } = fields;
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels: { 'portlock.dev/mode': mode } },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'app', ports: [{ containerPort: port }] }] },
      },
    },
  });
}

function write(name: string, text: string): void {
  writeFileSync(path.join(folder, name), text);
}

function render(flags: Partial<RenderFlags> = {}) {
  return saidBy((streams) =>
    runRender(
      {
        paths: [path.join(folder, 'in')],
        namespace: 'default',
        all: false,
        outDir: undefined,
        check: false,
        operatorNamespace: 'portlock-system',
        widening: 'explicit',
        quiet: true,
        ...flags,
      },
      streams,
    ),
  );
}

describe('a folder of policies', () => {
  const outDir = () => path.join(folder, 'out');
  const files = () => readdirSync(outDir(), { recursive: true, encoding: 'utf8' }).sort();
  const policy = () => path.join(outDir(), 'shop/web-portlock.yaml');

  test('has a file for each, and what was rendered is as it should be', async () => {
    write('in/web.json', manifest('web'));
    const first = await render({ outDir: outDir() });
    expect(first).toEqual({ stdout: '', stderr: '', exitCode: 0 });
    expect(files()).toEqual(['shop', 'shop/web-portlock.yaml']);
    expect(await render({ outDir: outDir(), check: true })).toMatchObject({ exitCode: 0 });
  });

  test('is told which file differs, and how, and is left as it is', async () => {
    write('in/web.json', manifest('web'));
    await render({ outDir: outDir() });
    const before = readFileSync(policy(), 'utf8');
    write('in/web.json', manifest('web', { port: 9090 }));
    const { stderr, exitCode } = await render({ outDir: outDir(), check: true });
    expect(stderr).toContain(
      'shop/web-portlock.yaml: is not as rendered: it lacks 9090/TCP; allows 8080/TCP too',
    );
    expect(exitCode).toBe(1);
    expect(readFileSync(policy(), 'utf8')).toBe(before);
  });

  test('a file that is not there yet, and one of a workload that is gone, are told', async () => {
    write('in/web.json', manifest('web'));
    await render({ outDir: outDir() });
    rmSync(path.join(folder, 'in/web.json'));
    write('in/db.json', manifest('db'));
    const { stderr } = await render({ outDir: outDir(), check: true });
    expect(stderr).toContain('shop/db-portlock.yaml: is missing');
    expect(stderr).toContain('shop/web-portlock.yaml: no workload has this policy any more');
  });

  test('nothing is said to be gone while something cannot be read', async () => {
    write('in/web.json', manifest('web'));
    await render({ outDir: outDir() });
    write('in/web.json', '{');
    const { stderr, exitCode } = await render({ outDir: outDir(), check: true });
    expect(stderr).not.toContain('no workload has this policy any more');
    expect(exitCode).toBe(2);
  });

  test('loses the policies of workloads that are gone, and nothing of others', async () => {
    write('in/web.json', manifest('web'));
    await render({ outDir: outDir() });
    write('out/shop/README.yaml', 'mine: true\n');
    write('in/web.json', manifest('db'));
    await render({ outDir: outDir() });
    expect(files()).toEqual(['shop', 'shop/README.yaml', 'shop/db-portlock.yaml']);
  });

  test.each([
    ['while something cannot be read', () => write('in/web.json', '{')],
    [
      'while something stands against it',
      () => write('in/web.json', manifest('web', { mode: 'x' })),
    ],
  ])('keeps a policy %s', async (_when, change) => {
    write('in/web.json', manifest('web'));
    await render({ outDir: outDir() });
    change();
    write('in/db.json', manifest('db'));
    await render({ outDir: outDir() });
    expect(files()).toContain('shop/web-portlock.yaml');
  });

  test('is none where it is a file', async () => {
    write('in/web.json', manifest('web'));
    write('out', '');
    await expect(render({ outDir: outDir() })).rejects.toThrow(
      `--out-dir ${outDir()} is no folder`,
    );
  });

  test('is not written to where a file of that name is not from render', async () => {
    write('in/web.json', manifest('web'));
    mkdirSync(path.dirname(policy()), { recursive: true });
    writeFileSync(policy(), 'mine: true\n');
    await expect(render({ outDir: outDir() })).rejects.toThrow('was not rendered by portlock');
    expect(readFileSync(policy(), 'utf8')).toBe('mine: true\n');
  });

  test('may be a part of the input: what was rendered for others isolates nobody', async () => {
    write('in/web.json', manifest('web'));
    const inside = path.join(folder, 'in/policies');
    await render({ outDir: inside });
    // The same pods under a new name.
    write('in/web.json', manifest('web').replace('"name":"web"', '"name":"shop-front"'));
    const { stderr, exitCode } = await render({ outDir: inside });
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(readdirSync(path.join(inside, 'shop'))).toEqual(['shop-front-portlock.yaml']);
  });

  test.each([
    ['in a file of its own', ''],
    [
      'in one with a line of render’s further down',
      '# x\n# Rendered by portlock; what is edited here is lost when it is rendered again.\n',
    ],
  ])('what somebody else wrote there isolates as anywhere: %s', async (_where, comment) => {
    write('in/web.json', manifest('web'));
    const inside = path.join(folder, 'in/policies');
    mkdirSync(inside);
    write('in/policies/deny.yaml', comment + JSON.stringify(networkPolicy('deny')));
    const { stderr, exitCode } = await render({ outDir: inside });
    expect(stderr).toMatch(/web\.json:1: PL009 WouldWiden: Deployment shop\/web: /);
    expect(exitCode).toBe(1);
    expect(readdirSync(inside)).toEqual(['deny.yaml']);
  });
});

test('a file that is too large is told unread', async () => {
  writeFileSync(path.join(folder, 'in/huge.yaml'), Buffer.alloc(MAXIMUM_BYTES + 1, 32));
  write('in/web.json', manifest('web'));
  const { stdout, stderr, exitCode } = await render();
  expect(stderr).toContain(
    'in/huge.yaml: has 65 MiB, more than the 64 MiB that are read; split it',
  );
  expect(stdout).toContain('web-portlock');
  expect(exitCode).toBe(2);
});

test('links to files are read, and links to folders are not', async () => {
  write('in/web.json', manifest('web'));
  write('db.json', manifest('db'));
  symlinkSync('../db.json', path.join(folder, 'in/db.yaml'));
  symlinkSync('.', path.join(folder, 'in/round.yaml'));
  symlinkSync('nowhere', path.join(folder, 'in/broken.yaml'));
  const { stdout, stderr, exitCode } = await render();
  expect(stdout.match(/name: .*-portlock/g)).toEqual(['name: db-portlock', 'name: web-portlock']);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
});

test.each([
  ['a path that is not there', ['/nowhere/to/be/found'], 'there is no such file or folder'],
  ['nothing', ['-'], 'There is no workload in what was read: no Deployment, StatefulSet, '],
])('%s is no clean result', async (_what, paths, message) => {
  const { stderr, exitCode } = await render({ paths });
  expect(stderr).toContain(message);
  expect(exitCode).toBe(2);
});

test('without a path it says what is missing', async () => {
  await expect(render({ paths: [] })).rejects.toThrow('name files or folders');
});
