import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { policy } from '../testing/builders.ts';
import { MANIFESTS, NO_CLUSTER } from '../testing/command-flags.ts';
import { saidBy } from '../testing/command-streams.ts';
import { deployment } from '../testing/deployments.ts';
import { adminPolicy, CILIUM_POLICY } from '../testing/other-policies.ts';
import { documentsOf } from '../testing/read-texts.ts';
import { type ExplainFlags, runExplain } from './explain.ts';

const never = new AbortController().signal;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'portlock-explain-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const WEB = deployment({
  ports: [
    { containerPort: 8080, name: 'http' },
    { containerPort: 53, protocol: 'UDP' },
  ],
});
const DENY = policy('deny');
const HTTP = policy('http', { ingress: [{ ports: [{ port: 8080 }] }] });

function explained(text: string, given: Partial<ExplainFlags> = {}) {
  const flags: ExplainFlags = {
    ...MANIFESTS,
    ...NO_CLUSTER,
    paths: ['-'],
    workload: 'shop/web',
    port: undefined,
    from: undefined,
    with: [],
    output: 'json',
    ...given,
  };
  return saidBy((streams) => runExplain(flags, streams, never), text);
}

/** A file with what is to be supposed. */
function supposed(...objects: readonly object[]): string {
  const file = path.join(folder, 'with.yaml');
  writeFileSync(file, documentsOf(...objects));
  return file;
}

/** `port verdict` of each that is explained. */
async function verdicts(objects: readonly object[], given: Partial<ExplainFlags> = {}) {
  const { stdout } = await explained(documentsOf(...objects), given);
  const { ports } = JSON.parse(stdout) as { ports: { port: number; verdict: string }[] };
  return ports.map(({ port, verdict }) => `${port} ${verdict}`);
}

describe('explained is', () => {
  test('each declared port, where none is named', async () => {
    expect(await verdicts([WEB])).toEqual(['8080 Open', '53 Open']);
    expect(await verdicts([WEB, DENY, HTTP])).toEqual(['8080 Open', '53 Closed']);
  });

  test.each([
    ['http', ['8080 Open']],
    ['53/udp', ['53 Closed']],
    ['9090', ['9090 Closed']],
  ])('the port that is named: %s', async (port, expected) => {
    expect(await verdicts([WEB, DENY, HTTP], { port })).toEqual(expected);
  });

  test('the workload of a name alone, in the namespace of -n', async () => {
    const given = { workload: 'web', namespace: 'shop' };
    expect(await verdicts([WEB, DENY, HTTP], given)).toEqual(['8080 Open', '53 Closed']);
    const inNone = { ...DENY, metadata: { name: 'deny' } };
    expect(await verdicts([WEB], { ...given, with: [supposed(inNone)] })).toEqual([
      '8080 Closed',
      '53 Closed',
    ]);
  });

  test.each(['deployment/web', 'deploy/web', 'deployments.apps/web'])(
    'the workload that kubectl calls %s, in the namespace of -n',
    async (workload) => {
      const db = deployment({ name: 'web', namespace: 'deploy', ports: [{ containerPort: 5432 }] });
      expect(await verdicts([WEB, db], { workload, namespace: 'shop' })).toEqual([
        '8080 Open',
        '53 Open',
      ]);
    },
  );

  test('one of a namespace that is called like a kind, by three words', async () => {
    const db = deployment({ namespace: 'job', ports: [{ containerPort: 5432 }] });
    expect(await verdicts([WEB, db], { workload: 'deploy/job/web' })).toEqual(['5432 Open']);
  });

  test('one after the other, in text', async () => {
    const { stdout } = await explained(documentsOf(WEB), { output: 'table' });
    expect(stdout.match(/^\d+\/\w+ of Deployment shop\/web /gm)).toHaveLength(2);
    expect(stdout).toMatch(/\n\n\S/);
  });

  test('as YAML what is explained as JSON', async () => {
    const text = documentsOf(WEB, DENY);
    const [json, yaml] = [await explained(text), await explained(text, { output: 'yaml' })];
    expect(parse(yaml.stdout)).toEqual(JSON.parse(json.stdout));
  });
});

