/**
 * Generates docs/cli.md from the help texts of the program. `--check` writes nothing and exits 1 when
 * the committed file is stale.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { keepPage } from './keep-page.ts';

const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
const COMMANDS = [
  [],
  ['operator'],
  ['check'],
  ['probe'],
  ['render'],
  ['audit'],
  ['explain'],
  ['diff'],
  ['report'],
  ['fix'],
  ['migrate'],
  ['uninstall'],
  ['completion'],
];

const sections = COMMANDS.map((command) => {
  const env = { PATH: process.env.PATH, COLUMNS: '100' };
  const help = execFileSync(process.execPath, [cli, ...command, '--help'], {
    env,
    encoding: 'utf8',
  });
  return `## ${['portlock', ...command].join(' ')}\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\`\n`;
});
const text = `# Command line

Generated from the help texts by \`npm run generate\`. Do not edit.

${sections.join('\n')}
## Exit codes

| code | meaning |
|---|---|
| 0 | ended as asked; \`check\`: policies are enforced; \`probe\`: no undeclared port is reachable; \`render\`, \`audit\`, \`report\`: nothing was found; \`fix\`: nothing is left to be done; \`explain\`: it was told; \`diff\`, \`migrate\`: nothing changes |
| 1 | ended by a mistake of its own; \`check\`: they are not; \`probe\`: an undeclared port is reachable; \`render\`, \`audit\`, \`report\`: findings or differences; \`fix\`: something is left; \`diff\`, \`migrate\`: something changes |
| 2 | bad use: an unknown flag, a bad value, no cluster, a port in use; one line says which; \`check\`, \`probe\`: it could not be told; \`render\`, \`audit\`, \`report\`, \`fix\`, \`explain\`, \`diff\`, \`migrate\`: something could not be read or told |
| 130, 143 | ended by Ctrl-C, by SIGTERM |
`;

await keepPage('docs/cli.md', text);
