import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { Namespace } from './harness/deployment.ts';
import { kubectlOf, repository } from './harness/environment.ts';

const CASES = path.join(repository, 'src/commands/testdata/manifests');
const kubectl = kubectlOf(inject('environment'));
let namespace: Namespace;

beforeAll(async () => {
  namespace = await Namespace.create(kubectl, 'rendered');
});
afterAll(() => namespace.remove());

/** What `portlock render` printed for the folders of manifests of its own tests. */
const rendered = readdirSync(CASES, { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'render.txt')
  .flatMap((file) => {
    const text = readFileSync(path.join(CASES, file), 'utf8');
    const [, printed = ''] = /^# stdout\n([\s\S]*?)^# stderr$/m.exec(text) ?? [];
    return parseAllDocuments(printed).map((each) => each.toJS());
  })
  .filter((policy) => policy !== null);

test('the API server takes every policy that render prints, without a warning', async () => {
  expect(rendered.length).toBeGreaterThan(30);
  // Where they would go is not there.
  const documents = rendered.map((policy) => {
    const metadata = { ...policy.metadata, namespace: namespace.name };
    return `---\n${stringify({ ...policy, metadata })}`;
  });
  const said = await kubectl.run(
    ['apply', '--dry-run=server', '--validate=strict', '--warnings-as-errors', '-f', '-'],
    documents.join(''),
  );
  expect(said.match(/ created \(server dry run\)$/gm)).toHaveLength(rendered.length);
});
