import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubectlOf, repository } from './harness/environment.ts';
import { commandsOf, wordsOf } from './harness/page-commands.ts';
import { Sample } from './harness/sample.ts';

const readme = await readFile(path.join(repository, 'README.md'), 'utf8');
const commands = commandsOf('README.md');

/** Commands that run on a cluster, in the order of the page; the others are looked at one by one. */
describe('the commands of the README', () => {
  const kubectl = kubectlOf(inject('environment'));
  let sample: Sample;
  beforeAll(async () => {
    sample = await Sample.create(kubectl, 'portlock-readme');
  });
  afterAll(() => sample?.remove());

  test('are all known to this test', () => {
    const known = commands.filter((command) =>
      /^(npm (run|test)|docker (build|push)|helm (install|uninstall) |portlock (render|audit|explain|diff|fix|migrate|uninstall)|kubectl (apply -k \.|delete -k config\/default$|label|get))/.test(
        command,
      ),
    );
    expect(commands.length).toBeGreaterThan(5);
    expect(commands.filter((command) => !known.includes(command))).toEqual([]);
  });

  test.each(commands.filter((command) => /^kubectl (label|get)/.test(command)))(
    '%s',
    async (command) => {
      await sample.run(...command.split(/\s+/).slice(1));
    },
  );

  test.each(commands.filter((command) => command.startsWith('npm')))(
    '%s is a script',
    async (command) => {
      const { scripts } = JSON.parse(await readFile(path.join(repository, 'package.json'), 'utf8'));
      const name = command.replace(/^npm (run )?/, '').split(' ')[0] ?? '';
      expect(Object.keys(scripts)).toContain(name);
    },
  );

  test('the installation can be taken away as it says', async () => {
    const output = await kubectl.run([
      'delete',
      '--dry-run=server',
      '--kustomize',
      path.join(repository, 'config/default'),
    ]);
    expect(output).toContain('deployment.apps "portlock-controller-manager" deleted');
  });

  test('the table is what the story shows', () => {
    for (const row of [
      '| 8080 | yes | open | open |',
      '| 9090 | no | open | timeout |',
      '| 5000 | no | open | timeout |',
    ])
      expect(readme).toContain(row);
  });
});

/** Pages whose commands are a story: each ends well after the one before, in a namespace with the sample. */
describe.each(['docs/getting-started.md', 'docs/events.md'])('the commands of %s', (page) => {
  const kubectl = kubectlOf(inject('environment'));
  let sample: Sample;
  beforeAll(async () => {
    sample = await Sample.create(kubectl, `portlock-${path.basename(page, '.md')}`);
  });
  afterAll(() => sample?.remove());

  // What `portlock check` does is shown in check-command.e2e.test.ts, with an image that is there.
  const onCluster = commandsOf(page).filter((command) => command !== 'portlock check');

  test.each(onCluster)('%s', async (command) => {
    const [program, ...words] = wordsOf(command);
    expect(program).toBe('kubectl');
    // The sample is there, with images that the cluster has.
    const args = words[0] === 'apply' ? [...words, '--dry-run=server'] : words;
    await (words.includes('-n') ? kubectl.run(args) : sample.run(...args));
  });
});
