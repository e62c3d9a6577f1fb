import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'rolldown';
import { thirdPartyLicenses } from './scripts/bundle/third-party-licenses.ts';

// @dot-i/k8s-operator is CommonJS and requires whole libraries. Given less, the program starts in
// three quarters of the time and rests with 28 MB less; its own source stays as it is.
const reader = '@dot-i/k8s-operator';

// Files that need no node_modules: an entry that any Node can load, the program, and the worker
// thread that it starts beside it.
export default defineConfig({
  input: { portlock: 'src/portlock.ts', 'probe-worker': 'src/probe/worker.ts' },
  platform: 'node',
  plugins: [
    // Its typed clients, and the model of every kind that these read. The reader needs the
    // configuration, and something to construct where it makes a client.
    standIn('@kubernetes/client-node', (names, library) => [
      `export { KubeConfig } from '${library}';`,
      ...names.filter((name) => name !== 'KubeConfig').map((name) => `export class ${name} {}`),
    ]),
    configurationOnly('@kubernetes/client-node'),
    // 14 MB, and Node's warning about punycode: it brings an HTTP client that we never call.
    standIn('gaxios', (names, library) =>
      names.map(
        (name) =>
          `Object.defineProperty(exports, '${name}', { get: () => require('${library}').${name} });`,
      ),
    ),
    thirdPartyLicenses(),
  ],
  output: {
    dir: 'dist',
    // dist/install.yaml lies there, too, and is committed.
    cleanDir: false,
    format: 'esm',
    chunkFileNames: '[name].js',
    // V8 keeps the source in memory: comments are half of it, and one character beyond Latin-1
    // doubles it. Names and lines stay, or a stack trace in a log would say nothing.
    comments: { legal: true, annotation: false, jsdoc: false },
    charset: 'ascii',
    minify: false,
    sourcemap: false,
  },
});

/**
 * Gives everybody the part of the client library that reads a kubeconfig: with the typed clients and
 * the model of every kind, of which portlock uses none, the program would rest with 35 MB more.
 */
function configurationOnly(library: string): Plugin {
  const folder = fileURLToPath(new URL('.', import.meta.resolve(library)));
  const generated = '\0parts of what is generated';
  return {
    name: `configuration of ${library}`,
    resolveId(id, importer) {
      if (id === library) return join(folder, 'config.js');
      const isPart = id === './gen/index.js' && importer === join(folder, 'config.js');
      return isPart ? generated : null;
    },
    load(id) {
      if (id !== generated) return null;
      const part = (names: string, file: string) =>
        `export { ${names} } from './${relative('.', join(folder, 'gen', file))}';`;
      return {
        code: [
          part('createConfiguration', 'configuration.js'),
          part('ServerConfiguration', 'servers.js'),
        ].join('\n'),
        moduleType: 'js',
      };
    },
  };
}

/**
 * Where the reader requires the library, gives it a module with only the names that it reads.
 * The build fails if the reader uses the library in another way than reading names from it.
 */
function standIn(
  library: string,
  write: (names: readonly string[], library: string) => readonly string[],
): Plugin {
  const prefix = `\0names of ${library} in `;
  return {
    name: `stand-in for ${library}`,
    resolveId(id, importer) {
      if (id !== library || importer === undefined || importer.startsWith('\0')) return null;
      // Relative, since the bundle quotes it: the same sources give the same bytes in any folder.
      return importer.includes(`/node_modules/${reader}/`)
        ? prefix + relative('.', importer)
        : null;
    },
    load(id) {
      if (!id.startsWith(prefix)) return null;
      const names = namesRead(readFileSync(id.slice(prefix.length), 'utf8'), library);
      return { code: write(names, library).join('\n'), moduleType: 'js' };
    },
  };
}

function namesRead(code: string, library: string): string[] {
  const declaration = new RegExp(
    `const (\\w+) = (?:__importStar\\()?require\\("${library}"\\)\\)?;`,
    'g',
  );
  const aliases = [...code.matchAll(declaration)].map(([, alias]) => alias).join('|');
  const rest = code.replace(declaration, '');
  const uses = rest.matchAll(new RegExp(`(?<![.\\w-])(?:${aliases})\\b(?:\\.(\\w+))?`, 'g'));
  const names = new Set([...uses].map(([, name]) => name));
  if (aliases === '' || names.size === 0 || names.has(undefined) || rest.includes(`"${library}"`)) {
    throw new Error(`Cannot tell which names of ${library} ${reader} reads: adapt standIn.`);
  }
  return [...names].filter((name) => name !== undefined).sort();
}