describe('it ends', () => {
  test.each<[string, readonly object[], string, number]>([
    ['with 0 where all was told', [WEB, DENY], '', 0],
    ['with 2 where a port is not known', [WEB, CILIUM_POLICY], '', 2],
    [
      'with 2 where something could not be read',
      [WEB, { kind: 'x' }],
      '-:3: apiVersion is missing, or no text\n',
      2,
    ],
  ])('%s', async (_how, objects, stderr, exitCode) => {
    expect(await explained(documentsOf(...objects))).toMatchObject({ stderr, exitCode });
  });

  test.each<[string, readonly object[], Partial<ExplainFlags>, string]>([
    [
      'no workload',
      [WEB],
      { workload: 'shop/gone' },
      'there is no workload shop/gone among what was read',
    ],
    [
      'no namespace',
      [WEB],
      { workload: 'web', namespace: undefined },
      'say NAMESPACE/NAME of a workload, or NAME or TYPE/NAME with -n, not "web"',
    ],
    [
      'no namespace of a kind',
      [WEB],
      { workload: 'deployment/web', namespace: undefined },
      'or NAME or TYPE/NAME with -n, not "deployment/web"',
    ],
    ['no such kind', [WEB], { workload: 'service/shop/web' }, 'not "service/shop/web"'],
    ['more than three words', [WEB], { workload: 'a/deployment/shop/web' }, 'say NAMESPACE/NAME'],
    ['no name', [WEB], { workload: 'shop/' }, 'say NAMESPACE/NAME of a workload, or NAME'],
    [
      'an empty namespace',
      [WEB],
      { workload: '/web' },
      'say NAMESPACE/NAME of a workload, or NAME or TYPE/NAME with -n, not "/web"',
    ],
    [
      'no workload in the namespace of -n',
      [WEB],
      { workload: 'web', namespace: 'bank' },
      'there is no workload bank/web',
    ],
    [
      'no port at all',
      [deployment({ ports: [] })],
      {},
      'no container declares a port: name the one that is meant',
    ],
    ['no source', [WEB], { from: 'x' }, '--from must be NAMESPACE/NAME or TYPE/NAME'],
  ])('with one line where there is %s', async (_what, objects, flags, message) => {
    await expect(explained(documentsOf(...objects), flags)).rejects.toThrow(message);
  });
});

test('a bad name is told of before anything is read', async () => {
  const flags = { ...MANIFESTS, ...NO_CLUSTER, paths: ['-'], namespace: undefined };
  const rest = {
    port: undefined,
    from: undefined,
    with: [],
    output: 'json',
    workload: 'web',
  } as const;
  let isRead = false;
  const streams = {
    stdin: (async function* () {
      isRead = true;
      yield Buffer.from('');
    })(),
    stdout: async () => {},
    stderr: () => {},
  };
  const ended = runExplain({ ...flags, ...rest }, streams, never);
  await expect(ended).rejects.toThrow('say NAMESPACE/NAME');
  expect(isRead).toBe(false);
});

describe('policies that are not there yet', () => {
  const EVERYTHING = policy('all', { ingress: [{}] });
  const inNone = { ...HTTP, metadata: { name: 'http' } };

  test.each<[string, readonly object[], readonly object[], string[]]>([
    ['close as if they were', [WEB], [DENY], ['8080 Closed', '53 Closed']],
    ['open beside those that are', [WEB, DENY], [HTTP], ['8080 Open', '53 Closed']],
    [
      'stand in the place of those of their name',
      [WEB, EVERYTHING],
      [policy('all')],
      ['8080 Closed', '53 Closed'],
    ],
    [
      'do not stand in the place of those of other namespaces',
      [WEB, EVERYTHING],
      [{ ...DENY, metadata: { name: 'all', namespace: 'bank' } }],
      ['8080 Open', '53 Open'],
    ],
    [
      'are in the namespace of the workload where they say none',
      [WEB, DENY],
      [inNone],
      ['8080 Open', '53 Closed'],
    ],
    ['may be of another kind', [WEB], [CILIUM_POLICY], ['8080 Unknown', '53 Unknown']],
    ['may be of a tier', [WEB], [adminPolicy('Deny')], ['8080 Unknown', '53 Unknown']],
  ])('%s', async (_how, there, files, expected) => {
    expect(await verdicts(there, { with: [supposed(...files)] })).toEqual(expected);
  });

  test('of a tier stand in the place of that of their name', async () => {
    const given = { from: 'ns/shop', port: 'http' };
    expect(await verdicts([WEB, adminPolicy('Deny')], given)).toEqual(['8080 Closed']);
    expect(
      await verdicts([WEB, adminPolicy('Deny')], {
        ...given,
        with: [supposed(adminPolicy('Allow'))],
      }),
    ).toEqual(['8080 Open']);
  });

  test('stand where their file does', async () => {
    const file = supposed(DENY);
    const { stdout } = await explained(documentsOf(WEB), { output: 'table', with: [file] });
    expect(stdout).toContain(`${file}:1`);
  });

  test('are all that is looked at', async () => {
    const others = supposed(DENY, deployment({ name: 'other' }));
    const text = documentsOf(WEB);
    const said = await explained(text, { with: [others] });
    expect(said).toMatchObject({ stderr: 'Of --with, only policies are looked at\n', exitCode: 0 });
    await expect(explained(text, { with: [others], workload: 'shop/other' })).rejects.toThrow(
      'there is no workload shop/other',
    );
    const alone = await explained(text, { with: [supposed(DENY)] });
    expect(alone.stderr).toBe('');
  });

  test.each<[string, object, RegExp]>([
    ['cannot be read', { kind: 'x' }, /with\.yaml:1: apiVersion is missing, or no text\n$/],
    [
      'is no policy as the API has it',
      { ...DENY, metadata: {} },
      /with\.yaml:1: NetworkPolicy without a name: /,
    ],
  ])('of which one %s make it end with 2', async (_what, object, stderr) => {
    const said = await explained(documentsOf(WEB), { with: [supposed(object)] });
    expect(said.stderr).toMatch(stderr);
    expect(said.exitCode).toBe(2);
  });
});
